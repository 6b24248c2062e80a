// Makes a change that was decided: its steps and the questions of all that is to come in one exchange, then whether it holds.
import type { Inventory } from '../../model/inventory.ts'
import type { RunEventBody } from '../../model/runEvent.ts'
import { identityKey } from '../hostRun.ts'
import type { Observer } from '../observe/observer.ts'
import type { RunOptions } from '../options.ts'
import type { Resolved } from '../prepare.ts'
import type { SessionPool } from '../sessionPool.ts'
import { afterChange } from './afterChange.ts'
import type { Decider } from './decider.ts'
import { dataOfFailed, explainFailure, isOutdated, overdueOutput } from './failedStep.ts'
import { type Performed, performSteps } from './performSteps.ts'
import { failed, INTERRUPTED, noted, type TaskOutcome } from './taskOutcome.ts'
import { type Due, identityFor, onlyLooks, type WorkItem } from './workItem.ts'

export interface ChangeMakerInput {
  readonly inventory: Inventory
  readonly pool: SessionPool
  readonly observer: Observer
  readonly decider: Decider
  readonly options: RunOptions
  readonly clock: () => number
  /** The run and who started it, as the log of hosts names them. */
  readonly origin: string
  readonly emit: (body: RunEventBody) => void
  /** No new step starts. */
  readonly stopping: () => boolean
}

/** In place of an outcome: the host is to be looked at and decided on again. */
export const OUTDATED: unique symbol = Symbol('outdated')

export class ChangeMaker {
  readonly #input: ChangeMakerInput

  constructor(input: ChangeMakerInput) {
    this.#input = input
  }

  /** `OUTDATED`: the host is no longer what was decided on, and nothing was done; not where it `mustEnd`. */
  async make(
    item: WorkItem,
    resolved: Resolved,
    decision: Due,
    mustEnd: boolean,
  ): Promise<TaskOutcome | typeof OUTDATED> {
    const { task, on: run } = item
    const { observer, emit, origin, clock, options } = this.#input
    if (this.#input.stopping()) return INTERRUPTED
    const identity = identityFor(item)
    const steps = task.type.apply?.({ params: resolved.params, plan: decision.plan }) ?? []
    const asked = observer.upcoming(item, identity, resolved)
    const { probeDeadlineMs } = options
    const deadlineMs = (task.spec.timeoutSeconds ?? task.type.deadlineSeconds(resolved.params)) * 1000
    const what = item.attempt === undefined ? decision.note : `${item.attempt}: ${decision.note}`
    emit({ type: 'task-running', task: task.ref, host: item.run.host.name, what })
    run.running = task.ref.name
    let performed: Performed | undefined
    const lost = await observer.connected(run, async (session) => {
      performed = await performSteps({
        session,
        identity,
        steps,
        environment: resolved.environment,
        origin: `task '${task.ref.name}', ${origin}`,
        hidden: task.spec.diff === false,
        after: asked.batch,
        deadlineMs,
        probeDeadlineMs,
        clock,
      })
      if (decision.kind === 'change') observer.countChange(run)
      if (!onlyLooks(decision)) run.facts.forget()
      if (performed.lost || performed.replies.length === 0) return performed.lost
      return observer.learn(run, session, asked, performed.replies, probeDeadlineMs)
    })
    const unanswered = performed?.unanswered ?? (performed?.lost ? undefined : lost)
    if (lost?.kind === 'cancelled' || unanswered?.kind === 'cancelled') return INTERRUPTED
    run.running = undefined
    if (!mustEnd && isOutdated(steps, performed)) return OUTDATED
    const made: Partial<TaskOutcome> = {
      acted: true,
      ...(onlyLooks(decision) && { readOnly: true }),
      ...(decision.kind === 'change' && decision.diffs && { diffs: decision.diffs }),
    }
    // The host is well: a step took too long, and was stopped.
    if (performed?.lost?.kind === 'hung') {
      await observer.hung(run)
      const { kind: _, ...failure } = performed.lost
      const data = dataOfFailed(item, { outputs: [...performed.outputs, overdueOutput(failure)] }, resolved)
      return failed(failure, { ...made, ...(data && { data }) })
    }
    const fatal = performed?.lost ?? (unanswered?.kind === 'hung' ? undefined : (unanswered ?? lost))
    if (fatal) {
      if (fatal.kind === 'unreachable') run.lost = { task: task.ref.name, why: fatal.cause }
      return { ...observer.lose(run, fatal), ...made }
    }
    if (unanswered) await observer.hung(run)
    if (performed?.failed) {
      const data = dataOfFailed(item, performed, resolved)
      return failed(await explainFailure(item, resolved, decision, performed.failed, this.#input), {
        ...made,
        ...(data && { data }),
      })
    }
    if (unanswered) {
      const gone = await observer.look(item, identity, resolved)
      if (gone) return { ...gone, ...made }
    }
    const data = task.type.collect?.(performed?.outputs ?? [], resolved.params)
    return this.#converged(item, resolved, decision, { ...made, ...(data && { data }) })
  }

  /** The same probes are read again and must say ok: a change that does not hold is a failure. */
  #converged(place: WorkItem, resolved: Resolved, decision: Due, made: Partial<TaskOutcome>): TaskOutcome {
    const outcome = decision.kind === 'verify' ? 'ok' : 'changed'
    const result: TaskOutcome = {
      ...noted(decision),
      ...made,
      outcome,
      ...(decision.kind === 'verify' && !decision.readOnly && { verified: true }),
    }
    if (decision.repeats) return result
    const reading = place.on.facts.read(identityKey(identityFor(place)), resolved.probes, { predicted: false })
    if (reading.state !== 'known') return failed({ cause: 'the host did not answer after the change' }, made)
    return afterChange(place, decision, this.#input.decider.ask(place, resolved, reading.observed, false), result, made)
  }
}
