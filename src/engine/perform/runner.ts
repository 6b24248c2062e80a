// One task on one host: observe what is missing, decide, and make the change or predict it.
import type { Scope } from '../../model/playbook.ts'
import type { RunEventBody } from '../../model/runEvent.ts'
import { blocked, type ChangeDecision, type VerifyDecision } from '../../task/decision.ts'
import type { Identity } from '../../transport/session.ts'
import { type Attempt, dependsOn, failed, INTERRUPTED } from './attempt.ts'
import { identityKey, identityOf, type HostRun } from '../hostRun.ts'
import { type ObservePlace, Observer } from '../observe/observer.ts'
import type { RunOptions } from '../options.ts'
import { performSteps } from './performSteps.ts'
import { type ControllerFiles, Unreadable } from './controllerFiles.ts'
import type { PreparedPlay, PreparedTask, Rendered } from '../prepare.ts'
import { type Ready, Renderer } from '../resolve/renderer.ts'
import type { SessionPool } from '../sessionPool.ts'

export interface Place extends ObservePlace {
  readonly task: PreparedTask
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
  readonly files: ControllerFiles
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
  readonly renderer: Renderer
  readonly observer: Observer

  constructor(input: RunnerInput) {
    this.#input = input
    this.renderer = new Renderer(input.plays, input.runs)
    this.observer = new Observer({ ...input, renderer: this.renderer })
    this.halted = new Promise((resolve) => {
      this.halt = resolve
    })
  }

  /** Synchronous where the facts are at hand and nothing is to be made, which is the rule in an unchanged run. */
  attempt(place: Place, ready: Ready): Attempt | Promise<Attempt> {
    if ('attempt' in ready) return ready.attempt
    this.observer.forgetOld(place.run)
    return this.#decide(place, ready.rendered) ?? this.#observeFirst(place, ready.rendered)
  }

  async #observeFirst(place: Place, rendered: Rendered): Promise<Attempt> {
    const { run } = place
    run.observing = place.task.ref.name
    const failure = await this.observer.observe(run, this.observer.upcoming(place, this.#identity(place), rendered))
    if (failure?.kind === 'cancelled') return INTERRUPTED
    if (failure) return this.observer.lose(run, failure)
    run.observing = undefined
    return (
      (await this.#decide(place, rendered)) ??
      failed({ cause: 'the host did not answer all that was asked (a bug of crane-play)' })
    )
  }

  /** Undefined: facts are missing. */
  #decide(place: Place, rendered: Rendered): Attempt | Promise<Attempt> | undefined {
    const { task, run } = place
    const check = task.spec.checkMode ?? this.#input.options.check
    const reading = run.facts.read(identityKey(this.#identity(place)), rendered.probes, { predicted: check })
    if (reading.state === 'missing') return undefined
    if (reading.state === 'unknown') {
      run.facts.doubt(rendered.probes, reading.because)
      return dependsOn(reading.because)
    }
    const notified = run.notified.get(task.spec.id) === 'yes'
    const decision = this.#ask(place, rendered, reading.observed, notified)
    switch (decision.kind) {
      case 'ok':
        return { outcome: 'ok', ...noted(decision) }
      case 'blocked':
        return failed({ cause: decision.cause, ...(decision.hint !== undefined && { hint: decision.hint }) })
      default:
        return check ? this.#predict(place, rendered, decision) : this.#make(place, rendered, decision)
    }
  }

  #ask(
    { task, run }: Place,
    { params, watched }: Rendered,
    observed: Readonly<Record<string, unknown>>,
    notified: boolean,
  ) {
    const files = this.#input.files.of(task, params)
    if (files instanceof Unreadable) return blocked(files.cause, 'it could be read when the run began')
    const now = this.#input.clock() * 1000
    const context = { host: run.host.name, watched, notified, soon: FUTURE + this.#ticks++, now, files }
    return task.type.decide({ params, observed, context })
  }

  #predict({ task, run }: Place, { probes }: Rendered, decision: Due): Attempt {
    const mayCreate = decision.kind === 'change' ? decision.mayCreate : undefined
    run.facts.predict(probes, decision.after, task.ref.name, mayCreate)
    if (decision.kind === 'verify')
      return { outcome: 'ok', ...noted(decision), note: `would run: ${decision.note}`, predicted: true }
    return { outcome: 'changed', ...noted(decision), ...(decision.diffs && { diffs: decision.diffs }), predicted: true }
  }

  async #make(place: Place, rendered: Rendered, decision: Due): Promise<Attempt> {
    const { task, run } = place
    if (this.stopping) return INTERRUPTED
    const environment = task.spec.environment.evaluate(task.spec.environment.constant ? {} : this.#scope(place))
    if (!environment.ok) return failed({ cause: 'the environment of the task cannot be told' })
    const identity = this.#identity(place)
    const steps = task.type.apply({ params: rendered.params, plan: decision.plan })
    const asked = this.observer.upcoming(place, identity, rendered)
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
        deadlineMs: (task.spec.timeoutSeconds ?? task.type.deadlineSeconds(rendered.params)) * 1000,
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
    const made: Partial<Attempt> = {
      acted: true,
      ...(decision.kind === 'change' && decision.diffs && { diffs: decision.diffs }),
    }
    if (lost && lost.kind !== 'garbled') return { ...this.observer.lose(run, lost), ...made }
    if (performed?.failed) {
      const { output, failure } = performed.failed
      return failed({ ...failure, ...task.type.explain?.(output, rendered.params) }, made)
    }
    if (lost) return this.observer.lose(run, lost)
    const data = task.type.collect?.(performed?.outputs ?? [], rendered.params)
    return this.#converged(place, rendered, decision, { ...made, ...(data && { data }) })
  }

  /** The same probes are read again and must say ok: a change that does not hold is a failure. */
  #converged(place: Place, rendered: Rendered, decision: Due, made: Partial<Attempt>): Attempt {
    const outcome = decision.kind === 'verify' ? 'ok' : 'changed'
    const result: Attempt = {
      ...noted(decision),
      ...made,
      outcome,
      ...(decision.kind === 'verify' && { verified: true }),
    }
    if (decision.repeats) return result
    const reading = place.run.facts.read(identityKey(this.#identity(place)), rendered.probes, { predicted: false })
    if (reading.state !== 'known') return failed({ cause: 'the host did not answer after the change' }, made)
    const again = this.#ask(place, rendered, reading.observed, false)
    switch (again.kind) {
      case 'ok':
        return {
          ...result,
          ...(decision.kind === 'verify' && noted(again)),
          // What the steps gave back counts most, then what the host says now, then what was foreseen.
          data: { ...decision.data, ...again.data, ...made.data },
        }
      case 'blocked':
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

  #scope({ play, task, run, loopVariables }: Place): Scope {
    return { ...this.renderer.scope(play, task, run), ...loopVariables }
  }

  #identity({ play, task, run }: Place): Identity {
    return identityOf(run.host, task.spec.become, play.spec.become)
  }
}

const noted = ({
  note,
  data,
  warnings,
}: Pick<Attempt, 'data' | 'warnings'> & { readonly note?: string }): Partial<Attempt> => ({
  ...(note !== undefined && { note }),
  ...(data && { data }),
  ...(warnings && { warnings }),
})
