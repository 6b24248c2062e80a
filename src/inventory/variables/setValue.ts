// A value that an inventory gives to a variable, and where it was written.
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'

export interface SetValue {
  readonly value: Json
  /** The value's own place. */
  readonly at: SourceSpan
  readonly keyAt?: SourceSpan
  /** Where a relative path in the value starts. */
  readonly folder: string
}

/** A later source may say something else; within one source that is a mistake, so the source is remembered. */
export type SetValues = ReadonlyMap<string, SetValue>
