// One play on one batch of hosts: its sections, its handlers, and when it ends before its last task.
import { foldNodeSet } from '../../model/nodeSet.ts'
import type { HostRun } from '../hostRun.ts'
import { dueByFacts, lastIndex, type PreparedTask } from '../prepare.ts'
import { fall, goesOn, isLeft, START } from './progress.ts'
import type { PlayRunInput } from './hostTask.ts'
import { TaskRun } from './taskRun.ts'
import { alsoWhereFailed, type Walk, walkTree } from './walkTree.ts'

export type { PlayRunInput } from './hostTask.ts'

export interface BatchInput extends PlayRunInput {
  /** Hosts of the run that failed or were lost, in whatever play. */
  readonly failures: Set<string>
}

export class PlayRun {
  readonly #input: BatchInput
  readonly #tasks: TaskRun
  #hosts: readonly HostRun[] = []
  /** Too many failures: the run ends, and this is why. */
  ended: string | undefined
  /** `endPlay`: the hosts that did not begin it do not. */
  playEnded = false

  constructor(input: BatchInput) {
    this.#input = input
    this.#tasks = new TaskRun(input)
  }

  async runBatch(batch: readonly HostRun[]): Promise<void> {
    const { play, emit, runner } = this.#input
    const hosts = batch.filter(isLeft)
    if (hosts.length === 0) return
    this.#hosts = hosts
    this.#tellHosts()
    for (const run of hosts) runner.observer.forgetOutdated(run)
    const ref = { index: play.spec.index, name: play.spec.name }
    emit({
      type: 'play-started',
      play: ref,
      hosts: hosts.map((run) => run.host.name),
      tasks: [...play.tasks, ...play.handlers].map((task) => task.ref),
    })
    const walk: Walk = {
      task: (task, there) => this.#run(task, there, task.index, task.caught),
      choose: (task, run) => this.#tasks.chosenFile(task, run),
      get stopping() {
        return runner.stopping
      },
    }
    for (const section of play.sections) {
      await walkTree(section, hosts, walk)
      const flush = () => this.#flush(hosts, lastIndex(section) + 1, false)
      await (play.spec.forceHandlers ? alsoWhereFailed(hosts, flush) : flush())
    }
    for (const run of hosts) {
      for (const handler of play.handlers)
        if (run.notified.get(handler.spec.id) === 'yes') run.handlersLeft.push(handler.ref)
      run.notified.clear()
      if (run.progress.at === 'ended') run.progress = START
    }
    emit({ type: 'play-ended', play: ref })
  }

  /**
   * Handlers that are due, in the order in which they are written, and again those that a later one notified; what was
   * notified runs once. `from`: the play's next task.
   */
  async #flush(hosts: readonly HostRun[], from: number, caught: boolean): Promise<void> {
    const { play, runner } = this.#input
    const ran = new Map(play.handlers.map((handler) => [handler, new Set<HostRun>()]))
    for (let pass = 1, more = true; more; pass++) {
      more = false
      for (const [handler, done] of ran) {
        const due = hosts.filter((run) => {
          if (!goesOn(run)) return false
          return run.notified.has(handler.spec.id) ? !done.has(run) : pass === 1 && dueByFacts(handler)
        })
        if (due.length === 0 || runner.stopping) continue
        for (const run of due) if (run.notified.has(handler.spec.id)) done.add(run)
        more = true
        await this.#run(handler, due, from, caught)
      }
    }
  }

  async #run(task: PreparedTask, hosts: readonly HostRun[], from: number, caught: boolean): Promise<void> {
    const { done, failed } = await this.#tasks.run({ task, from, caught }, hosts)
    switch (task.spec.type) {
      case 'flushHandlers':
        await this.#flush(done, task.index + 1, caught)
        break
      case 'endHost':
        for (const run of done) run.progress = { at: 'ended' }
        break
      case 'endPlay':
        if (done.length > 0) this.#endPlay()
        break
      default:
    }
    if (failed.length === 0) return
    const forAll = task.spec.runOnce && failed.some(({ progress }) => progress.at !== 'lost')
    if (task.spec.anyErrorsFatal || forAll) this.#failTheOthers(task, failed, caught)
    for (const run of failed) if (!caught || run.progress.at === 'lost') this.#input.failures.add(run.host.name)
    this.#endWhereTooMany()
    this.#tellHosts()
  }

  /** What the tasks to come read as `play_hosts`. */
  #tellHosts(): void {
    const { resolver } = this.#input.runner
    resolver.playHosts = Object.freeze(this.#hosts.filter(isLeft).map(({ host }) => host.name))
  }

  #endPlay(): void {
    this.playEnded = true
    for (const run of this.#hosts) if (goesOn(run)) run.progress = { at: 'ended' }
  }

  /**
   * `any_errors_fatal` and `run_once`: hosts that did nothing wrong fall out too; their rescues and always run.
   * `caught`: a rescue is around the task.
   */
  #failTheOthers({ ref, spec }: PreparedTask, failed: readonly HostRun[], caught: boolean): void {
    const left = caught ? 'left the block for its rescue' : 'stopped'
    const cause = `${left} because "${ref.name}" failed on ${foldNodeSet(failed.map(({ host }) => host.name))}`
    const others = this.#hosts.filter(goesOn).map(({ host }) => host.name)
    const word = spec.anyErrorsFatal ? 'any_errors_fatal' : 'run_once'
    if (others.length > 0) this.#input.emit({ type: 'warning', message: `${foldNodeSet(others)} ${cause} (${word})` })
    for (const run of this.#hosts) fall(run, { task: ref.name, cause, hint: '', result: {} })
  }

  #endWhereTooMany(): void {
    const { play, failures } = this.#input
    const { maxFailPercentage, maxFailures } = play.spec
    const here = this.#hosts.filter(({ host }) => failures.has(host.name)).length
    if (maxFailures !== undefined && failures.size > maxFailures)
      this.ended = `more than ${maxFailures} ${maxFailures === 1 ? 'host' : 'hosts'} failed (max_failures): ${foldNodeSet([...failures])}`
    else if (maxFailPercentage !== undefined && here * 100 > maxFailPercentage * this.#hosts.length)
      this.ended = `more than ${maxFailPercentage}% of the hosts failed (max_fail_percentage): ${here} of ${this.#hosts.length}`
    if (this.ended !== undefined) this.#endPlay()
  }
}
