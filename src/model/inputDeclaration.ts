// A typed value that a playbook asks for at its head, and what may be given for it.
import type { SourceSpan } from './diagnostic.ts'
import type { Json } from './inventory.ts'
import { isNumber } from './writtenNumber.ts'

export const INPUT_TYPES = ['string', 'integer', 'number', 'boolean', 'list', 'map'] as const
export type InputType = (typeof INPUT_TYPES)[number]

/**
 * One entry of `inputs:`. Its value is what `-e` gives, else the host's inventory variable of that name, else the
 * default. An input with neither a default nor `required` may be absent: check with `has(name)`.
 */
export interface InputDeclaration {
  readonly name: string
  readonly type: InputType
  readonly required: boolean
  readonly sensitive: boolean
  readonly default?: Json
  readonly enum?: readonly Json[]
  /** For strings: a regular expression that the whole value must match. */
  readonly pattern?: string
  readonly description?: string
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
export function misfit(input: Omit<InputDeclaration, 'at'>, value: Json, shown: string): string | undefined {
  if (!hasType(input.type, value)) return `must be ${TYPE_WORDS[input.type]}, not ${shown}`
  if (input.enum && !input.enum.some((one) => same(one, value)))
    return `must be one of ${input.enum.map((one) => JSON.stringify(one)).join(', ')}, not ${shown}`
  if (input.pattern !== undefined && typeof value === 'string' && !wholeMatch(input.pattern, value))
    return `must match ${input.pattern}${meaning(input)}, and ${shown} does not`
  return undefined
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
