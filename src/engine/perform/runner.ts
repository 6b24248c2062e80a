// One task on one host: observe what is missing, decide, and make the change or predict it.
import type { Inventory } from '../../model/inventory.ts'
import { FACTS_NAME } from '../../model/facts.ts'
import type { RunEventBody } from '../../model/runEvent.ts'
import type { FactType } from '../../task/defineFact.ts'
import { type TaskOutcome, assuming, dependsOn, failed, INTERRUPTED, noted, refusal } from './taskOutcome.ts'
import { ChangeMaker, OUTDATED } from './changeMaker.ts'
import { askedFor, byHost } from './wantedFacts.ts'
import { type Due, identityFor, onlyLooks, threw, type WorkItem } from './workItem.ts'
import { HostRun, identityKey } from '../hostRun.ts'
import { type Asked, Observer } from '../observe/observer.ts'
import type { RunInput, RunOptions } from '../options.ts'
import { doubtedProbes } from './doubtedProbes.ts'
import { LANGUAGE_TYPES } from './languageTypes.ts'
import type { FileContents } from './fileContents.ts'
import { Decider } from './decider.ts'
import type { PreparedPlay, Resolved } from '../prepare.ts'
import type { WantedFact } from '../resolve/factReader.ts'
import { ParamResolver, type View } from '../resolve/paramResolver.ts'
import { type Ready, within } from '../resolve/readyTask.ts'
import type { SessionPool } from '../sessionPool.ts'

export interface RunnerInput {
  readonly plays: readonly PreparedPlay[]
  readonly inventory: Inventory
  readonly runs: ReadonlyMap<string, HostRun>
  readonly pool: SessionPool
  readonly files: FileContents
  readonly facts: ReadonlyMap<string, FactType>
  readonly options: RunOptions
  readonly clock: () => number
  /** The run and who started it, as the log of hosts names them. */
  readonly origin: string
  readonly sleep: (ms: number) => Promise<void>
  readonly ask?: RunInput['ask']
  readonly emit: (body: RunEventBody) => void
}

export class Runner {
  readonly #input: RunnerInput
  /** Hosts that are in no play, by name. */
  readonly delegates = new Map<string, HostRun>()
  /** No new step starts. */
  stopping = false
  /** Resolves when no new step starts any more. */
  readonly stopped: Promise<void>
  stop: () => void = () => {}
  /** Resolves once the steps that were under way at an interrupt are ended: nothing else is waited for. */
  readonly halted: Promise<void>
  halt: () => void = () => {}
  /** After an interrupt: what still arrives is our own hanging up, and no result. */
  over = false
  readonly #decider: Decider
  readonly #maker: ChangeMaker
  readonly resolver: ParamResolver
  readonly observer: Observer

  constructor(input: RunnerInput) {
    this.#input = input
    this.resolver = new ParamResolver({
      ...input,
      check: input.options.check,
      hostRun: (name) => this.hostRun(name),
    })
    this.observer = new Observer({ ...input, resolver: this.resolver, stopping: () => this.stopping })
    this.#decider = new Decider(input)
    this.#maker = new ChangeMaker({
      ...input,
      observer: this.observer,
      decider: this.#decider,
      stopping: () => this.stopping,
    })
    this.stopped = new Promise((resolve) => {
      this.stop = () => {
        this.stopping = true
        resolve()
      }
    })
    this.halted = new Promise((resolve) => {
      this.halt = () => {
        this.over = true
        resolve()
      }
    })
  }

  /**
   * Synchronous where the facts are at hand and nothing is to be made, which is the rule in an unchanged run. Whatever is
   * thrown on the way is a failure of this task on this host.
   */
  outcome(item: WorkItem, ready: Ready): TaskOutcome | Promise<TaskOutcome> {
    if ('outcome' in ready) {
      if (ready.outcome.outcome === 'undecided') this.doubt(item)
      return ready.outcome
    }
    this.observer.forgetOld(item.on)
    this.observer.forgetFollowing(item, identityFor(item), ready.resolved)
    try {
      const outcome = this.#decide(item, ready.resolved, ATTEMPTS) ?? this.#observeFirst(item, ready.resolved, ATTEMPTS)
      return outcome instanceof Promise ? outcome.catch((error: unknown) => threw(item, error)) : outcome
    } catch (error) {
      return threw(item, error)
    }
  }

  /**
   * Asks facts that the task's expressions read, of the host that each is about, and with them all that is to come.
   * Undefined: they are known now.
   */
  async learn(
    item: WorkItem,
    facts: readonly WantedFact[],
    likely: readonly Resolved[] = [],
  ): Promise<TaskOutcome | undefined> {
    const hosts = byHost(item.run, facts)
    for (const [on, probes] of hosts) {
      on.observing = item.task.ref.name
      // What is to come on the host itself holds its own task; a delegate is asked for it here.
      const there = on !== item.run && hosts.size === 1 ? likely : []
      const lost = await this.#look({ ...item, on }, askedFor(probes, there))
      if (lost) return lost
      on.observing = undefined
    }
    return undefined
  }

  /** Before facts are read: true where some of them must be asked again, because they may be other ones by now. */
  forgetFacts(item: WorkItem, facts: readonly WantedFact[]): boolean {
    let forgot = false
    for (const [on, probes] of byHost(item.run, facts)) {
      if (on !== item.run) this.observer.forgetOld(on)
      if (this.observer.forgetFacts(on, identityFor({ ...item, on }), probes) || on !== item.run) forgot = true
    }
    return forgot
  }

  async #observeFirst(item: WorkItem, resolved: Resolved, attempts: number): Promise<TaskOutcome> {
    const { on: run, task } = item
    run.observing = task.ref.name
    const lost = await this.#look(item, resolved)
    if (lost) return lost
    run.observing = undefined
    return (
      (await this.#decide(item, resolved, attempts)) ??
      failed({ cause: 'the host did not answer everything that was asked' })
    )
  }

  #look(item: WorkItem, wanted: Asked): Promise<TaskOutcome | undefined> {
    return this.observer.look(item, identityFor(item), wanted)
  }

  /** Undefined: facts are missing. */
  #decide(item: WorkItem, resolved: Resolved, attempts: number): TaskOutcome | Promise<TaskOutcome> | undefined {
    const { task, on: run } = item
    const check = this.checks(item)
    const reading = run.facts.read(identityKey(identityFor(item)), resolved.probes, { predicted: check })
    if (reading.state === 'missing') return undefined
    if (reading.state === 'unreadable') return failed(reading.failure)
    if (reading.state === 'unknown') {
      if (task.type.apply) {
        run.facts.doubt(resolved.probes, reading.because)
        run.facts.leaveOut(task.ref.name, task.type.judgedByUser)
      }
      return dependsOn(reading.because)
    }
    const notified = task.handler && item.run.notified.get(task.spec.id) === 'yes'
    const decision = this.#decider.ask(item, resolved, reading.observed, notified)
    switch (decision.kind) {
      case 'ok':
        return {
          outcome: 'ok',
          ...assuming(noted(decision), reading.unless),
          ...(decision.diffs && { diffs: decision.diffs }),
        }
      case 'refuse':
        // What is absent may be there by then.
        if (reading.unless !== undefined) return dependsOn(reading.unless)
        return failed(refusal(decision, task.spec.diff === false))
      default: {
        if (!check) return this.#make(item, resolved, decision, attempts)
        if (!onlyLooks(decision)) {
          const predict = () => this.#predict(item, resolved, decision, reading.unless)
          return run.observedAt > 0 ? predict() : this.#reach(run).then((lost) => lost ?? predict())
        }
        const because = reading.unless ?? run.facts.leftOut
        return because === undefined ? this.#make(item, resolved, decision, attempts) : dependsOn(because)
      }
    }
  }

  /** A change is predicted only for a host that could be made it. */
  async #reach(run: HostRun): Promise<TaskOutcome | undefined> {
    const failure = await this.observer.connected(run, async () => void (run.observedAt = this.#input.clock()))
    if (failure?.kind === 'cancelled') return INTERRUPTED
    return failure && this.observer.lose(run, failure)
  }

  /** Check mode: it may change what it looks at, or not; a type without steps never does. */
  doubt(item: WorkItem): void {
    const { task, on: run } = item
    if (LANGUAGE_TYPES.has(task.spec.type) || !task.type.apply) return
    run.facts.doubt(
      doubtedProbes(task, () => this.view(item).scope, item.loopVariables),
      task.ref.name,
    )
    run.facts.leaveOut(task.ref.name, task.type.judgedByUser)
  }

  /** Check mode: as `doubt`, of a task whose delegate is not known: it may be any host. */
  doubtAnywhere(item: WorkItem): void {
    for (const on of [...this.#input.runs.values(), ...this.delegates.values()]) this.doubt({ ...item, on })
  }

  #predict({ task, on: run }: WorkItem, { probes }: Resolved, decision: Due, unless?: string): TaskOutcome {
    const mayCreate = decision.kind === 'change' ? decision.mayCreate : undefined
    run.facts.leaveOut(task.ref.name, task.type.judgedByUser)
    run.facts.predict(probes, decision.after, task.ref.name, mayCreate)
    const said = noted(decision)
    if (decision.kind === 'verify') {
      const note = `would run: ${decision.note}`
      return { outcome: 'ok', ...assuming({ ...said, note }, unless), predicted: true }
    }
    const outcome = { outcome: 'changed', ...said, ...(decision.diffs && { diffs: decision.diffs }) } as const
    return { ...assuming(outcome, unless), outcome: 'changed', predicted: true }
  }

  async #make(item: WorkItem, resolved: Resolved, decision: Due, attempts: number): Promise<TaskOutcome> {
    const made = await this.#maker.make(item, resolved, decision, attempts === 1)
    return made === OUTDATED ? this.#again(item, resolved, attempts - 1) : made
  }

  /** The host is no longer what was decided on, and nothing was done: it is looked at and decided again. */
  async #again(item: WorkItem, resolved: Resolved, attempts: number): Promise<TaskOutcome> {
    return (await this.#decide(item, resolved, attempts)) ?? this.#observeFirst(item, resolved, attempts)
  }

  /** A host of the inventory, whether it is in a play or not. */
  hostRun(name: string): HostRun | undefined {
    const known = this.#input.runs.get(name) ?? this.delegates.get(name)
    const host = known ? undefined : this.#input.inventory.hosts.get(name)
    if (!host) return known
    const run = new HostRun(host)
    this.delegates.set(name, run)
    return run
  }

  /** Before another attempt: what the task asks, and the facts that it reads, may have changed by themselves. */
  forget(item: WorkItem, { probes }: Resolved, facts: readonly WantedFact[]): void {
    item.on.facts.forgetThese(identityKey(identityFor(item)), probes)
    for (const [on, own] of byHost(item.run, facts))
      on.facts.forgetThese(identityKey(identityFor({ ...item, on })), askedFor(own).probes)
  }

  /** False: the run was interrupted meanwhile. */
  async wait(ms: number): Promise<boolean> {
    if (!this.stopping) await Promise.race([this.#input.sleep(ms), this.stopped])
    return !this.stopping
  }

  /** Undefined: there is nobody to ask. */
  async ask(question: string): Promise<string | undefined> {
    return Promise.race([this.#input.ask?.(question), this.stopped.then(() => undefined)])
  }

  /** Whether it is only predicted. */
  checks({ task }: WorkItem): boolean {
    return task.spec.checkMode ?? this.#input.options.check
  }

  /** What the expressions of a task see on its host, or on its delegate. */
  view({ play, task, run, on, loopVariables }: WorkItem): View {
    const view = this.resolver.view(play, task, run)
    if (!loopVariables && on === run) return view
    const facts = on === run ? {} : { [FACTS_NAME]: view.look.factsOf(on) }
    return { ...view, scope: within(view.scope, { ...loopVariables, ...facts }) }
  }
}

/** A step that finds the host changed is tried so often; then it is a failure. */
const ATTEMPTS = 3
