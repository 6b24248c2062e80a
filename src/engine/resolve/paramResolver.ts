// Resolves the parameters and probes of a task, once for all hosts that share every value it reads.
import type { Scope } from '../../model/computed.ts'
import type { FactType } from '../../task/defineFact.ts'
import type { HostRun } from '../hostRun.ts'
import { identityKey, identityOf } from '../hostRun.ts'
import type { PreparedPlay, PreparedTask } from '../prepare.ts'
import { type FactLook, FactReader } from './factReader.ts'
import { KnownTasks } from './knownTasks.ts'
import { type Needs, needsOf } from './needs.ts'
import { readyFor, type ReadyTask } from './readyTask.ts'
import { LiveHostVariables, registeredNames, ScopeView } from './scope.ts'

/** What the expressions of a task see on a host at its turn, and the facts that they turn out to read. */
export interface View {
  readonly scope: Scope
  readonly look: FactLook
}

export interface ResolverInput {
  readonly plays: readonly PreparedPlay[]
  readonly runs: ReadonlyMap<string, HostRun>
  readonly facts: ReadonlyMap<string, FactType>
  /** Check mode, unless the task says otherwise. */
  readonly check: boolean
  /** Of any host of the inventory: tasks are delegated to it. */
  readonly hostRun: (name: string) => HostRun | undefined
}

/** Its conditions, where nothing else in it depends on the host: they are the same list for the other tasks of a block. */
const decidedBy = (task: PreparedTask): object =>
  task.shared && !task.spec.retry && !task.spec.delegateTo ? task.spec.when : task

/** Where the conditions hold, each task asks what is its own; else what became of one becomes of all. */
const asked = (task: PreparedTask, owner: object, known: ReadyTask): ReadyTask =>
  owner !== task && task.shared && 'resolved' in known ? { resolved: task.shared } : known

export class ParamResolver {
  readonly #check: boolean
  readonly #hostRun: ResolverInput['hostRun']
  readonly #registers: ReadonlyMap<string, unknown>
  readonly #hostvars: LiveHostVariables
  readonly #needs = new Map<PreparedTask, Needs>()
  readonly #known = new KnownTasks()
  readonly #facts: FactReader
  /** `play_hosts`: the hosts of the batch that did not fail. */
  playHosts: readonly string[] | undefined

  constructor({ plays, runs, facts, check, hostRun }: ResolverInput) {
    this.#check = check
    this.#hostRun = hostRun
    this.#registers = registeredNames(plays)
    this.#hostvars = new LiveHostVariables(runs)
    this.#facts = new FactReader(facts)
  }

  /** Evaluates conditions, the loop and the parameters. `ahead`: before the task's turn, what is to be registered is unknown. */
  ready(play: PreparedPlay, task: PreparedTask, run: HostRun, ahead = false): ReadyTask {
    const needs = this.#needsOf(task)
    // What reads nothing is the same on all hosts, and no variables are gathered for it.
    const owner = decidedBy(task)
    const same = needs.names.length === 0 ? this.#known.find(owner, '') : undefined
    if (same) return asked(task, owner, same)
    const reads = play.spec.factReads?.(run.host.name, needs.names)
    const view = this.#view(play, run, ahead)
    if (!reads) {
      const key = this.#known.key(needs.names.map((name) => view.value(name)))
      const before = this.#known.find(owner, key)
      if (before) return asked(task, owner, before)
      const ready = readyFor(task, view, needs)
      this.#known.keep(owner, key, [], ready)
      return ready
    }
    const { registered } = run
    const fixed = [...reads.fixed.map((name) => view.value(name)), ...reads.live.map((name) => registered[name])]
    const key = this.#known.key([reads.shape, ...fixed])
    const look = this.#look(play, task, run)
    const before = this.#known.find(task, key, look)
    if (before) return before
    const live = this.#view(play, run, ahead, look)
    const named = [...needs.facts, ...reads.facts].map((use) => ({ probe: this.#facts.probe(use) }))
    const ready = readyFor(task, live, needs, { look, named, hostRun: this.#hostRun })
    // What the facts of a delegate decide is not kept: the key does not say which host that is.
    if (!task.spec.delegateTo) this.#known.keep(task, key, look.reads, ready)
    return ready
  }

  /** What the expressions of a task see on a host at its turn. */
  view(play: PreparedPlay, task: PreparedTask, run: HostRun): View {
    const look = this.#look(play, task, run)
    const needs = this.#needsOf(task)
    const follows = play.spec.factReads?.(run.host.name, needs.names) !== undefined
    return { scope: this.#view(play, run, false, follows ? look : undefined).scope(needs), look }
  }

  /** A host's registered results are other ones now. */
  registered(): void {
    this.#hostvars.renew()
  }

  #needsOf(task: PreparedTask): Needs {
    let needs = this.#needs.get(task)
    if (!needs) this.#needs.set(task, (needs = needsOf(task)))
    return needs
  }

  #look(play: PreparedPlay, { spec }: PreparedTask, run: HostRun): FactLook {
    const identity = ({ host }: HostRun) => identityKey(identityOf(host, spec.become, play.spec.become))
    return this.#facts.look({ run, identity, predicted: spec.checkMode ?? this.#check })
  }

  #view(play: PreparedPlay, run: HostRun, ahead: boolean, look?: FactLook): ScopeView {
    return new ScopeView(
      play.spec.variables(run.host.name, look?.facts),
      run,
      this.#registers,
      this.#hostvars,
      ahead,
      this.playHosts,
      look !== undefined,
    )
  }
}
