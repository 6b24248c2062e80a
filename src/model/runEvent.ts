// The only output of the engine: a closed, versioned union of plain data that can be stored and replayed.
import type { Outcome, TaskResult } from './result.ts'

export const RUN_EVENT_VERSION = 1

export interface TaskRef {
  /** Unique in a run and stable between runs of the same playbook: `play/task`, such as `0/3` or `0/h1` for a handler. */
  readonly id: string
  readonly name: string
  readonly type: string
  readonly file: string
  readonly line: number
  /** The task's own word on whether its diffs are shown (`diff:`). False: they are in no event. Absent: as was asked for. */
  readonly diff?: boolean
}

export interface PlayRef {
  readonly index: number
  readonly name: string
}

/**
 * Of tasks. An ignored failure that had changed something counts as `changed` too, and so does a loop of which some items
 * were changed, however it ended. `predicted`: how many of `changed` would be and were not. `rescued`: failures that the `rescue` of a block took over; they are not
 * among `failed`.
 */
export type HostCounts = Readonly<Record<Outcome | 'ignored' | 'rescued' | 'predicted', number>>

/** How a host was left when a run was interrupted. */
export type HostLeft =
  | { readonly state: 'not-started' }
  /** Nothing was under way; `task` was the last one done. */
  | { readonly state: 'between'; readonly task: string }
  /** It had failed or was lost before the interrupt, in `task`. */
  | { readonly state: 'failed'; readonly task: string }
  | { readonly state: 'stopped'; readonly task: string }
  | { readonly state: 'still-running'; readonly task: string; readonly pid: number }
  | { readonly state: 'unknown'; readonly task: string; readonly why: string }

interface Stamp {
  readonly v: typeof RUN_EVENT_VERSION
  /** Milliseconds since the epoch, by the controller's clock. */
  readonly at: number
}

export type RunEventBody =
  | {
      readonly type: 'run-started'
      readonly playbooks: readonly string[]
      readonly hosts: readonly string[]
      readonly check: boolean
      /** In check mode: the tasks that are made all the same (`check_mode: false`). Absent: none. */
      readonly madeInCheck?: readonly TaskRef[]
      readonly plays: readonly PlayRef[]
      readonly forks: number
    }
  | {
      readonly type: 'host-connected'
      readonly host: string
      readonly how: string
      readonly why?: string
      readonly durationMs: number
    }
  | {
      readonly type: 'play-started'
      readonly play: PlayRef
      readonly hosts: readonly string[]
      readonly tasks: readonly TaskRef[]
    }
  | {
      readonly type: 'task-started'
      readonly play: PlayRef
      readonly task: TaskRef
      readonly hosts: readonly string[]
      readonly handler: boolean
    }
  /** A step is being made on the host now (not merely decided), or another attempt is waited for. */
  | { readonly type: 'task-running'; readonly task: TaskRef; readonly host: string; readonly what: string }
  /** One per host and, in a loop, per item; the last one of a loop carries the whole with `data.results`. */
  | { readonly type: 'item-result'; readonly task: TaskRef; readonly host: string; readonly result: TaskResult }
  | { readonly type: 'task-result'; readonly task: TaskRef; readonly host: string; readonly result: TaskResult }
  | { readonly type: 'task-ended'; readonly task: TaskRef }
  | { readonly type: 'play-ended'; readonly play: PlayRef }
  | { readonly type: 'warning'; readonly message: string; readonly host?: string }
  /** What was sent to a host or came back, for `-vvv`. */
  | { readonly type: 'trace'; readonly host: string; readonly what: 'sent' | 'received'; readonly text: string }
  | { readonly type: 'interrupted'; readonly signal: string; readonly hosts: Readonly<Record<string, HostLeft>> }
  | {
      readonly type: 'run-ended'
      readonly recap: Readonly<Record<string, HostCounts>>
      /** By host: handlers that were notified and did not run, because a task failed before their turn. Absent: none. */
      readonly handlersLeft?: Readonly<Record<string, readonly TaskRef[]>>
      readonly durationMs: number
      readonly roundTrips: Readonly<Record<string, number>>
    }

export type RunEvent = Stamp & RunEventBody
