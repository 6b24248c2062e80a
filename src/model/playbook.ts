// A playbook that was checked and may be run. Only src/playbook can make one: the brand is not exported.
import type { Diagnostic, SourceSpan } from './diagnostic.ts'
import type { Become, Json, Variables } from './inventory.ts'

/** What expressions see: variable name → value. */
export type Scope = Readonly<Record<string, unknown>>

/** The value of an expression, or why there is none: a mistake of the user's, or a value that does not exist yet. */
export type Evaluated<T> =
  | { readonly ok: true; readonly value: T }
  /** `because` names what is not known: `'result'`. */
  | { readonly ok: false; readonly unknown: true; readonly because: string }
  | { readonly ok: false; readonly unknown: false; readonly diagnostic: Diagnostic }

/**
 * A value of the playbook with its `{{ … }}` compiled. A text that is one `{{ … }}` keeps the expression's type.
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

export interface LoopSpec {
  readonly items: Computed<readonly Json[]>
  /** `loop_control.loop_var`, default `item`. */
  readonly as: string
  /** `loop_control.index_var`. */
  readonly indexAs?: string
}

export interface TaskSpec {
  /** `0/3`, `0/h1`: see TaskRef. */
  readonly id: string
  readonly at: SourceSpan
  /** As it is written, its `{{ … }}` too: what they say differs from host to host, and may be a secret. */
  readonly name: string
  readonly type: string
  /** Already checked for every host where nothing in it waits for a registered result. */
  readonly params: Computed<Readonly<Record<string, Json>>>
  /** Checks parameters that were only known at run time (a registered result, a loop over one). */
  checkParams(params: Readonly<Record<string, Json>>): readonly Diagnostic[]
  /** All must hold. */
  readonly when: readonly Computed<boolean>[]
  readonly loop?: LoopSpec
  readonly register?: string
  /** Names of handlers or of `listen` topics; known to exist. */
  readonly notify: readonly string[]
  /** For handlers. */
  readonly listen: readonly string[]
  /** With those of its play and imports. */
  readonly tags: readonly string[]
  /** In an order in which each reads only those before it. They are evaluated before the loop and see no loop variable. */
  readonly vars: Readonly<Record<string, Computed<Json>>>
  /** Absent: as the play or the host says. */
  readonly become?: Partial<Become>
  readonly ignoreErrors: boolean
  /** Absent: as the command line says. */
  readonly checkMode?: boolean
  /** Whether its diffs are shown. Absent: as the command line says. */
  readonly diff?: boolean
  /** `timeout:` in seconds; absent: the task type's own. */
  readonly timeoutSeconds?: number
  readonly environment: Computed<Readonly<Record<string, string>>>
}

export interface PlaySpec {
  readonly index: number
  readonly at: SourceSpan
  readonly name: string
  /** After the pattern and `--limit`, in inventory order. */
  readonly hosts: readonly string[]
  /** Sizes of the batches in turn, the last one repeating; absent: all at once. Integers ≥ 1 or exact percentages of the play's hosts. */
  readonly serial?: readonly (number | { readonly percent: number })[]
  readonly become?: Partial<Become>
  /** Selected by `--tags`/`--skip-tags`. */
  readonly tasks: readonly TaskSpec[]
  readonly handlers: readonly TaskSpec[]
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
