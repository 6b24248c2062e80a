// A value that an inventory gives to a variable, and where it was written.
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import type { YamlEntry } from '../../text/yamlTree.ts'

export interface SetValue {
  readonly value: Json
  /** The value's own place. */
  readonly at: SourceSpan
  readonly keyAt?: SourceSpan
  /** Where a relative path in the value starts. */
  readonly directory: string
  /** Set when the value is to be evaluated. */
  readonly authored?: YamlEntry
}

/** A later source may set another value; within one source that is a mistake. */
export type SetValues = ReadonlyMap<string, SetValue>
