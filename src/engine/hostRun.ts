// One host in a run: its facts, its registered results, its position in the play, and its counts for the recap.
import type { Host } from '../model/inventory.ts'
import { hasChanged, OUTCOMES, type TaskResult } from '../model/result.ts'
import type { HostCounts, TaskRef } from '../model/runEvent.ts'
import type { Identity } from '../transport/session.ts'
import { FactStore } from './observe/factStore.ts'
import { type Progress, START } from './schedule/progress.ts'

export class HostRun {
  readonly host: Host
  readonly facts = new FactStore()
  /** What `register` stored; values may be UNKNOWN in check mode. */
  readonly registered: Record<string, unknown> = {}
  /** Handler id → `yes`, or `maybe` where check mode does not know. */
  readonly notified = new Map<string, 'yes' | 'maybe'>()
  /** Handlers of tasks that ran or are not due on this host. */
  readonly concerned = new Set<string>()
  /** Handlers that were notified and did not run, because the host failed or the run was interrupted. */
  readonly handlersLeft: TaskRef[] = []
  #busy: Promise<unknown> = Promise.resolve()
  progress: Progress = START
  /** When the facts were last read, controller's clock. */
  observedAt = 0
  /** It let a batch of probes pass its deadline. */
  hangs = false
  /** Changes made on this host, and those made on other hosts before its facts were last asked for. */
  changes = 0
  othersSeen = 0
  /** The task whose step is being made now, and the one for which the host is being looked at. */
  running: string | undefined
  observing: string | undefined
  /** The last task that had a result here. */
  lastDone: string | undefined
  /** The task in which the connection was lost: what became of its step is not known. */
  lost: { readonly task: string; readonly why: string } | undefined
  readonly #counts: Record<string, number> = Object.fromEntries(
    [...OUTCOMES, 'ignored', 'rescued', 'predicted'].map((outcome) => [outcome, 0]),
  )

  constructor(host: Host) {
    this.host = host
  }

  /** `looped`: each of its items may have changed something, though another one failed. */
  count(result: TaskResult, looped: boolean): void {
    this.#add(result.ignored ? 'ignored' : result.rescued ? 'rescued' : result.outcome)
    if (result.changed && (looped || result.ignored || result.outcome !== 'failed')) this.#add('changed')
    if (result.predicted && hasChanged(result)) this.#add('predicted')
  }

  /** What is delegated to this host is done one after the other: each may change what the next one looks at. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#busy.then(work, work)
    this.#busy = mine
    return mine
  }

  #add(key: keyof HostCounts): void {
    this.#counts[key] = (this.#counts[key] ?? 0) + 1
  }

  get counts(): HostCounts {
    return this.#counts as HostCounts
  }
}

/** Who one is for a task: the task's word, else the play's, else the host's own variables. */
export function identityOf(
  host: Host,
  ...wishes: readonly ({ readonly enabled?: boolean; readonly user?: string } | undefined)[]
): Identity {
  const own = host.connection.become
  // Asked for each task on each host, and most tasks say nothing of it.
  if (!own.enabled && wishes.every((wish) => wish === undefined)) return AS_LOGGED_IN
  const enabled = wishes.find((wish) => wish?.enabled !== undefined)?.enabled ?? own.enabled
  if (!enabled) return AS_LOGGED_IN
  const user = wishes.find((wish) => wish?.user !== undefined)?.user ?? own.user
  const password = host.connection.becomePassword
  return { become: { user, ...(password !== undefined && { password }) } }
}

const AS_LOGGED_IN: Identity = {}

export const identityKey = (identity: Identity): string => identity.become?.user ?? ''
