// The variables that an expression may read.
import type { ValueType } from './valueType.ts'

/** The variables an expression may read, with their types. */
export interface Vocabulary {
  readonly types: ReadonlyMap<string, ValueType>
  /** Why a name that is not among them is not: `registered by a later task`. */
  explain(name: string): { readonly message: string; readonly hint?: string } | undefined
  /** Called for each variable that is read. */
  used(name: string): void
}
