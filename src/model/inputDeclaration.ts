// A typed value that a playbook asks for at its head, and what may be given for it.
import type { SourceSpan } from './diagnostic.ts'
import type { Json } from './inventory.ts'
import { isNumber } from './writtenNumber.ts'

export const INPUT_TYPES = ['string', 'integer', 'number', 'boolean', 'list', 'map'] as const
export type InputType = (typeof INPUT_TYPES)[number]

/** What a value must be. */
export interface InputShape {
  readonly type: InputType
  readonly enum?: readonly Json[]
  /** For strings: a regular expression that the whole value must match. */
  readonly pattern?: string
  readonly description?: string
  /** What each item of a list must be. */
  readonly items?: InputShape
  /** All keys that a map may have. */
  readonly keys?: Readonly<Record<string, InputShape & { readonly required: boolean }>>
}

/**
 * One entry of `inputs:`. Its value is what `-e` gives, else the host's inventory variable of that name, else the
 * default. An input with neither a default nor `required` may be absent: check with `has(name)`.
 */
export interface InputDeclaration extends InputShape {
  readonly name: string
  readonly required: boolean
  readonly sensitive: boolean
  readonly default?: Json
  readonly at: SourceSpan
}

const TYPE_WORDS: Readonly<Record<InputType, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  list: 'a list',
  map: 'a map',
}

/** Why the value cannot be the input's, or undefined: a half sentence to follow `'name' `. */
export function misfit(input: InputShape, value: Json, shown: string): string | undefined {
  if (!hasType(input.type, value)) return `must be ${TYPE_WORDS[input.type]}, not ${shown}`
  if (input.enum && !input.enum.some((one) => same(one, value)))
    return `must be one of ${input.enum.map((one) => JSON.stringify(one)).join(', ')}, not ${shown}`
  if (input.pattern !== undefined && typeof value === 'string' && !wholeMatch(input.pattern, value))
    return `must match ${input.pattern}${meaning(input)}, and ${shown} does not`
  return Array.isArray(value) ? misfitOfItem(input, value) : misfitOfKey(input, value)
}

/** Values inside are not shown: one of them may be a secret. */
const inside = (shape: InputShape, value: Json): string | undefined =>
  misfit(shape, value, hasType(shape.type, value) ? 'this one' : kindOf(value))

function misfitOfItem({ items }: InputShape, values: readonly Json[]): string | undefined {
  for (const [index, value] of values.entries()) {
    const wrong = items && inside(items, value)
    if (wrong !== undefined) return `has an item ${index + 1} that ${wrong}`
  }
  return undefined
}

function misfitOfKey({ keys }: InputShape, value: Json): string | undefined {
  if (!keys || typeof value !== 'object' || value === null) return undefined
  const map = value as Readonly<Record<string, Json>>
  for (const key of Object.keys(map))
    if (!Object.hasOwn(keys, key)) return `has the unknown key '${key}'; it may have ${Object.keys(keys).join(', ')}`
  for (const [key, shape] of Object.entries(keys)) {
    const given = map[key] ?? undefined
    if (given === undefined) {
      if (shape.required) return `has no '${key}'`
      continue
    }
    const wrong = inside(shape, given)
    if (wrong !== undefined) return `has a '${key}' that ${wrong}`
  }
  return undefined
}

function kindOf(value: Json): string {
  if (value === null) return 'null'
  const type = INPUT_TYPES.find((one) => hasType(one, value))
  return type === undefined ? 'that' : TYPE_WORDS[type]
}

/** A pattern alone says little to most people. */
const meaning = ({ description }: Pick<InputDeclaration, 'description'>): string =>
  description === undefined ? '' : ` (${description.trim().replace(/\.$/, '')})`

export function hasType(type: InputType, value: Json): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string'
    case 'integer':
      return Number.isSafeInteger(value)
    case 'number':
      return isNumber(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'list':
      return Array.isArray(value)
    case 'map':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
  }
}

const wholeMatch = (pattern: string, value: string): boolean => new RegExp(`^(?:${pattern})$`, 'u').test(value)

const same = (a: Json, b: Json): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)
