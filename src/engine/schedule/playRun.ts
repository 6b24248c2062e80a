// One play on one batch of hosts: its tasks in step with each other, loops, handlers, what is registered and counted.
import type { Json } from '../../model/inventory.ts'
import { type FailureFacts, hasChanged, type Outcome, type TaskResult } from '../../model/result.ts'
import type { RunEventBody } from '../../model/runEvent.ts'
import { type TaskOutcome, dependsOn, INTERRUPTED } from '../perform/taskOutcome.ts'
import { EventLoopYield } from './eventLoopYield.ts'
import type { HostRun } from '../hostRun.ts'
import { fall, goesOn, isLeft, START } from './place.ts'
import { answersTo, dueByFacts, lastIndex, type PreparedPlay, type PreparedTask } from '../prepare.ts'
import { type Walk, walkTree } from './walkTree.ts'
import type { ReadyItem, ReadyTask } from '../resolve/paramResolver.ts'
import { type Runner, threw, type WorkItem } from '../perform/runner.ts'
import { registeredValue } from '../resolve/scope.ts'

export interface PlayRunInput {
  readonly runner: Runner
  readonly play: PreparedPlay
  readonly emit: (body: RunEventBody) => void
  readonly clock: () => number
}

/** A task whose turn it is. */
interface Turn {
  readonly task: PreparedTask
  /** The tasks that are still to come begin with this one. */
  readonly from: number
  /** A rescue takes over when it fails here. */
  readonly caught: boolean
}

export class PlayRun {
  readonly #input: PlayRunInput
  readonly #breath: EventLoopYield

  constructor(input: PlayRunInput) {
    this.#input = input
    this.#breath = new EventLoopYield(input.clock())
  }

  async runBatch(batch: readonly HostRun[]): Promise<void> {
    const { play, emit, runner } = this.#input
    const hosts = batch.filter(isLeft)
    if (hosts.length === 0) return
    for (const run of hosts) runner.observer.forgetOutdated(run)
    const ref = { index: play.spec.index, name: play.spec.name }
    emit({
      type: 'play-started',
      play: ref,
      hosts: hosts.map((run) => run.host.name),
      tasks: [...play.tasks, ...play.handlers].map((task) => task.ref),
    })
    const walk: Walk = {
      task: (task, there) => this.#runTask({ task, from: task.index, caught: task.caught }, there),
      get stopping() {
        return runner.stopping
      },
    }
    for (const section of play.sections) {
      await walkTree(section, hosts, walk)
      await this.#flush(hosts, lastIndex(section) + 1)
    }
    for (const run of hosts) {
      for (const handler of play.handlers)
        if (run.notified.get(handler.spec.id) === 'yes') run.handlersLeft.push(handler.ref)
      run.notified.clear()
      if (run.place.at === 'ended') run.place = START
    }
    emit({ type: 'play-ended', play: ref })
  }

  /** Handlers that are due, in the order in which they are written. `from`: the play's next task. */
  async #flush(hosts: readonly HostRun[], from: number, caught = false): Promise<void> {
    const { play, runner } = this.#input
    for (const handler of play.handlers) {
      const due = hosts.filter((run) => goesOn(run) && (run.notified.has(handler.spec.id) || dueByFacts(handler)))
      if (due.length > 0 && !runner.stopping) await this.#runTask({ task: handler, from, caught }, due)
    }
  }

  /** All hosts at once; those whose facts are at hand are done without waiting for the others. */
  async #runTask({ task, from, caught }: Turn, hosts: readonly HostRun[]): Promise<void> {
    const { play, emit, clock, runner } = this.#input
    let started = false
    const start = () => {
      if (started) return
      started = true
      const names = hosts.map((run) => run.host.name)
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
    const pending: Promise<void>[] = []
    for (const run of hosts) {
      if (this.#breath.due(clock())) await this.#breath.take(clock)
      if (runner.stopping) break
      const began = clock()
      const quiet = task.handler && !run.notified.has(task.spec.id)
      const item = { play, task, run, from }
      const ready = this.#ready(item)
      const outcome = 'items' in ready ? this.#loop(item, ready.items, start) : runner.outcome(item, ready)
      const settle = (settled: TaskOutcome) => {
        if (settled === INTERRUPTED || (quiet && !shouldReport(settled, run.concerned.has(task.spec.id)))) return
        start()
        const untold = run.notified.get(task.spec.id) === 'maybe' && settled.outcome === 'ok'
        this.#settle(task, run, untold ? dependsOn('a task that would notify it') : settled, clock() - began, caught)
      }
      if (outcome instanceof Promise) pending.push(outcome.then(settle))
      else settle(outcome)
    }
    await Promise.race([Promise.all(pending), runner.halted])
    if (started) emit({ type: 'task-ended', task: task.ref })
  }

  #ready(item: WorkItem): ReadyTask {
    try {
      return this.#input.runner.resolver.ready(item.play, item.task, item.run)
    } catch (error) {
      return { outcome: threw(item, error) }
    }
  }

  async #loop(place: WorkItem, items: readonly ReadyItem[], start: () => void): Promise<TaskOutcome> {
    const { runner, emit, clock } = this.#input
    const { task, run } = place
    const values = items.map(({ variables }) => variables[task.spec.loop?.as ?? ''] as Json)
    const outcomes: TaskOutcome[] = []
    for (const [i, { variables, ready }] of items.entries()) {
      if (runner.stopping || !goesOn(run)) break
      const began = clock()
      const outcome = await runner.outcome({ ...place, loopVariables: variables }, ready)
      outcomes.push(outcome)
      start()
      emit({
        type: 'item-result',
        task: task.ref,
        host: run.host.name,
        result: { ...resultOf(task, outcome, clock() - began, {}), item: values[i] ?? null },
      })
    }
    return joinItems(task, outcomes, values)
  }

  #settle(task: PreparedTask, run: HostRun, outcome: TaskOutcome, durationMs: number, caught: boolean): void {
    const { play, emit, runner } = this.#input
    const failed = outcome.outcome === 'failed' && goesOn(run)
    const ignored = failed && task.spec.ignoreErrors
    const result = resultOf(task, outcome, durationMs, { ignored, rescued: failed && !ignored && caught })
    run.count(result)
    run.notified.delete(task.spec.id)
    const registered = task.spec.register !== undefined || failed ? registeredValue(task.type, result) : undefined
    if (task.spec.register !== undefined && registered) {
      run.registered[task.spec.register] = registered
      runner.resolver.registered()
    }
    if (result.outcome === 'ok' || result.outcome === 'changed') this.#concern(play, task, run)
    if (hasChanged(result)) this.#notify(play, task, run, 'yes')
    else if (result.outcome === 'blocked') this.#notify(play, task, run, 'maybe')
    if (failed && !ignored && registered) fall(run, failureFacts(task, result, registered))
    emit({ type: 'task-result', task: task.ref, host: run.host.name, result })
  }

  #concern(play: PreparedPlay, task: PreparedTask, run: HostRun): void {
    for (const topic of task.spec.notify)
      for (const { spec } of play.handlers) if (answersTo(spec, topic)) run.concerned.add(spec.id)
  }

  #notify(play: PreparedPlay, task: PreparedTask, run: HostRun, due: 'yes' | 'maybe'): void {
    for (const topic of task.spec.notify) {
      for (const handler of play.handlers) {
        if (!answersTo(handler.spec, topic)) continue
        if (due === 'yes' || !run.notified.has(handler.spec.id)) run.notified.set(handler.spec.id, due)
      }
    }
  }
}

/** The fields in one order, so that results look alike to the engine that runs us. Made for each task on each host. */
function resultOf(
  { spec }: PreparedTask,
  made: TaskOutcome,
  durationMs: number,
  { ignored, rescued }: Pick<TaskResult, 'ignored' | 'rescued'>,
): TaskResult {
  const { outcome, note, diffs, failure, warnings, data, predicted, verified, changed, item } = made
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
  return result
}

const failureFacts = (
  { ref }: PreparedTask,
  { failure }: TaskResult,
  result: Readonly<Record<string, unknown>>,
): FailureFacts => ({ task: ref.name, cause: failure?.cause ?? '', hint: failure?.hint ?? '', result })

/** Of a handler that nobody notified: it was due by its facts, or could not be reached. */
function shouldReport({ outcome, acted }: TaskOutcome, concerned: boolean): boolean {
  // What it watches is as wanted on this host, so that a failure means a restart that is still due.
  return outcome === 'changed' || outcome === 'unreachable' || acted === true || (outcome === 'failed' && concerned)
}

const WORST_FIRST: readonly Outcome[] = ['unreachable', 'failed', 'blocked', 'changed', 'ok', 'skipped']

/** A loop is as bad as its worst item; `results` holds them all. */
function joinItems(task: PreparedTask, outcomes: readonly TaskOutcome[], items: readonly Json[]): TaskOutcome {
  if (outcomes.length === 0) return { outcome: 'skipped', note: 'no items in the list' }
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
    ...(worst?.note !== undefined && { note: worst.note }),
    ...(worst?.verified && { verified: true }),
    data: { results },
  }
}
