// Facts of a host as expressions read them: `facts.os.family`, `facts.service['sshd'].active`.
import type { JsonSchema } from './catalogue.ts'
import type { FactUse, Unknown } from './computed.ts'
import type { Json } from './inventory.ts'

/** The name under which expressions find all facts. */
export const FACTS_NAME = 'facts'

/** What the checks need to know of a fact; the engine knows more (see src/task/defineFact.ts). */
export interface FactInfo {
  readonly name: string
  readonly summary: string
  readonly type: JsonSchema
  /** What the key is; absent for a fact about the host as a whole. */
  readonly key?: string
  /** A regular expression that every key matches. */
  readonly keyPattern?: string
}

/** A fact about one of many things. */
export interface FactByKey {
  at(key: string): Json | Unknown
}

/** Read when an expression reads them; `UNKNOWN` is what was not asked yet, cannot be read or cannot be predicted. */
export type HostFacts = Readonly<Record<string, Json | Unknown | FactByKey>>

/** How what a task reads follows from facts, on hosts whose variables are set in the same places. */
export interface FactReads {
  /** The same object for all of those hosts. */
  readonly shape: object
  /** Variables that follow from facts. */
  readonly live: readonly string[]
  /** Variables that do not, and on which the others depend too. */
  readonly fixed: readonly string[]
  /** What the variables name; facts whose key is computed are left out. */
  readonly facts: readonly FactUse[]
}
