// What a task type for containers imports: container runtimes, the Crane Meta CNI plug-in and ccon.
export { awaitCri } from './awaitCri.ts'
export { explainCconFailure, type CconProof, type ProvedJob, proveCcon, readProvedJobs } from './cconProof.ts'
export { type CriCondition, type CriReport } from './criReport.ts'
export { type CriDemands } from './judgeCri.ts'
export { checkMetaCni, cniPlugins, type MetaCniMistake, metaCniText } from './metaCni.ts'
export { type MetaCni, metaCniParams } from './metaCniParams.ts'
