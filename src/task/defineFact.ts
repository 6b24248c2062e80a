// defineFact: a fact as its author declares it, with its types erased for the rest of the program.
import type { Static, TSchema } from 'typebox'
import type { JsonSchema } from '../model/catalogue.ts'
import type { FactInfo } from '../model/facts.ts'
import type { Json } from '../model/inventory.ts'
import type { Probe } from './probes/probe.ts'

interface FactBase<Type extends TSchema, Value> {
  /** `facts.NAME` in an expression; the file in facts/ has the same name. */
  readonly name: string
  /** One sentence: `The distribution and its version.` */
  readonly summary: string
  readonly type: Type
  /** From the probe's answer. Throws `GarbledAnswer` when the host cannot have meant it. */
  readonly read: (value: Value) => Static<Type>
}

export interface FactDefinition<Type extends TSchema, Value> extends FactBase<Type, Value> {
  readonly probe: Probe<Value>
}

/** A fact about one of many things: `facts.service['sshd']`. */
export interface KeyedFactDefinition<Type extends TSchema, Value> extends FactBase<Type, Value> {
  /** What the key is, for messages: `the name of a unit`. */
  readonly key: string
  /** The schema of the key; default: any string that is not empty. */
  readonly keyType?: TSchema
  readonly probe: (key: string) => Probe<Value>
}

/** A fact with its type parameters erased. */
export interface FactType extends FactInfo {
  probe(key: string): Probe<unknown>
  read(value: unknown): Json
}

/** Takes a definition and returns the fact that a file in facts/ exports as default. */
export function defineFact<Type extends TSchema, Value>(
  definition: FactDefinition<Type, Value> | KeyedFactDefinition<Type, Value>,
): FactType {
  const { name, summary, type, read } = definition
  const shared = { name, summary, type: type as unknown as JsonSchema, read: read as (value: unknown) => Json }
  if ('key' in definition) {
    const { key, keyType, probe } = definition
    const { pattern } = (keyType ?? {}) as { readonly pattern?: string }
    return { ...shared, key, ...(pattern !== undefined && { keyPattern: pattern }), probe }
  }
  const { probe } = definition
  return { ...shared, probe: () => probe }
}
