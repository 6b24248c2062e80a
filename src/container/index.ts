// What a task type for containers imports: container runtimes, the Crane Meta CNI plug-in and ccon.
export { awaitCri } from './awaitCri.ts'
export { authorityFault, type AuthorityFault, type AuthorityFiles } from './certificates/authority.ts'
export { type CertificateOrder, issueCertificateStep, issuedPair } from './certificates/issueStep.ts'
export { type CertificateDemands, dayOf, readCertificate, whyRenew } from './certificates/judgeCertificate.ts'
export { heldByNode, type NodeNames } from './certificates/heldByNode.ts'
export { type PemFact, pemFile } from './certificates/pemFile.ts'
export { cconMessage } from './cconMessage.ts'
export {
  cconLogs,
  type CconProof,
  type CraneLogs,
  explainCconFailure,
  type JobMust,
  type NodeFile,
  type ProvedJob,
  proveCcon,
  readProvedJobs,
} from './cconProof.ts'
export { type ConfiguredContainerd, configureContainerd, type ContainerdSettings } from './containerdConfig.ts'
export { type CrioSettings, crioDropIn, type Overruled, overruledCrio } from './crioConfig.ts'
export { containerdTrial, explainTrial } from './containerdTrial.ts'
export { checkCraneContainer, warnOfCraneContainer } from './checkCraneContainer.ts'
export {
  type AnyCheckArea,
  type Check,
  type CheckArea,
  type CheckedHost,
  type CheckText,
  defineChecks,
  type HostFacts,
  type Role,
} from './defineChecks.ts'
export {
  CRANE_CONFIG,
  type CraneConfigFile,
  craneConfigFile,
  type CraneMap,
  type CraneNode,
  mapAt,
} from './craneConfigFile.ts'
export {
  CRI_IMAGES,
  CRI_RUNTIME,
  CRI_STREAMS,
  type Endpoint,
  type InstalledRuntime,
  type NodeRuntime,
  nodeRuntime,
  runtimeProbes,
  type StreamSettings,
} from './nodeRuntime.ts'
export { type CraneHostList, expandCraneHosts } from './craneHostList.ts'
export { CraneName, PlainPath } from './craneName.ts'
export { type Refusal, refusedByCraned } from './refusedByCraned.ts'
export { type CraneContainer, craneContainer } from './craneContainerParams.ts'
export { craneLogs } from './craneLogs.ts'
export { type ExecProof, proveExec } from './execProof.ts'
export {
  type Closing,
  closingOf,
  closingSteps,
  type FirewallFiles,
  firewallLines,
  NFT_CONF,
  nftFile,
  nftInclude,
} from './firewall/closing.ts'
export { firewall, type FirewallFact, type InputChain } from './firewall/firewallState.ts'
export { firewallRules, type PortFilter, portFilter } from './firewall/portFilter.ts'
export {
  type Lacking,
  lackingOf,
  markOf,
  nftCommands,
  type Opening,
  openingOf,
  withRules,
} from './firewall/openings.ts'
export { type CriCondition, type CriReport } from './criReport.ts'
export { type CriDemands, isOlder, versionWarning } from './judgeCri.ts'
export { type CniFile, cniFiles, cniPluginNames, type CniVerdict, lintCni } from './cniFiles.ts'
export { checkMetaCni, cniPlugins, type MetaCniMistake, metaCniText } from './metaCni.ts'
export { askEtcd, type EtcdAnswer, type EtcdFiles, etcdEndpoints, readEtcd } from './etcd.ts'
export { type MetaCniSchema, metaCniSchema } from './metaCniBuild.ts'
export {
  acceptGeneration,
  BUILD_HINT,
  generationOf,
  type MetaCniGeneration,
  misreads,
  SCHEMA_OF,
  schemaIn,
  type WrongBuild,
  wrongBuild,
} from './metaCniGeneration.ts'
export {
  type DelegateConf,
  type DelegateMistake,
  dnsRegisterMistakes,
  neededCapabilities,
  SANDBOX_SECONDS,
} from './metaCniDelegates.ts'
export { type MetaCni, metaCniParams } from './metaCniParams.ts'
export { IMAGE_PATTERN, imageName, type ImageName } from './images/imageName.ts'
export { type ImageFact, imageState, imageStore, type ImageStore } from './images/imageStore.ts'
export { explainPull, pullImage } from './images/pullImage.ts'
export { importImage, tagImage } from './images/imageSteps.ts'
export {
  CONTAINERD_REGISTRIES,
  type RegistryFile,
  registryFiles,
  type RegistryMirror,
  registryPaths,
  type RegistrySettings,
} from './images/registryFiles.ts'
export { CDI_DIRECTORIES, type CdiNames, cdiNames, cdiSpecifications } from './gpu/cdiNames.ts'
export { type Gres, gresOf, gresProblems, namesNode, type NodeDevices } from './gpu/gres.ts'
export { cannotMapIds, isOlderKernel, mountSources, type MountSource, OLDEST_KERNEL } from './users/idMaps.ts'
export {
  compareSubIds,
  localAccounts,
  type LocalAccount,
  mappingMistakes,
  type SubIdFile,
  type SubIdMapping,
  subIdRange,
  type SubIdRange,
} from './users/subIds.ts'
