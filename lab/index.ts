/** The lab's programmatic side: what tests and the command line call to start, reset, reach and end hosts. */
import { labName } from './labName.ts'
import { type LabState, readState } from './labState.ts'

export { labDown } from './labDown.ts'
export { type LabHost, labHost } from './labHost.ts'
export { ownLab, projectRoot } from './labName.ts'
export { labReset } from './labReset.ts'
export { type Lab, type LabOptions, labUp } from './labUp.ts'
export { LabProblem } from './machine.ts'

/** What is known of the running lab of that name; undefined when it is not up. */
export const labState = (name: string = labName()): LabState | undefined => readState(name)
