// A compiled value of the playbook, and what evaluating it gives: a value, a mistake, or one that is not known yet.
import type { Diagnostic, SourceSpan } from './diagnostic.ts'

/** What expressions see: variable name → value. */
export type Scope = Readonly<Record<string, unknown>>

/** The value of an expression, or why it has none: a mistake of the user's, or a value that does not exist yet. */
export type Evaluated<T> =
  | { readonly ok: true; readonly value: T }
  /** `because` names what is not known: `'result'`. */
  | { readonly ok: false; readonly unknown: true; readonly because: string }
  | { readonly ok: false; readonly unknown: false; readonly diagnostic: Diagnostic }

/** A fact that an expression names with everything written out. */
export interface FactUse {
  readonly name: string
  /** Empty for a fact about the host as a whole. */
  readonly key: string
}

/**
 * A value of the playbook with its `{{ … }}` compiled. A string that is one `{{ … }}` keeps the expression's type.
 * Values in scope that are `UNKNOWN` (an earlier change was not made) make the result unknown.
 */
export interface Computed<T> {
  readonly at: SourceSpan
  /** Of a condition: its text on one line. */
  readonly text?: string
  /** True when it holds no expression; `evaluate` then returns the same object each time. */
  readonly constant: boolean
  /** Names of the variables it reads at its roots. */
  readonly needs: readonly string[]
  /** Facts that it names; those whose key is computed are left out. */
  readonly facts?: readonly FactUse[]
  evaluate(scope: Scope): Evaluated<T>
  /** Of a map: with `UNKNOWN_TEXT` in place of each value that is unknown. Absent: the value has no such part. */
  known?(scope: Scope): T
}

/** Stands for a value that depends on an earlier change which check mode did not make. */
export const UNKNOWN: unique symbol = Symbol.for('crane-play.unknown')
/** The type of `UNKNOWN`. */
export type Unknown = typeof UNKNOWN

/** Stands for an unknown value where a string is needed; no text of a user holds it. */
export const UNKNOWN_TEXT = '\0unknown\0'
