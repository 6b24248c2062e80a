// A task that a host is about to run, and the tasks of its play that follow.
import type { HostRun } from '../hostRun.ts'
import type { PreparedPlay, PreparedTask } from '../prepare.ts'

export interface ObserveItem {
  readonly play: PreparedPlay
  /** Whose variables, results and counts it is about. */
  readonly run: HostRun
  /** The host that is connected to and looked at: another one for a task that is delegated. */
  readonly on: HostRun
  readonly task: PreparedTask
  /** The tasks of the play that are still to come begin with this one. */
  readonly from: number
}
