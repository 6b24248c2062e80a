// Turns the outcome of a task into a result: of one host, of a loop, and for the rescue that follows.
import type { Json } from '../../model/inventory.ts'
import { type FailureFacts, hasChanged, type Outcome, type TaskResult } from '../../model/result.ts'
import type { TaskOutcome } from '../perform/taskOutcome.ts'
import type { PreparedTask } from '../prepare.ts'
import { registeredValue } from '../resolve/scope.ts'

/** The fields in one order, so that results look alike to the engine that runs us. Made for each task on each host. */
export function resultOf(
  { spec }: PreparedTask,
  made: TaskOutcome,
  durationMs: number,
  { ignored, rescued }: Pick<TaskResult, 'ignored' | 'rescued'>,
): TaskResult {
  const { outcome, note, diffs, failure, warnings, data, predicted, verified, changed, item, attempts, delegate } = made
  const result: { -readonly [K in keyof TaskResult]: TaskResult[K] } = { outcome, durationMs }
  if (note !== undefined) result.note = note
  // What a task must not show leaves the engine for no reporter, recording or program.
  if (diffs && spec.diff !== false) result.diffs = diffs
  if (failure) result.failure = failure
  if (warnings) result.warnings = warnings
  if (data) result.data = data
  if (predicted) result.predicted = true
  if (verified) result.verified = true
  if (changed) result.changed = true
  if (ignored) result.ignored = true
  if (rescued) result.rescued = true
  if (item !== undefined) result.item = item
  if (attempts !== undefined) result.attempts = attempts
  if (delegate !== undefined) result.delegate = delegate
  return result
}

export const failureFacts = (
  { ref }: PreparedTask,
  { failure }: TaskResult,
  result: Readonly<Record<string, unknown>>,
): FailureFacts => ({ task: ref.name, cause: failure?.cause ?? '', hint: failure?.hint ?? '', result })

/** Of a handler that nobody notified: it was due by its facts, or may be, or could not be reached. */
export function shouldReport({ outcome, acted }: TaskOutcome, concerned: boolean): boolean {
  // What it watches is unchanged on this host, so that a failure means a restart that is still due.
  if (outcome === 'undecided') return true
  return outcome === 'changed' || outcome === 'unreachable' || acted === true || (outcome === 'failed' && concerned)
}

/** A task that fails notifies nobody, whatever it changed; of a loop each item counts for itself. */
export const notifies = ({ outcome, itemsChanged }: TaskOutcome): boolean =>
  outcome === 'changed' || itemsChanged === true

const WORST_FIRST: readonly Outcome[] = ['unreachable', 'failed', 'undecided', 'changed', 'ok', 'skipped']

/** `install tree, and 2 more`: the others are shown item by item under -v. */
function noteOfItems(note: string, alike: readonly TaskOutcome[]): string {
  const others = alike.filter((one) => one.note !== undefined && one.note !== note).length
  return others === 0 ? note : `${note}, and ${others} more`
}

/** A loop is as bad as its worst item; `results` holds them all. */
export function joinItems(task: PreparedTask, outcomes: readonly TaskOutcome[], items: readonly Json[]): TaskOutcome {
  if (outcomes.length === 0) return { outcome: 'skipped', note: 'no items in the list', data: { results: [] } }
  const outcome = WORST_FIRST.find((candidate) => outcomes.some((one) => one.outcome === candidate)) ?? 'skipped'
  const alike = outcomes.filter((one) => one.outcome === outcome)
  const worst = alike.find((one) => one.verified) ?? alike[0]
  const results = outcomes.map((one, i) => ({
    ...(registeredValue(task.type, { ...one, durationMs: 0 }) as Record<string, Json>),
    item: items[i] ?? null,
  }))
  return {
    outcome,
    ...(outcome !== 'changed' && outcomes.some(hasChanged) && { changed: true }),
    ...(outcomes.some((one) => one.predicted) && { predicted: true }),
    diffs: outcomes.flatMap((one) => one.diffs ?? []),
    ...(worst?.failure && { failure: worst.failure }),
    ...(worst?.note !== undefined && { note: noteOfItems(worst.note, alike) }),
    ...(worst?.verified && { verified: true }),
    ...(outcomes.some(notifies) && { itemsChanged: true }),
    ...(outcomes.some((one) => one.lost) && { lost: true }),
    data: { results },
  }
}
