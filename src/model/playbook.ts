// A playbook that was checked and may be run. Only src/playbook can make one: the brand is not exported.
import type { SourceSpan } from './diagnostic.ts'
import type { FactReads, HostFacts } from './facts.ts'
import type { Become, Variables } from './inventory.ts'
import type { PlayNode, TaskSpec } from './playTree.ts'
import type { VariableSource } from './variableSource.ts'

/** The number of hosts of a batch: an integer ≥ 1, or an exact percentage of the play's hosts. */
export type BatchSize = number | { readonly percent: number }

export interface PlaySpec {
  readonly index: number
  readonly at: SourceSpan
  readonly name: string
  /** After the pattern and `--limit`, in the play's `order`. */
  readonly hosts: readonly string[]
  /**
   * Sizes of the batches in turn, the last one repeating; or a variable: hosts with the same value are a batch, in the
   * order in which the values first appear. Absent: all at once.
   */
  readonly serial?: readonly BatchSize[] | { readonly by: string }
  readonly become?: Partial<Become>
  /** Selected by `--tags`/`--skip-tags`. Handlers that are due run after each of the three. */
  readonly preTasks?: readonly PlayNode[]
  readonly tasks: readonly PlayNode[]
  readonly postTasks?: readonly PlayNode[]
  readonly handlers: readonly TaskSpec[]
  /** Handlers that were notified run on hosts that failed, too. */
  readonly forceHandlers?: boolean
  /** The play ends when more than this part of a batch has failed or is unreachable. */
  readonly maxFailPercentage?: number
  /** The run ends when more hosts than this have failed or are unreachable, over all its plays. */
  readonly maxFailures?: number
  /**
   * The variables of one host in this play before anything ran: inventory, play vars, inputs, `-e`, and the magic ones.
   * Cheap to call again; the engine adds registered results and loop variables on top. Those that follow from facts are
   * made of `facts` each time they are read, and unknown without.
   */
  variables(host: string, facts?: HostFacts): Variables
  /** All that sets the variable on the host before a task does, the one in force first. */
  sources?(host: string, name: string): readonly VariableSource[]
  /** Undefined where none of these names is, or follows from, a fact. Cheap for the same array of names. */
  factReads?(host: string, names: readonly string[]): FactReads | undefined
}

declare const validated: unique symbol

export interface ValidPlaybook {
  readonly [validated]: true
  /** Paths as the user named them. */
  readonly files: readonly string[]
  readonly plays: readonly PlaySpec[]
  /** Values that must never leave the program (inputs marked sensitive, passwords of the inventory). */
  readonly secrets: readonly string[]
}
