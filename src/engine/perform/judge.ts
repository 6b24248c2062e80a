// `failed_when`, `changed_when` and `until`: adjust the outcome of a task by its own result.
import type { Computed, Evaluated, Scope } from '../../model/computed.ts'
import { RESULT_NAME, type TaskSpec } from '../../model/playTree.ts'
import { hasChanged } from '../../model/result.ts'
import type { TaskType } from '../../task/defineTask.ts'
import { within } from '../resolve/readyTask.ts'
import { registeredValue } from '../resolve/scope.ts'
import { failedAfter, failedBy, type TaskOutcome } from './taskOutcome.ts'

export interface Judged {
  readonly spec: TaskSpec
  readonly type: TaskType
}

/** The scope of a task with its own result. */
export const withResult = ({ spec, type }: Judged, outcome: TaskOutcome, scope: Scope): Scope => {
  const result = registeredValue(type, { ...outcome, durationMs: 0 })
  return within(scope, { [RESULT_NAME]: result, ...(spec.register !== undefined && { [spec.register]: result }) })
}

/** Undefined: not known in check mode. */
export function allHold(conditions: readonly Computed<boolean>[], scope: Scope): Evaluated<boolean> {
  for (const condition of conditions) {
    const holds = condition.evaluate(scope)
    if (!holds.ok || !holds.value) return holds
  }
  return { ok: true, value: true }
}

/** Only what was made, or would be, has a result to judge. */
export function judge(task: Judged, outcome: TaskOutcome, scope: () => Scope): TaskOutcome {
  const { failedWhen, changedWhen } = task.spec
  if ((!failedWhen && !changedWhen) || outcome.lost || outcome.outcome === 'undecided') return outcome
  if (!outcome.acted && !outcome.predicted) return outcome
  let judged = outcome
  let open: 'failed_when' | undefined
  if (failedWhen) {
    const fails = allHold(failedWhen, withResult(task, judged, scope()))
    if (fails.ok) judged = fails.value ? failingBy(failedWhen, judged) : withoutFailure(judged)
    else if (fails.unknown) open = 'failed_when'
    else return failedBy([fails.diagnostic])
  }
  if (changedWhen && (judged.outcome !== 'failed' || hasChanged(judged))) {
    const changes = allHold(changedWhen, withResult(task, judged, scope()))
    if (!changes.ok && !changes.unknown) return failedBy([changes.diagnostic])
    if (judged.outcome === 'failed') judged = { ...judged, changed: changes.ok && changes.value }
    else if (changes.ok) judged = { ...judged, outcome: changes.value ? 'changed' : 'ok' }
    else judged = { ...judged, outcome: 'undecided', note: WOULD_RUN }
  }
  return open && judged.outcome !== 'undecided' ? mayFail(judged, open) : judged
}

/** Check mode: whether it fails depends on what is not known; that it would change something is known all the same. */
export const mayFail = (outcome: TaskOutcome, word: 'until' | 'failed_when'): TaskOutcome => ({
  ...outcome,
  outcome: 'undecided',
  note: `would run; whether \`${word}\` then holds is not known yet`,
  ...(outcome.outcome === 'changed' && { changed: true }),
})

const WOULD_RUN = 'would run; whether it changes something depends on its result'

function failingBy(conditions: readonly Computed<boolean>[], outcome: TaskOutcome): TaskOutcome {
  const said = conditions.map(({ text }) => text).join(' and ')
  return failedAfter(outcome.failure ?? { cause: `failed_when: ${said}` }, outcome)
}

function withoutFailure(outcome: TaskOutcome): TaskOutcome {
  if (outcome.outcome !== 'failed') return outcome
  const { failure: _, ...rest } = outcome
  return { ...rest, outcome: outcome.readOnly ? 'ok' : 'changed' }
}
