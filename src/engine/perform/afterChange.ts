// What becomes of a change once the host was asked again: it holds, or it is a failure.
import type { TaskType } from '../../task/defineTask.ts'
import { failed, noted, refusal, type TaskOutcome } from './taskOutcome.ts'
import type { Due, WorkItem } from './workItem.ts'

/** `again`: what the task type decides now; `result`: of a change that holds; `made`: what there is of one that does not. */
export function afterChange(
  place: WorkItem,
  decision: Due,
  again: ReturnType<TaskType['decide']>,
  result: TaskOutcome,
  made: Partial<TaskOutcome>,
): TaskOutcome {
  switch (again.kind) {
    case 'ok':
      return {
        ...result,
        ...(decision.kind === 'verify' && noted(again)),
        // What the steps gave back counts most, then what the host says now, then what was foreseen.
        data: { ...decision.data, ...again.data, ...made.data },
      }
    case 'refuse':
      return failed(
        refusal({ ...again, cause: `after the change: ${again.cause}` }, place.task.spec.diff === false),
        made,
      )
    default:
      return failed(
        {
          cause: `did not converge: it was made, and the host still needs: ${again.note}`,
          hint: again.stillDue ?? 'something on the host undoes it, or another task asks for the opposite',
        },
        { ...made, ...(again.kind === 'change' && again.diffs && { diffs: again.diffs }) },
      )
  }
}
