// What the author of a task type imports: everything here, and nothing else of the program.
export { type Static, Type } from 'typebox'
export type { Diff } from '../model/result.ts'
export { UNKNOWN, type Unknown } from '../model/playbook.ts'
export { commandLine, quoteShell } from '../model/quoteShell.ts'
export { blocked, change, type Decision, ok, verify } from './decision.ts'
export { deepMerge, holds } from './deepMerge.ts'
export { type DecideContext, defineTask, type ObserveContext, type TaskType } from './defineTask.ts'
export { explainInstallFailure, type Installation, installPackages, removePackages } from './packageSteps.ts'
export { anything, files, foldersAbove, type MayCreate } from './mayCreate.ts'
export { AbsolutePath, Account, KeyTable, Mode, PackageName, ReachableAddress, UnitName } from './params.ts'
export { defineKeyedFileTask, folderOf, type KeyedFormat } from './keyedFile.ts'
export { checkMetaCni, cniPlugins, metaCniText } from './metaCni.ts'
export { type MetaCni, metaCniParams } from './metaCniParams.ts'
export { parseToml, patchToml } from './patchToml.ts'
export { parseYaml, patchYaml } from './patchYaml.ts'
export { GarbledAnswer, type Observed, type Probe, type ProbeKind, type Probes, probe } from './probe.ts'
export { type CommandFact, commandOutput } from './probes/commandOutput.ts'
export { type DirectoryFact, directory } from './probes/directory.ts'
export { digestedFile, type FileFact, type Inode, inode, TEXT_LIMIT, textFile } from './probes/file.ts'
export { type PackageFact, packageState } from './probes/package.ts'
export { type UnitFact, unit, unitName } from './probes/unit.ts'
export { rememberByText } from './rememberByText.ts'
export {
  type Asked,
  attributesDiff,
  differs,
  explainWriteFailure,
  type FileToWrite,
  predictDirectory,
  predictFile,
  replaceFile,
  textOf,
} from './replaceFile.ts'
export { sha256 } from './sha256.ts'
export { command, type ShellStep, type SocketStep, type Step, StepFailed, type StepOutput, script } from './step.ts'
export { factDiff, textDiff } from './textDiff.ts'
export { explainUnitFailure, restartUnit, SETTLE_SECONDS, startUnit } from './unitSteps.ts'
export { awaitCri, type CriDemands } from './cri.ts'
export { type CriReport } from './criMessages.ts'
export { askCriOnHost } from './criOnHost.ts'
export { digestOf, type Evidence, evidence, keepEvidence, provedAt, readEvidence } from './evidence.ts'
export { explainCconFailure, type ProvedJob, proveCcon, readProvedJobs } from './cconProof.ts'
