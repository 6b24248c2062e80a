// One task on one host: observe what is missing, decide, and make the change or predict it.
import type { Scope } from '../../model/playbook.ts'
import type { RunEventBody } from '../../model/runEvent.ts'
import { refuse, type ChangeDecision, type VerifyDecision } from '../../task/decision.ts'
import type { Identity } from '../../transport/session.ts'
import { type TaskOutcome, dependsOn, failed, INTERRUPTED } from './taskOutcome.ts'
import { identityKey, identityOf, type HostRun } from '../hostRun.ts'
import type { ObserveItem } from '../observe/observeItem.ts'
import { Observer } from '../observe/observer.ts'
import type { RunOptions } from '../options.ts'
import { performSteps } from './performSteps.ts'
import { readFollowUps } from './readFollowUps.ts'
import { type FileContents, Unreadable } from './fileContents.ts'
import type { PreparedPlay, Resolved } from '../prepare.ts'
import { type Ready, ParamResolver } from '../resolve/paramResolver.ts'
import type { SessionPool } from '../sessionPool.ts'

export interface WorkItem extends ObserveItem {
  /** Of the loop's item. */
  readonly loopVariables?: Scope
}

type Due =
  | ChangeDecision<Readonly<Record<string, unknown>>, unknown>
  | VerifyDecision<Readonly<Record<string, unknown>>, unknown>

export interface RunnerInput {
  readonly plays: readonly PreparedPlay[]
  readonly runs: ReadonlyMap<string, HostRun>
  readonly pool: SessionPool
  readonly files: FileContents
  readonly options: RunOptions
  readonly clock: () => number
  readonly emit: (body: RunEventBody) => void
}

/** Microseconds; later than any clock of a host, and still an exact number after many ticks. */
const FUTURE = 2 ** 52

export class Runner {
  readonly #input: RunnerInput
  /** No new step starts. */
  stopping = false
  /** Resolves once the steps that were under way at an interrupt are ended: nothing else is waited for. */
  readonly halted: Promise<void>
  halt: () => void = () => {}
  #ticks = 0
  readonly resolver: ParamResolver
  readonly observer: Observer

  constructor(input: RunnerInput) {
    this.#input = input
    this.resolver = new ParamResolver(input.plays, input.runs)
    this.observer = new Observer({ ...input, resolver: this.resolver })
    this.halted = new Promise((resolve) => {
      this.halt = resolve
    })
  }

  /** Synchronous where the facts are at hand and nothing is to be made, which is the rule in an unchanged run. */
  outcome(place: WorkItem, ready: Ready): TaskOutcome | Promise<TaskOutcome> {
    if ('outcome' in ready) return ready.outcome
    this.observer.forgetOld(place.run)
    return this.#decide(place, ready.resolved) ?? this.#observeFirst(place, ready.resolved)
  }

  async #observeFirst(place: WorkItem, resolved: Resolved): Promise<TaskOutcome> {
    const { run } = place
    run.observing = place.task.ref.name
    const failure = await this.observer.observe(run, this.observer.upcoming(place, this.#identity(place), resolved))
    if (failure?.kind === 'cancelled') return INTERRUPTED
    if (failure) return this.observer.lose(run, failure)
    run.observing = undefined
    return (
      (await this.#decide(place, resolved)) ??
      failed({ cause: 'the host did not answer all that was asked (a bug of crane-play)' })
    )
  }

  /** Undefined: facts are missing. */
  #decide(place: WorkItem, resolved: Resolved): TaskOutcome | Promise<TaskOutcome> | undefined {
    const { task, run } = place
    const check = task.spec.checkMode ?? this.#input.options.check
    const reading = run.facts.read(identityKey(this.#identity(place)), resolved.probes, { predicted: check })
    if (reading.state === 'missing') return undefined
    if (reading.state === 'unknown') {
      run.facts.doubt(resolved.probes, reading.because)
      return dependsOn(reading.because)
    }
    const notified = run.notified.get(task.spec.id) === 'yes'
    const decision = this.#ask(place, resolved, reading.observed, notified)
    switch (decision.kind) {
      case 'ok':
        return { outcome: 'ok', ...noted(decision) }
      case 'refuse':
        return failed({ cause: decision.cause, ...(decision.hint !== undefined && { hint: decision.hint }) })
      default:
        return check ? this.#predict(place, resolved, decision) : this.#make(place, resolved, decision)
    }
  }

  #ask(
    { task, run }: WorkItem,
    { params, watched }: Resolved,
    observed: Readonly<Record<string, unknown>>,
    notified: boolean,
  ) {
    const files = this.#input.files.of(task, params)
    if (files instanceof Unreadable) return refuse(files.cause, 'it could be read when the run began')
    const now = this.#input.clock() * 1000
    const context = { host: run.host.name, watched, notified, predictedTime: FUTURE + this.#ticks++, now, files }
    return task.type.decide({ params, observed, context })
  }

  #predict({ task, run }: WorkItem, { probes }: Resolved, decision: Due): TaskOutcome {
    const mayCreate = decision.kind === 'change' ? decision.mayCreate : undefined
    run.facts.predict(probes, decision.after, task.ref.name, mayCreate)
    if (decision.kind === 'verify')
      return { outcome: 'ok', ...noted(decision), note: `would run: ${decision.note}`, predicted: true }
    return { outcome: 'changed', ...noted(decision), ...(decision.diffs && { diffs: decision.diffs }), predicted: true }
  }

  async #make(place: WorkItem, resolved: Resolved, decision: Due): Promise<TaskOutcome> {
    const { task, run } = place
    if (this.stopping) return INTERRUPTED
    const environment = task.spec.environment.evaluate(task.spec.environment.constant ? {} : this.#scope(place))
    if (!environment.ok) return failed({ cause: 'the environment of the task cannot be told' })
    const identity = this.#identity(place)
    const steps = task.type.apply({ params: resolved.params, plan: decision.plan })
    const asked = this.observer.upcoming(place, identity, resolved)
    this.#input.emit({ type: 'task-running', task: task.ref, host: run.host.name, what: decision.note })
    run.running = task.ref.name
    let performed: Awaited<ReturnType<typeof performSteps>> | undefined
    const lost = await this.observer.connected(run, async (session) => {
      performed = await performSteps({
        session,
        identity,
        steps,
        environment: environment.value,
        after: asked.batch,
        deadlineMs: (task.spec.timeoutSeconds ?? task.type.deadlineSeconds(resolved.params)) * 1000,
        probeDeadlineMs: this.#input.options.probeDeadlineMs,
        clock: this.#input.clock,
      })
      if (decision.kind === 'change') this.observer.countChange(run)
      run.facts.forget()
      return (
        performed.lost ?? (performed.replies.length ? this.observer.learn(run, asked, performed.replies) : undefined)
      )
    })
    if (lost?.kind === 'cancelled') return INTERRUPTED
    run.running = undefined
    if (lost?.kind === 'unreachable') run.lost = { task: task.ref.name, why: lost.cause }
    const made: Partial<TaskOutcome> = {
      acted: true,
      ...(decision.kind === 'change' && decision.diffs && { diffs: decision.diffs }),
    }
    if (lost && lost.kind !== 'garbled') return { ...this.observer.lose(run, lost), ...made }
    if (performed?.failed) {
      const { output, failure } = performed.failed
      const wanted = task.type.followUp?.({ failed: output, params: resolved.params, plan: decision.plan }) ?? []
      const { runs, pool } = this.#input
      const identity = (other: HostRun) => this.#identity({ ...place, run: other })
      const read = wanted.length > 0 ? await readFollowUps(wanted, { runs, pool, identity }) : []
      return failed({ ...failure, ...task.type.explain?.(output, resolved.params, read) }, made)
    }
    if (lost) return this.observer.lose(run, lost)
    const data = task.type.collect?.(performed?.outputs ?? [], resolved.params)
    return this.#converged(place, resolved, decision, { ...made, ...(data && { data }) })
  }

  /** The same probes are read again and must say ok: a change that does not hold is a failure. */
  #converged(place: WorkItem, resolved: Resolved, decision: Due, made: Partial<TaskOutcome>): TaskOutcome {
    const outcome = decision.kind === 'verify' ? 'ok' : 'changed'
    const result: TaskOutcome = {
      ...noted(decision),
      ...made,
      outcome,
      ...(decision.kind === 'verify' && { verified: true }),
    }
    if (decision.repeats) return result
    const reading = place.run.facts.read(identityKey(this.#identity(place)), resolved.probes, { predicted: false })
    if (reading.state !== 'known') return failed({ cause: 'the host did not answer after the change' }, made)
    const again = this.#ask(place, resolved, reading.observed, false)
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
          { cause: `after the change: ${again.cause}`, ...(again.hint !== undefined && { hint: again.hint }) },
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

  #scope({ play, task, run, loopVariables }: WorkItem): Scope {
    return { ...this.resolver.scope(play, task, run), ...loopVariables }
  }

  #identity({ play, task, run }: WorkItem): Identity {
    return identityOf(run.host, task.spec.become, play.spec.become)
  }
}

const noted = ({
  note,
  data,
  warnings,
}: Pick<TaskOutcome, 'data' | 'warnings'> & { readonly note?: string }): Partial<TaskOutcome> => ({
  ...(note !== undefined && { note }),
  ...(data && { data }),
  ...(warnings && { warnings }),
})
