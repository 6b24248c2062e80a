// What the author of a task type imports: everything here, and nothing else of the program.
export { type Static, Type } from 'typebox'
export type { Diff } from '../model/result.ts'
export type { DecideCase, LiveExample, TaskCases, WrongCase } from './cases.ts'
export { UNKNOWN, type Unknown } from '../model/computed.ts'
export { expandNodeSet, foldNodeSet } from '../model/nodeSet.ts'
export { commandLine, quoteShell } from '../model/quoteShell.ts'
export { refuse, change, ok, verify } from './decision.ts'
export type { Decision, MayCreate } from '../model/decision.ts'
export { deepMerge, holds } from './formats/deepMerge.ts'
export {
  type DecideContext,
  defineTask,
  type FollowUp,
  type FollowUpRead,
  type KeptFile,
  type ObserveContext,
  type TaskType,
  type TreeContext,
} from './defineTask.ts'
export { explainInstallFailure, type Installation, installPackages, removePackages } from './steps/packageSteps.ts'
export { explainPackageFile, installPackageFile, type PackageFileInstallation } from './steps/packageFileSteps.ts'
export { mayCreateAnything, mayCreateFiles, directoriesAbove } from './mayCreate.ts'
export {
  AbsolutePath,
  Account,
  Backup,
  Follow,
  Group,
  IpAddress,
  KeyTable,
  Mode,
  Owner,
  PackageName,
  ReachableAddress,
  Sha256,
  UnitName,
  Url,
  Validate,
} from './params.ts'
export { refuseType } from './refuseType.ts'
export { defineKeyedFileTask, parentDirectory, type KeyedFormat } from './formats/keyedFile.ts'
export { parseToml, patchToml } from './formats/patchToml.ts'
export { parseYaml, patchYaml } from './formats/patchYaml.ts'
export { removeYamlKey } from './formats/removeYamlKey.ts'
export {
  GarbledAnswer,
  type Observed,
  type Probe,
  type ProbeKind,
  type Probes,
  probe,
  Refusal,
} from './probes/probe.ts'
export { type AccountFact, accountIds } from './probes/account.ts'
export type { ControllerTree, TreeEntry, TreeFile } from '../model/controllerTree.ts'
export { type HostEntry, hostTree, type TreeFact } from './probes/tree.ts'
export { type CommandFact, commandOutput } from './probes/commandOutput.ts'
export { type DirectoryFact, directory } from './probes/directory.ts'
export {
  type Accounts,
  digestedFile,
  fileDigest,
  type FileFact,
  type Following,
  type Inode,
  inode,
  TEXT_LIMIT,
  textFile,
} from './probes/file.ts'
export { diskSpace, type SpaceFact } from './probes/diskSpace.ts'
export { defineFact, type FactType } from './defineFact.ts'
export { link, type LinkFact } from './probes/link.ts'
export { type PackageFact, packageState } from './probes/package.ts'
export { packageFile, type PackageFileFact } from './probes/packageFile.ts'
export { compareRpmVersions } from './probes/rpmVersion.ts'
export { reading } from './probes/reading.ts'
export { type UnitFact, unit, unitName } from './probes/unit.ts'
export { rememberByText } from './content/rememberByText.ts'
export { ENTER_FUNCTIONS } from './steps/enterDirectory.ts'
export { createDirectory, type DirectoryToCreate } from './steps/createDirectory.ts'
export {
  type FileAttributes,
  attributesDiff,
  differs,
  predictDirectory,
  predictFile,
  textOf,
} from './steps/predictFile.ts'
export { explainPlaceFiles, type FileToPlace, placeFiles } from './steps/placeFiles.ts'
export { type TreeAsked, type TreeChange, treeChange } from './content/treeChange.ts'
export { createLink, removePath } from './steps/pathSteps.ts'
export { explainWriteFailure, type FileToWrite, replaceFile } from './steps/replaceFile.ts'
export { type FileSource, needsDigest, type OfferedFile, offeredFile, shownDigest } from './content/offeredFile.ts'
export type { Download } from './steps/download.ts'
export { explainRefreshFailure, refreshRepository, type RepositoryToRefresh } from './steps/repositorySteps.ts'
export {
  type AptRepository,
  type DnfRepository,
  repositoryPaths,
  type RepositorySettings,
  wantedRepository,
  type WantedRepository,
} from './formats/repositoryFile.ts'
export { sha256 } from './content/sha256.ts'
export {
  command,
  type ControllerStep,
  oneStep,
  OUTDATED,
  type ShellStep,
  type SocketStep,
  type Step,
  StepFailed,
  type StepOutput,
  script,
} from './steps/step.ts'
export { factDiff, textDiff } from './content/textDiff.ts'
export { explainUnitFailure, restartUnit, SETTLE_SECONDS, startUnit } from './steps/unitSteps.ts'
export { isRunning, refuseUnit, restartDue } from './steps/restartDue.ts'
export { digestOf, type Evidence, evidence, keepEvidence, provedAt, readEvidence } from './steps/evidence.ts'
