// What follows `is` in Jinja, as CEL.
import { isThere } from './ansibleFacts.ts'
import { atom, binary, BINDING, call, type CelText, literal, method, not } from './celText.ts'

type Test = (subject: CelText, args: readonly CelText[]) => CelText | undefined

export function applyTest(name: string, subject: CelText, args: readonly CelText[]): CelText | undefined {
  return Object.hasOwn(TESTS, name) ? TESTS[name]?.(subject, args) : undefined
}

const field =
  (name: string, negate = false): Test =>
  (subject) => {
    const value = method(subject, name)
    const read = atom(value.text.slice(0, -2))
    return negate ? not(read) : read
  }

const relation =
  (operator: string): Test =>
  (subject, [other]) =>
    other && binary(subject, operator, other, BINDING.relation)

/** Python's `match` begins at the beginning of the string. */
const anchored: Test = (subject, [pattern]) => {
  if (!pattern) return undefined
  const text = literal(pattern)
  if (text === undefined) return method(subject, 'matches', binary(atom("'^'"), '+', pattern, BINDING.sum))
  const whole = text.startsWith('^') ? text : /[|]/.test(text) ? `^(?:${text})` : `^${text}`
  return method(subject, 'matches', atom(`'${whole}'`))
}

const OPERATORS: Readonly<Record<string, string>> = {
  eq: '==',
  '=': '==',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
}

const version: Test = (subject, [other, operator]) => {
  const given = literal(operator) ?? '=='
  return other && binary(call('version', subject), OPERATORS[given] ?? given, other, BINDING.relation)
}

const parity =
  (rest: string): Test =>
  (subject) =>
    binary(binary(subject, '%', atom('2'), BINDING.product), '==', atom(rest), BINDING.relation)

/** `has` asks for a variable or a field; for a key that is computed or quoted there is `in`. */
export const present = (x: CelText): CelText => {
  if (x.empty) return binary(x, '!=', atom("''"), BINDING.relation)
  const { owner, key = '' } = x.path ?? {}
  if (owner === undefined || x.text === `${owner}.${key}`) return call('has', x)
  return isThere(atom(key), atom(owner)) ?? binary(atom(key), 'in', atom(owner), BINDING.relation)
}

const TESTS: Readonly<Record<string, Test>> = {
  defined: present,
  undefined: (x) => not(present(x)),
  none: (x) => binary(x, '==', atom('null'), BINDING.relation),
  changed: field('changed'),
  change: field('changed'),
  failed: field('failed'),
  failure: field('failed'),
  skipped: field('skipped'),
  skip: field('skipped'),
  succeeded: field('failed', true),
  success: field('failed', true),
  successful: field('failed', true),
  ok: field('failed', true),
  true: (x) => x,
  false: not,
  truthy: (x) => x,
  falsy: not,
  match: anchored,
  search: (x, [pattern]) => pattern && method(x, 'matches', pattern),
  regex: (x, [pattern]) => pattern && method(x, 'matches', pattern),
  version,
  version_compare: version,
  in: relation('in'),
  contains: (x, [item]) => item && binary(item, 'in', x, BINDING.relation),
  eq: relation('=='),
  equalto: relation('=='),
  '==': relation('=='),
  ne: relation('!='),
  '!=': relation('!='),
  gt: relation('>'),
  greaterthan: relation('>'),
  '>': relation('>'),
  ge: relation('>='),
  '>=': relation('>='),
  lt: relation('<'),
  lessthan: relation('<'),
  '<': relation('<'),
  le: relation('<='),
  '<=': relation('<='),
  ip: (x) => call('isIp', x),
  ip_address: (x) => call('isIp', x),
  even: parity('0'),
  odd: parity('1'),
  empty: (x) => binary(call('size', x), '==', atom('0'), BINDING.relation),
  divisibleby: (x, [by]) => by && binary(binary(x, '%', by, BINDING.product), '==', atom('0'), BINDING.relation),
  number: (x) => binary(call('type', x), 'in', atom('[int, double]'), BINDING.relation),
  string: (x) => binary(call('type', x), '==', atom('string'), BINDING.relation),
  boolean: (x) => binary(call('type', x), '==', atom('bool'), BINDING.relation),
  mapping: (x) => binary(call('type', x), '==', atom('map'), BINDING.relation),
  sequence: (x) => binary(call('type', x), '==', atom('list'), BINDING.relation),
  superset: (x, [other]) => other && emptyDifference(other, x),
  subset: (x, [other]) => other && emptyDifference(x, other),
}

const emptyDifference = (a: CelText, b: CelText): CelText =>
  binary(call('size', method(a, 'difference', b)), '==', atom('0'), BINDING.relation)
