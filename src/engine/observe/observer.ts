// Sends probes to hosts, caches the answers while they are valid, and drops hosts that do not answer.
import type { Connected, Identity, PartReply, Session, TransportFailure } from '../../transport/session.ts'
import { type TaskOutcome, failed, INTERRUPTED } from '../perform/taskOutcome.ts'
import { identityKey, type HostRun } from '../hostRun.ts'
import { FACT_LIFE_MS, type RunOptions } from '../options.ts'
import type { PreparedPlay, Resolved } from '../prepare.ts'
import { ProbeBatch, probeScript } from './probeBatch.ts'
import type { Probe } from '../../task/probes/probe.ts'
import type { ParamResolver } from '../resolve/paramResolver.ts'
import type { SessionPool } from '../sessionPool.ts'
import type { ObserveItem } from './observeItem.ts'
import { upcomingProbes } from './upcoming.ts'

export interface ObserverInput {
  readonly plays: readonly PreparedPlay[]
  readonly pool: SessionPool
  readonly resolver: ParamResolver
  readonly options: RunOptions
  readonly clock: () => number
  /** The run was interrupted: no host is connected any more. */
  readonly stopping: () => boolean
}

/** A batch of probes, and when in the run's course it was made. */
export interface ProbeRequest {
  readonly identity: Identity
  readonly batch: ProbeBatch
  /** Changes that others had made by then: later ones are not in the answer. */
  readonly others: number
}

/** What a task asks, or the facts that it reads. */
export type Asked = Pick<Resolved, 'probes' | 'hidden'>

export class Observer {
  readonly #input: ObserverInput
  #changes = 0
  /**
   * Milliseconds a host waited for its turn to be connected. Where hosts take turns, facts live that much longer: else
   * the first hosts' would be too old when the last ones' are there, and each task would ask the whole fleet again.
   */
  #longestWait = 0

  constructor(input: ObserverInput) {
    this.#input = input
  }

  /** Facts that are too old are asked for again. */
  forgetOld(run: HostRun): void {
    if (this.#input.clock() - run.observedAt > FACT_LIFE_MS + this.#longestWait) run.facts.forget()
  }

  /** Before a play: facts of a host that were asked for before another host's change may be stale. */
  forgetOutdated(run: HostRun): void {
    if (this.#changesOfOthers(run) > run.othersSeen) run.facts.forget()
  }

  /** Before facts are read: those that another host may have changed since are asked again. True where there are some. */
  forgetFacts(run: HostRun, identity: Identity, facts: readonly Probe<unknown>[]): boolean {
    if (this.#changesOfOthers(run) <= run.othersSeen) return false
    const following = facts.filter(({ kind }) => kind.followsAnyChange)
    run.facts.forgetThese(identityKey(identity), Object.fromEntries(following.map((fact) => [fact.key, fact])))
    return following.length > 0
  }

  /** Before a decision: what another host may have changed since is asked again. */
  forgetFollowing({ run, task }: ObserveItem, identity: Identity, { probes }: Resolved): void {
    if (this.#changesOfOthers(run) <= run.othersSeen) return
    const follows = (probe: Probe<unknown> | undefined) => Boolean(probe?.kind.followsAnyChange)
    if (task.type.followsOthers || Object.values(probes).some(follows))
      run.facts.forgetThese(identityKey(identity), probes)
  }

  countChange(run: HostRun): void {
    run.changes++
    this.#changes++
  }

  /** All that a task and those after it will ask as this identity; or, on a host that hung before, the task alone. */
  upcoming(item: ObserveItem, identity: Identity, asked: Asked): ProbeRequest {
    const { on } = item
    const place = { ...item, run: on }
    const key = identityKey(identity)
    const batch = on.hangs ? new ProbeBatch() : upcomingProbes(this.#input.plays, place, key, this.#input.resolver)
    batch.addAll(asked)
    return { identity, batch, others: this.#changesOfOthers(on) }
  }

  /** What the task at hand asks, and no more. */
  own(run: HostRun, identity: Identity, asked: Asked): ProbeRequest {
    const batch = new ProbeBatch()
    batch.addAll(asked)
    return { identity, batch, others: this.#changesOfOthers(run) }
  }

  /**
   * Asks the task's probes, and with them those of the tasks to come. Where the host does not answer all of them in time,
   * only the task's own count.
   */
  async look(item: ObserveItem, identity: Identity, wanted: Asked): Promise<TaskOutcome | undefined> {
    const { on: run } = item
    const { probeDeadlineMs } = this.#input.options
    const { timeoutSeconds } = item.task.spec
    const ownDeadlineMs = timeoutSeconds === undefined ? probeDeadlineMs : timeoutSeconds * 1000
    const own = this.own(run, identity, wanted)
    const asked = this.upcoming(item, identity, wanted)
    const ahead = asked.batch.size > own.batch.size
    let failure = await this.observe(run, asked, ahead ? probeDeadlineMs : ownDeadlineMs)
    if (failure?.kind === 'hung' && ahead) {
      await this.hung(run)
      failure = await this.observe(run, own, ownDeadlineMs)
    }
    if (failure?.kind === 'cancelled') return INTERRUPTED
    if (failure?.kind !== 'hung') return failure && this.lose(run, failure)
    await this.hung(run)
    run.observing = undefined
    const { kind: _, ...rest } = failure
    return failed(rest)
  }

  /** One exchange, or two where an answer cannot be read. */
  async observe(run: HostRun, asked: ProbeRequest, deadlineMs: number): Promise<TransportFailure | undefined> {
    return this.connected(run, async (session) => {
      const ask = () => session.run(asked.identity, probeScript(asked.batch, deadlineMs))
      const first = await ask()
      const reply = !first.ok && first.failure.kind === 'garbled' ? await ask() : first
      return reply.ok ? this.learn(run, session, asked, reply.parts, deadlineMs) : reply.failure
    })
  }

  /** Takes what was answered, and asks once more, one by one, what cannot be read. */
  async learn(
    run: HostRun,
    session: Session,
    { identity, batch, others }: ProbeRequest,
    replies: readonly PartReply[],
    deadlineMs: number,
  ): Promise<TransportFailure | undefined> {
    const key = identityKey(identity)
    run.observedAt = this.#input.clock()
    run.othersSeen = others
    const learn = (probe: Probe<unknown>, value: unknown) => run.facts.learn(key, probe, value)
    const again = batch.read(replies, learn)
    if (!again) return undefined
    const reply = await session.run(identity, probeScript(again, deadlineMs))
    if (!reply.ok) return reply.failure
    again.read(reply.parts, learn)
    return undefined
  }

  /** The host does not answer: its connection is given up, and from now on it is asked only what a task needs. */
  async hung(run: HostRun): Promise<void> {
    run.hangs = true
    await this.#input.pool.drop(run.host.name)
  }

  /** The work's failure, or the connection's. */
  async connected(
    run: HostRun,
    work: (session: Session) => Promise<TransportFailure | undefined>,
  ): Promise<TransportFailure | undefined> {
    const { pool, clock, stopping } = this.#input
    const asked = clock()
    return pool.use(run.host, (connected: Connected) => {
      // It waited for its turn while the run was interrupted.
      if (stopping()) return Promise.resolve(CANCELLED)
      this.#longestWait = Math.max(this.#longestWait, clock() - asked)
      return connected.ok ? work(connected.session) : Promise.resolve(connected.failure)
    })
  }

  /** The host cannot be worked with any more. */
  lose(run: HostRun, { kind, ...failure }: TransportFailure): TaskOutcome {
    const unreachable = kind === 'unreachable' || kind === 'refused'
    run.running = undefined
    run.observing = undefined
    void this.#input.pool.drop(run.host.name)
    return { ...(unreachable ? { outcome: 'unreachable', failure } : failed(failure)), lost: true }
  }

  #changesOfOthers(run: HostRun): number {
    return this.#changes - run.changes
  }
}

const CANCELLED: TransportFailure = { kind: 'cancelled', cause: 'the run was interrupted' }
