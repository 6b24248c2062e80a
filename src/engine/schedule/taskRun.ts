// One task on the hosts of a batch, and what becomes of its results.
import type { Json } from '../../model/inventory.ts'
import { UNKNOWN } from '../../model/computed.ts'
import type { TaskResult } from '../../model/result.ts'
import type { WorkItem } from '../perform/workItem.ts'
import { dependsOn, INTERRUPTED, type TaskOutcome } from '../perform/taskOutcome.ts'
import type { HostRun } from '../hostRun.ts'
import { answersTo, type PreparedPlay, type PreparedTask } from '../prepare.ts'
import { registeredValue } from '../resolve/scope.ts'
import { EventLoopYield } from './eventLoopYield.ts'
import { HostTask, type PlayRunInput } from './hostTask.ts'
import { fall } from './progress.ts'
import { failureFacts, resultOf, shouldReport, notifies } from './taskResult.ts'

/** A task whose turn it is. */
export interface Turn {
  readonly task: PreparedTask
  /** The tasks that are still to come begin with this one. */
  readonly from: number
  /** A rescue takes over when it fails here. */
  readonly caught: boolean
}

export interface TurnResult {
  /** Hosts on which it was neither skipped nor failed. */
  readonly done: readonly HostRun[]
  /** Hosts that fell out or were lost. */
  readonly failed: readonly HostRun[]
}

export class TaskRun {
  readonly #input: PlayRunInput
  readonly #host: HostTask
  readonly #breath: EventLoopYield

  constructor(input: PlayRunInput) {
    this.#input = input
    this.#host = new HostTask(input)
    this.#breath = new EventLoopYield(input.clock())
  }

  /** All hosts at once; those whose facts are at hand are done without waiting for the others. */
  async run(turn: Turn, hosts: readonly HostRun[]): Promise<TurnResult> {
    const { play, emit, clock, runner } = this.#input
    const { task } = turn
    const result = { done: [] as HostRun[], failed: [] as HostRun[] }
    let started = false
    const start = () => {
      if (started) return
      started = true
      const names = (task.spec.runOnce ? hosts.slice(0, 1) : hosts).map((run) => run.host.name)
      emit({
        type: 'task-started',
        play: { index: play.spec.index, name: play.spec.name },
        task: task.ref,
        hosts: names,
        handler: task.handler,
      })
    }
    // A handler that nobody notified is reported only when its facts say that it is due.
    if (!task.handler) start()
    const doubted = (item: WorkItem): TaskOutcome => {
      runner.doubt(item)
      return dependsOn(NOTIFIER)
    }
    const pending = new Set<Promise<void>>()
    for (const run of hosts) {
      if (this.#breath.due(clock())) await this.#breath.take(clock)
      while (task.spec.throttle !== undefined && pending.size >= task.spec.throttle && !runner.stopping)
        await Promise.race([...pending, runner.halted])
      if (runner.stopping) break
      const began = clock()
      const quiet = task.handler && !run.notified.has(task.spec.id)
      const settle = (settled: TaskOutcome) => {
        if (
          settled === INTERRUPTED ||
          runner.over ||
          (quiet && !shouldReport(settled, run.concerned.has(task.spec.id)))
        )
          return
        start()
        const untold = maybe(task, run) && settled.outcome === 'ok'
        const outcome = untold ? dependsOn(NOTIFIER) : settled
        const all = task.spec.runOnce && !settled.lost ? hosts : [run]
        this.#settle(turn, run, all, outcome, clock() - began, result)
      }
      const item = { play, task, run, on: run, from: turn.from }
      const outcome = maybe(task, run) && !task.type.dueByFacts ? doubted(item) : this.#host.outcome(item, start)
      if (outcome instanceof Promise) {
        const one = outcome.then(settle).finally(() => pending.delete(one))
        pending.add(one)
      } else settle(outcome)
      if (task.spec.runOnce) {
        await Promise.race([Promise.all(pending), runner.halted])
        // A host that is lost has no result to give: the next one does it.
        if (run.progress.at !== 'lost') break
      }
    }
    await Promise.race([Promise.all(pending), runner.halted])
    if (started) emit({ type: 'task-ended', task: task.ref })
    return result
  }

  /** Of a task that stands for a file. */
  chosenFile(task: PreparedTask, run: HostRun): Promise<string | undefined> {
    return this.#host.chosenFile({ play: this.#input.play, task, run, on: run, from: task.index })
  }

  /** `all`: the hosts whose result it is too; it is counted and reported on `run`. */
  #settle(
    { task, caught }: Turn,
    run: HostRun,
    all: readonly HostRun[],
    outcome: TaskOutcome,
    durationMs: number,
    turned: { readonly done: HostRun[]; readonly failed: HostRun[] },
  ): void {
    const { play, emit } = this.#input
    const { spec } = task
    const failed = outcome.outcome === 'failed' && !outcome.lost
    const ignored =
      (failed && spec.ignoreErrors) || (outcome.outcome === 'unreachable' && spec.ignoreUnreachable === true)
    const result = resultOf(task, outcome, durationMs, { ignored, rescued: failed && !ignored && caught })
    run.count(result, spec.loop !== undefined)
    run.lastDone = task.ref.name
    for (const one of all) {
      if (task.handler) one.notified.delete(spec.id)
      const registered = this.#register(task, one, result, failed)
      if (ignored || (!failed && !outcome.lost)) {
        if (result.outcome !== 'skipped') turned.done.push(one)
        continue
      }
      turned.failed.push(one)
      if (outcome.lost) one.progress = { at: 'lost' }
      else if (registered) fall(one, failureFacts(task, result, registered))
    }
    if (result.outcome === 'ok' || result.outcome === 'changed') concern(play, task, run)
    if (notifies(outcome)) notify(play, task, run, 'yes')
    else if (result.outcome === 'undecided') notify(play, task, run, 'maybe')
    emit({ type: 'task-result', task: task.ref, host: run.host.name, result })
  }

  #register(task: PreparedTask, run: HostRun, result: TaskResult, failed: boolean) {
    const { register } = task.spec
    const sets = setBy(task, result)
    const value = register !== undefined || failed ? registeredValue(task.type, result) : undefined
    if (register !== undefined) run.registered[register] = value
    if (sets) Object.assign(run.registered, sets)
    if (sets || register !== undefined) this.#input.runner.resolver.registered()
    return value
  }
}

/** What `setVars` sets: of a loop the last of each; unknown where check mode does not know. */
function setBy({ spec }: PreparedTask, { outcome, data }: TaskResult): Readonly<Record<string, unknown>> | undefined {
  if (!spec.sets || (outcome !== 'ok' && outcome !== 'undecided')) return undefined
  if (outcome === 'undecided') return Object.fromEntries(spec.sets.map((name) => [name, UNKNOWN]))
  const given = spec.loop ? (data?.['results'] as readonly Readonly<Record<string, Json>>[]) : [data ?? {}]
  return Object.fromEntries(
    given.flatMap((one) => (one['skipped'] === true ? [] : (spec.sets ?? []).map((name) => [name, one[name]]))),
  )
}

/** A handler of which check mode does not know whether it will be notified. */
const maybe = ({ spec, handler }: PreparedTask, run: HostRun): boolean =>
  handler && run.notified.get(spec.id) === 'maybe'

const NOTIFIER = 'a task that would notify it'

function concern(play: PreparedPlay, task: PreparedTask, run: HostRun): void {
  for (const topic of task.spec.notify)
    for (const { spec } of play.handlers) if (answersTo(spec, topic)) run.concerned.add(spec.id)
}

function notify(play: PreparedPlay, task: PreparedTask, run: HostRun, due: 'yes' | 'maybe'): void {
  for (const topic of task.spec.notify) {
    for (const handler of play.handlers) {
      if (!answersTo(handler.spec, topic)) continue
      if (due === 'yes' || !run.notified.has(handler.spec.id)) run.notified.set(handler.spec.id, due)
    }
  }
}
