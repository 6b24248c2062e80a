// The type of `facts`, from the schemas of the facts themselves.
import type { FactInfo } from '../model/facts.ts'
import { recordOf, type RecordType, schemaType, type ValueType } from './valueType.ts'

/** Undefined where there are no facts. The same for the same facts. */
export function factsType(facts: ReadonlyMap<string, FactInfo>): RecordType | undefined {
  let type = made.get(facts)
  if (!type && facts.size > 0)
    made.set(facts, (type = recordOf('facts', Object.fromEntries(Array.from(facts.values(), field)))))
  return type
}

const made = new WeakMap<ReadonlyMap<string, FactInfo>, RecordType>()

function field({ name, type, key, keyPattern }: FactInfo): readonly [string, ValueType] {
  const of = schemaType(type, `fact ${name}`)
  if (key === undefined) return [name, of]
  const pattern = new RegExp(keyPattern ?? '.')
  return [name, { kind: 'keyed', of, key, fits: (text) => pattern.test(text) }]
}
