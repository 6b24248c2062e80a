// The types that the checks know, and how they are found: from a value, a JSON Schema, or a declared input.
import { WrittenNumber } from '../model/writtenNumber.ts'
import type { JsonSchema } from '../model/catalogue.ts'
import type { InputShape } from '../model/inputDeclaration.ts'
import { LazyRecord } from './unknownRead.ts'

export interface RecordType {
  readonly kind: 'record'
  /** Shown in messages: `result of run`. */
  readonly name: string
  readonly fields: Readonly<Record<string, ValueType>>
  /** CEL distinguishes records by the class of their values. */
  readonly ctor: typeof LazyRecord
}

/** A fact about one of many things: read with a key, and never as a whole. */
export interface KeyedFactType {
  readonly kind: 'keyed'
  readonly of: ValueType
  /** What the key is, for messages: `the name of a unit`. */
  readonly key: string
  readonly fits: (key: string) => boolean
}

/** A string; by what is known of its values, a comparison that never holds is refused. */
export interface TextType {
  readonly kind: 'text'
  /** All that it may be; with `pattern`, the usual ones. */
  readonly values?: readonly string[]
  /** What all its values match. */
  readonly pattern?: RegExp
}

export type ValueType =
  | { readonly kind: 'any' | 'boolean' | 'integer' | 'number' | 'hostvars' }
  /** Of a map with any keys, `of` is what each of them holds. */
  | { readonly kind: 'map'; readonly of?: ValueType }
  | { readonly kind: 'list'; readonly of: ValueType }
  | TextType
  | KeyedFactType
  | RecordType

const simple = <K extends 'any' | 'text' | 'boolean' | 'integer' | 'number' | 'map' | 'hostvars'>(kind: K) =>
  ({ kind }) as const

export const ANY: ValueType = simple('any')
export const TEXT: TextType = simple('text')
export const BOOLEAN: ValueType = simple('boolean')
export const INTEGER: ValueType = simple('integer')
export const NUMBER: ValueType = simple('number')
export const MAP: ValueType = simple('map')
export const HOSTVARS: ValueType = simple('hostvars')
const LIST_OF_ANY: ValueType = { kind: 'list', of: ANY }
const lists = new Map<ValueType, ValueType>([[ANY, LIST_OF_ANY]])

/** The same list type for the same element type, so that types compare by identity. */
export function listOf(of: ValueType): ValueType {
  let list = lists.get(of)
  if (!list) {
    list = { kind: 'list', of }
    if (of.kind !== 'record') lists.set(of, list)
  }
  return list
}

const classes = new Map<string, typeof LazyRecord>()

/** A record of the same name is of the same class, whichever task registered it. */
export function recordOf(name: string, fields: Readonly<Record<string, ValueType>>): RecordType {
  let ctor = classes.get(name)
  if (!ctor) classes.set(name, (ctor = class extends LazyRecord {}))
  return { kind: 'record', name, fields, ctor }
}

const inferred = new WeakMap<object, ValueType>()

/** Shared values, such as those of a group, are looked at once. */
export function typeOf(value: unknown): ValueType {
  switch (typeof value) {
    case 'string':
      return TEXT
    case 'boolean':
      return BOOLEAN
    case 'number':
      return Number.isSafeInteger(value) ? INTEGER : NUMBER
    case 'object': {
      if (value === null) return ANY
      if (value instanceof WrittenNumber) return NUMBER
      if (!Array.isArray(value)) return MAP
      let type = inferred.get(value)
      if (!type) {
        type = listOf(value.length === 0 ? ANY : value.map(typeOf).reduce(mergeTypes))
        inferred.set(value, type)
      }
      return type
    }
    default:
      return ANY
  }
}

/** A type that both fit. */
export function mergeTypes(a: ValueType, b: ValueType): ValueType {
  if (a === b) return a
  if (a.kind === 'list' && b.kind === 'list') return listOf(mergeTypes(a.of, b.of))
  if (a.kind === 'map' && b.kind === 'map') return MAP
  if (a.kind === 'text' && b.kind === 'text') return eitherText(a, b)
  if (isNumeric(a) && isNumeric(b)) return NUMBER
  return ANY
}

const eitherText = (a: TextType, b: TextType): TextType =>
  a.values && b.values && !a.pattern && !b.pattern
    ? { kind: 'text', values: [...new Set([...a.values, ...b.values])] }
    : TEXT

const isNumeric = (type: ValueType): boolean => type.kind === 'integer' || type.kind === 'number'

export function inputValueType(input: Pick<InputShape, 'type' | 'enum' | 'pattern'>): ValueType {
  if (input.type === 'string') return textOf(input.enum, input.enum ? undefined : whole(input.pattern))
  return { integer: INTEGER, number: NUMBER, boolean: BOOLEAN, list: LIST_OF_ANY, map: MAP }[input.type]
}

const whole = (pattern: string | undefined): string | undefined => pattern && `^(?:${pattern})$`

/** `values`: all of them, or with `pattern` examples. */
function textOf(values: unknown, pattern?: unknown): TextType {
  const words = Array.isArray(values) ? values.filter((value) => typeof value === 'string') : undefined
  return {
    kind: 'text',
    ...(words && { values: words }),
    ...(typeof pattern === 'string' && { pattern: new RegExp(pattern, 'u') }),
  }
}

/** What a schema lets through; where it says more than types can, anything. */
export function schemaType(schema: JsonSchema | undefined, name: string): ValueType {
  if (!schema) return ANY
  if (Array.isArray(schema.enum)) return schema.enum.map(typeOfOne).reduce(mergeTypes, typeOfOne(schema.enum[0]))
  if ('const' in schema) return typeOfOne(schema.const)
  const branches = schema.anyOf ?? schema.oneOf
  if (Array.isArray(branches) && branches.length > 0)
    return branches.map((branch: JsonSchema) => schemaType(branch, name)).reduce(mergeTypes)
  switch (schema.type) {
    case 'string':
      return schema.pattern === undefined ? TEXT : textOf(schema.examples, schema.pattern)
    case 'boolean':
      return BOOLEAN
    case 'integer':
      return INTEGER
    case 'number':
      return NUMBER
    case 'array':
      return listOf(schemaType(schema.items as JsonSchema | undefined, `item of ${name}`))
    case 'object':
      return schema.properties ? recordOf(name, schemaFields(schema, name)) : mapType(schema, name)
    default:
      return ANY
  }
}

const typeOfOne = (value: unknown): ValueType => (typeof value === 'string' ? textOf([value]) : typeOf(value))

function mapType({ patternProperties }: JsonSchema, name: string): ValueType {
  const [each, ...others] = Object.values((patternProperties ?? {}) as Readonly<Record<string, JsonSchema>>)
  return each && others.length === 0 ? { kind: 'map', of: schemaType(each, `entry of ${name}`) } : MAP
}

export function schemaFields(schema: JsonSchema | undefined, name: string): Record<string, ValueType> {
  const properties = (schema?.properties ?? {}) as Readonly<Record<string, JsonSchema>>
  return Object.fromEntries(
    Object.entries(properties).map(([field, inner]) => [field, schemaType(inner, `${field} of ${name}`)]),
  )
}

/** The name by which the expression language knows the type. */
export function celName(type: ValueType): string {
  switch (type.kind) {
    case 'any':
      return 'dyn'
    case 'text':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'integer':
      return 'int'
    case 'number':
      return 'double'
    case 'hostvars':
      return type.kind
    case 'map':
      return type.of ? `map<string, ${celName(type.of)}>` : type.kind
    case 'keyed':
      return `map<string, ${celName(type.of)}>`
    case 'list':
      return `list<${celName(type.of)}>`
    case 'record':
      return type.name
  }
}

/** The way back, for what the checker found out about an expression. */
export function typeNamed(name: string, records: ReadonlyMap<string, RecordType>): ValueType {
  const element = /^list<(.+)>$/.exec(name)?.[1]
  if (element !== undefined) return listOf(typeNamed(element, records))
  const plain: Readonly<Record<string, ValueType>> = {
    string: TEXT,
    bool: BOOLEAN,
    int: INTEGER,
    double: NUMBER,
    map: MAP,
    list: LIST_OF_ANY,
    hostvars: HOSTVARS,
  }
  if (name.startsWith('map<')) return MAP
  return records.get(name) ?? plain[name] ?? ANY
}

/** What a person calls the type. */
export function typeWords(type: ValueType): string {
  switch (type.kind) {
    case 'any':
      return 'a value'
    case 'text':
      return 'a string'
    case 'boolean':
      return 'a boolean'
    case 'integer':
      return 'an integer'
    case 'number':
      return 'a number'
    case 'list':
      return 'a list'
    case 'map':
    case 'hostvars':
      return 'a map'
    case 'keyed':
      return 'a fact without its key'
    case 'record':
      return `the ${type.name}`
  }
}
