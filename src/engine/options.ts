// The input of the engine: it reads no argv, environment, files or clock of its own.
import type { Inventory } from '../model/inventory.ts'
import type { ValidPlaybook } from '../model/playbook.ts'
import type { RunEvent } from '../model/runEvent.ts'
import type { FactType } from '../task/defineFact.ts'
import type { TaskType } from '../task/defineTask.ts'
import type { ReadTree } from './perform/controllerTrees.ts'
import type { Transport } from '../transport/session.ts'

export interface RunOptions {
  /** Say what would change and touch nothing. */
  readonly check: boolean
  /** Hosts connected at once; more hosts take turns. */
  readonly forks: number
  readonly acceptNewHostKeys: boolean
  /** For the connection, the handshake and the login of a host together. */
  readonly connectDeadlineMs: number
  /** For one batch of probes. */
  readonly probeDeadlineMs: number
  /** Also emit what is sent to hosts and comes back. */
  readonly trace: boolean
}

export interface RunInput {
  readonly playbook: ValidPlaybook
  readonly inventory: Inventory
  /** At least the types that the playbook uses. */
  readonly taskTypes: ReadonlyMap<string, TaskType>
  /** At least those that the playbook reads. */
  readonly facts?: ReadonlyMap<string, FactType>
  readonly transport: Transport
  readonly options: RunOptions
  /** Called in order, never concurrently; must not throw. */
  readonly emit: (event: RunEvent) => void
  /** Who started the run, for the log of hosts: `root@admin1`. */
  readonly operator?: string
  /** Reads a file of the controller that a task names, its path already joined to the playbook's directory. */
  readonly readFile: (path: string) => Uint8Array
  /** Likewise a directory with what is in it, but for what fits the globs. Default: no task names one. */
  readonly readTree?: ReadTree
  /** Milliseconds since the epoch. */
  readonly clock: () => number
  /** Waits so many milliseconds. Default: the controller's timer. */
  readonly sleep?: (ms: number) => Promise<void>
  /** Asks the person at the terminal. Absent: there is none. Undefined: the input ended. */
  readonly ask?: (question: string) => Promise<string | undefined>
}

/** After this long a fact is asked for again before a decision rests on it. */
export const FACT_LIFE_MS = 60_000
