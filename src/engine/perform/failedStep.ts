// What a step that failed says: its cause, what there is of a result, and whether the host is no longer what was decided on.
import type { Host, Inventory } from '../../model/inventory.ts'
import type { Failure } from '../../model/result.ts'
import type { Step, StepOutput } from '../../task/steps/step.ts'
import { identityOf } from '../hostRun.ts'
import type { Resolved } from '../prepare.ts'
import type { SessionPool } from '../sessionPool.ts'
import type { Performed } from './performSteps.ts'
import { readFollowUps } from './readFollowUps.ts'
import type { TaskOutcome } from './taskOutcome.ts'
import { type Due, thrownBy, type WorkItem } from './workItem.ts'

/** A better cause for a failed step, with what the task type wants to read on other hosts first. */
export async function explainFailure(
  item: WorkItem,
  { params }: Resolved,
  { plan }: Due,
  { output, failure }: NonNullable<Performed['failed']>,
  { inventory, pool }: { readonly inventory: Inventory; readonly pool: SessionPool },
): Promise<Failure> {
  const { type } = item.task
  try {
    const wanted = type.followUp?.({ failed: output, params, plan }) ?? []
    const identity = (host: Host) => identityOf(host, item.task.spec.become, item.play.spec.become)
    const read = wanted.length > 0 ? await readFollowUps(wanted, { hosts: inventory.hosts, pool, identity }) : []
    return { ...failure, ...type.explain?.(output, params, read) }
  } catch (error) {
    // What the host said counts more than a mistake in its explanation.
    return { ...failure, cause: `${failure.cause}; ${thrownBy(type, 'explain', error).message}` }
  }
}

/** Of steps that failed: what there is of the result. */
export function dataOfFailed(
  { task }: WorkItem,
  { outputs }: Pick<Performed, 'outputs'>,
  { params }: Resolved,
): TaskOutcome['data'] {
  try {
    return task.type.collect?.(outputs, params)
  } catch {
    // A result is promised only where the steps were made.
    return undefined
  }
}

/** As of timeout(1). */
const OVERDUE = 124

/** Of a step that was not done in time: its result has all its fields. */
export const overdueOutput = ({ tried = '' }: Failure): StepOutput => ({
  label: tried,
  stdout: '',
  stderr: '',
  status: OVERDUE,
})

/** Whether the step that failed says that the host is no longer what was decided on. */
export function isOutdated(steps: readonly Step[], performed: Performed | undefined): boolean {
  if (!performed?.failed) return false
  const step = steps[performed.outputs.length - 1]
  return step?.kind === 'shell' && step.outdatedStatus === performed.failed.output.status
}
