// A playbook that was checked and may be run. Only src/playbook can make one: the brand is not exported.
import type { Diagnostic, SourceSpan } from './diagnostic.ts'
import type { Become, Variables } from './inventory.ts'
import type { PlayNode, TaskSpec } from './playTree.ts'

/** What expressions see: variable name → value. */
export type Scope = Readonly<Record<string, unknown>>

/** The value of an expression, or why it has none: a mistake of the user's, or a value that does not exist yet. */
export type Evaluated<T> =
  | { readonly ok: true; readonly value: T }
  /** `because` names what is not known: `'result'`. */
  | { readonly ok: false; readonly unknown: true; readonly because: string }
  | { readonly ok: false; readonly unknown: false; readonly diagnostic: Diagnostic }

/**
 * A value of the playbook with its `{{ … }}` compiled. A string that is one `{{ … }}` keeps the expression's type.
 * Values in scope that are `UNKNOWN` (an earlier change was not made) make the result unknown.
 */
export interface Computed<T> {
  readonly at: SourceSpan
  /** True when it holds no expression; `evaluate` then returns the same object each time. */
  readonly constant: boolean
  /** Names of the variables it reads at its roots. */
  readonly needs: readonly string[]
  evaluate(scope: Scope): Evaluated<T>
}

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
   * Cheap to call again; the engine adds registered results and loop variables on top.
   */
  variables(host: string): Variables
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

/** Stands for a value that depends on an earlier change which check mode did not make. */
export const UNKNOWN: unique symbol = Symbol.for('crane-play.unknown')
/** The type of `UNKNOWN`. */
export type Unknown = typeof UNKNOWN
