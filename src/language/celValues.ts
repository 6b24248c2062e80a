// Converts values to and from the expression language, whose integers are BigInt.
import type { Json } from '../model/inventory.ts'
import { WrittenNumber, withPlainNumbers } from '../model/writtenNumber.ts'
import type { FactByKey } from '../model/facts.ts'
import { hasGetters } from '../model/hostVariables.ts'
import { UNKNOWN } from '../model/computed.ts'
import { LazyRecord, NOT_KNOWN, UNKNOWN_VALUE } from './unknownRead.ts'
import { ANY, type KeyedFactType, MAP, type RecordType, type ValueType } from './valueType.ts'

/** Converted lists and maps by type and identity: inventory values and results are read again and again. */
const converted = new WeakMap<ValueType, WeakMap<object, unknown>>()
/** The way back costs nothing for what was only handed on. */
const originals = new WeakMap<object, Json>()

/** All hosts' variables; those of a host are converted when that host is read. */
export class HostVars extends LazyRecord {}

/** A value of a type of our own, such as an address: outside of expressions it is its text. */
export class CelText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Values handed in must not change afterwards: a list or map is converted once. */
export function toCel(value: unknown, type: ValueType): unknown {
  if (value === UNKNOWN) return UNKNOWN_VALUE
  if (typeof value === 'number') return type.kind !== 'number' && Number.isInteger(value) ? BigInt(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof WrittenNumber) return Number(value)
  let known = converted.get(type)
  if (!known) converted.set(type, (known = new WeakMap()))
  let made = known.get(value)
  if (made === undefined) {
    made = convert(value, type)
    known.set(value, made)
    if (made !== value) originals.set(made as object, value as Json)
  }
  return made
}

function convert(value: object, type: ValueType): unknown {
  if (Array.isArray(value)) {
    const of = type.kind === 'list' ? type.of : ANY
    const items = value.map((item) => toCel(item, of))
    return items.every((item, i) => item === value[i]) ? value : items
  }
  const raw = value as Readonly<Record<string, unknown>>
  if (type.kind === 'hostvars') return new HostVars(raw, (vars) => (isLazy(vars) ? lazily(vars) : toCel(vars, MAP)))
  if (type.kind === 'record') return makeRecord(raw, type)
  if (type.kind === 'keyed') return new KeyedFact(value as FactByKey, type)
  const of = type.kind === 'map' ? (type.of ?? ANY) : ANY
  // Without a prototype, so that a key __proto__ out of a host's mouth is a key like any other.
  const copy: Record<string, unknown> = Object.create(null)
  let same = true
  for (const key of Object.keys(raw)) {
    copy[key] = toCel(raw[key], of)
    if (copy[key] !== raw[key]) same = false
  }
  return same ? value : copy
}

const isLazy = (vars: unknown): vars is object => typeof vars === 'object' && vars !== null && hasGetters(vars)

/** A variable that is evaluated when it is read is converted then, too. */
function lazily(vars: object): object {
  let made = lazyMaps.get(vars)
  if (made) return made
  made = Object.create(null) as object
  for (const [key, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(vars)))
    Object.defineProperty(made, key, { enumerable: true, get: () => toCel(get ? get.call(vars) : value, ANY) })
  lazyMaps.set(vars, made)
  originals.set(made, vars as Json)
  return made
}

const lazyMaps = new WeakMap<object, object>()

const makeRecord = (raw: Readonly<Record<string, unknown>>, type: RecordType): LazyRecord =>
  new type.ctor(raw, (field, name) => {
    const of = type.fields[name] ?? ANY
    // A result of a task that did not run has null for the fields it would have filled: they are not there.
    return field === null && of.kind !== 'any' ? undefined : toCel(field, of)
  })

/** To the expression language a map that has every key: what a key holds is asked when it is read. */
class KeyedFact extends Map<string, unknown> {
  readonly #fact: FactByKey
  readonly #type: KeyedFactType

  static {
    // The evaluator knows maps by their class.
    Object.defineProperty(KeyedFact.prototype, 'constructor', { value: Map })
  }

  constructor(fact: FactByKey, type: KeyedFactType) {
    super()
    this.#fact = fact
    this.#type = type
  }

  override get(key: string): unknown {
    if (typeof key !== 'string' || !this.#type.fits(key))
      throw new NoJson(`the key of a fact must be ${this.#type.key}, not '${String(key)}'`)
    return toCel(this.#fact.at(key), this.#type.of)
  }
}

/** Why a value of the expression language has no place in a playbook. */
export class NoJson extends Error {}

/** Throws `NOT_KNOWN` for a value that is not known, `NoJson` for bytes, types and numbers beyond 2^53. */
export function fromCel(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value
    case 'bigint':
      if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
        throw new NoJson(`the number ${value} is too large to be exact`)
      return Number(value)
    case 'object':
      break
    default:
      throw new NoJson('the expression has no value')
  }
  if (value === null) return null
  if (value === UNKNOWN_VALUE) throw NOT_KNOWN
  const original = originals.get(value)
  if (original !== undefined) return known(original)
  if (Array.isArray(value)) return value.map(fromCel)
  if (value instanceof LazyRecord) return known(value.raw as Json)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [String(key), fromCel(inner)]))
  if (value instanceof CelText) return value.text
  if (value instanceof Date) return value.toISOString()
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromCel(inner)]))
  throw new NoJson('its value is not a string, number, list or map')
}

const clean = new WeakMap<object, Json>()

/** Whether `fromCel` gave the value for this one, whose numbers have the digits that were written. */
export const isPlainOf = (value: Json, written: unknown): written is Json =>
  typeof written === 'object' && written !== null && value !== written && clean.get(written) === value

/** The value itself with plain numbers, if nothing in it is unknown. */
function known(value: Json): Json {
  if ((value as unknown) === UNKNOWN) throw NOT_KNOWN
  if (typeof value !== 'object' || value === null) return value
  const before = clean.get(value)
  if (before !== undefined) return before
  for (const inner of Array.isArray(value) ? value : Object.values(value)) known(inner as Json)
  const plain = withPlainNumbers(value)
  clean.set(value, plain)
  return plain
}
