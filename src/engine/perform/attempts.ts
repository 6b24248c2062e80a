// `until` and `retries`: repeats a task until its conditions hold or its attempts are used up.
import type { Evaluated, Scope } from '../../model/computed.ts'
import type { RetrySpec } from '../../model/playTree.ts'
import { allHold, type Judged, mayFail, withResult } from './judge.ts'
import { failedAfter, failedBy, INTERRUPTED, type TaskOutcome } from './taskOutcome.ts'

export interface Attempts {
  readonly task: Judged
  readonly retry: RetrySpec
  readonly scope: () => Scope
  /** Evaluates again once the facts that it turned out to read are known; `lost`: they could not be asked. */
  readonly withFacts: <T>(evaluate: (scope: Scope) => T, lost: (outcome: TaskOutcome) => T) => T | Promise<T>
  /** `attempt`: `attempt 2 of 4`, from the second one on. */
  readonly once: (attempt: string | undefined) => TaskOutcome | Promise<TaskOutcome>
  /** Reports what it waits for. */
  readonly waits: (what: string) => void
  /** Check mode: what another attempt would bring is not known. */
  readonly looksOnce: boolean
  /** False: the run was interrupted meanwhile. */
  readonly wait: (ms: number) => Promise<boolean>
}

export async function attempts({
  task,
  retry,
  scope,
  withFacts,
  once,
  waits,
  looksOnce,
  wait,
}: Attempts): Promise<TaskOutcome> {
  const [retries, delay] = [retry.retries, retry.delaySeconds].map((value) =>
    value.evaluate(value.constant ? {} : scope()),
  )
  for (const value of [retries, delay]) if (value && !value.ok && !value.unknown) return failedBy([value.diagnostic])
  const most = 1 + Math.max(0, retries?.ok ? retries.value : 0)
  for (let attempt = 1; ; attempt++) {
    const outcome = await once(attempt > 1 ? `attempt ${attempt} of ${most}` : undefined)
    if (outcome === INTERRUPTED || outcome.lost || outcome.outcome === 'skipped') return outcome
    if (outcome.outcome === 'undecided') return outcome
    const holds = await withFacts<Evaluated<boolean> | TaskOutcome>(
      (now) => allHold(retry.until, withResult(task, outcome, now)),
      (lost) => ({ ...outcome, ...lost }),
    )
    if ('outcome' in holds) return holds
    if (!holds.ok && !holds.unknown) return failedBy([holds.diagnostic])
    const done = retry.until.length === 0 ? outcome.outcome !== 'failed' : holds.ok && holds.value
    const counted = { ...outcome, attempts: attempt }
    if (looksOnce && !holds.ok) return mayFail(outcome, 'until')
    if (looksOnce) return done ? outcome : { ...outcome, ...ANOTHER_ATTEMPT }
    if (done || !holds.ok) return counted
    if (attempt >= most) return usedUp(retry, counted, attempt)
    const seconds = delay?.ok ? delay.value : 0
    waits(`waiting ${seconds} s before attempt ${attempt + 1} of ${most}`)
    if (!(await wait(seconds * 1000))) return INTERRUPTED
  }
}

const ANOTHER_ATTEMPT: TaskOutcome = { outcome: 'undecided', note: 'depends on another attempt', predicted: true }

function usedUp({ until }: RetrySpec, outcome: TaskOutcome, attempts: number): TaskOutcome {
  const count = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`
  const { failure } = outcome
  if (outcome.outcome === 'failed')
    return failure ? { ...outcome, failure: { ...failure, cause: `${failure.cause} (${count})` } } : outcome
  const said = until.map(({ text }) => text).join(' and ')
  return failedAfter({ cause: `until: ${said} did not hold after ${count}` }, outcome)
}
