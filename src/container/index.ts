// What a task type for containers imports: container runtimes, the Crane Meta CNI plug-in and ccon.
export { explainCconFailure, type CconProof, type ProvedJob, proveCcon, readProvedJobs } from './cconProof.ts'
export { awaitCri, type CriDemands } from './cri.ts'
export { type CriCondition, type CriReport } from './criMessages.ts'
export { askCriOnHost, type AskOnHost } from './criOnHost.ts'
export { checkMetaCni, cniPlugins, type MetaCniMistake, metaCniText } from './metaCni.ts'
export { type MetaCni, metaCniParams } from './metaCniParams.ts'
