// The function library: the example of each row, what it says of values that it does not take, and its reference page.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FUNCTION_LIBRARY } from '../../src/language/functions/functionLibrary.ts'
import { attemptExpression } from '../../src/language/attemptExpression.ts'
import type { ValueType } from '../../src/language/valueType.ts'
import type { Json } from '../../src/model/inventory.ts'
import { compareVersions } from '../../src/language/functions/versionFunctions.ts'
import { functionReference } from '../../scripts/functionReference.ts'
import { mistakesIn, play, valid } from '../playbook/world.ts'
import { leavesOf } from '../../src/model/playTree.ts'

const evaluate = (expression: string) => {
  const quoted = `{{ ${expression} }}`.replaceAll("'", "''")
  const [task] = leavesOf(valid(play(`- run: x\n  vars: { v: '${quoted}' }`)).plays[0]?.tasks ?? [])
  return task?.vars.v?.evaluate({})
}

const ROWS = FUNCTION_LIBRARY.flatMap(([, rows]) => rows)

test.each(ROWS.map(({ name, example }) => [name, ...example] as const))('%s: %s', (_name, expression, value) => {
  expect(evaluate(expression)).toEqual({ ok: true, value })
})

const typed = (expression: string) => {
  const place = { at: () => ({ file: '', line: 1, column: 1, length: 1, text: '' }) }
  const attempt = attemptExpression(expression, place, { types: new Map(), explain: () => undefined, used: () => {} })
  if (!('expression' in attempt)) throw new Error(attempt.problems[0]?.message)
  return { type: attempt.expression.type, value: attempt.expression.run({}) }
}

function fits(value: Json, type: ValueType): boolean {
  switch (type.kind) {
    case 'text':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isSafeInteger(value)
    case 'number':
      return typeof value === 'number'
    case 'list':
      return Array.isArray(value) && value.every((item) => fits(item, type.of))
    case 'any':
      return true
    default:
      return typeof value === 'object' && value !== null && !Array.isArray(value)
  }
}

test.each([
  ...ROWS.map(({ example: [expression] }) => expression),
  '[1.5, 2].sum()',
  '[1, 2].sum()',
  '[1.5, 2.5].max()',
  '[3, 1].sort()',
  ...['+', '-', '*', '/'].flatMap((operator) => [`7 ${operator} 2`, `7 ${operator} 2.5`, `7.5 ${operator} 2`]),
  '-(3 * 0.5)',
  'true ? 1 * 0.5 : 2.0',
  'int(7 * 0.5)',
  'double(7)',
])('%s: its value is of the type that is known before it is evaluated', (expression) => {
  const { type, value } = typed(expression)
  expect({ value, type: type.kind, fits: fits(value, type) }).toEqual({ value, type: type.kind, fits: true })
})

test.each([
  ["'a: [1'.fromYaml()", 'the string is not YAML'],
  ["'{'.fromJson()", 'the string is not JSON'],
  ["'a'.regexSearch('(')", "'(' is not a valid regular expression"],
  ['[].first()', 'the list is empty'],
  ["dyn([1, 'a']).sort()", 'only strings among each other'],
  ["[{'a': 1}].sort('b')", "an item of the list has no 'b'"],
  ["ip('10.0.0')", "'10.0.0' is not an IP address"],
  ["ip('10.0.0.1/33')", "'10.0.0.1/33' is not a network"],
  ["ip('10.0.0.0/24').host(256)", '10.0.0.0/24 has no address number 256'],
  ["'%'.b64decode()", 'the string is not base64'],
  ['[[1]].join()', 'only strings, numbers and booleans can be joined, not lists'],
  ["dyn([null]).join(',')", 'only strings, numbers and booleans can be joined, not null'],
  ['range(1000000)', 'a range has at most 100000 numbers'],
])('%s is a mistake', (expression, message) => {
  const quoted = `{{ ${expression} }}`.replaceAll("'", "''")
  const [found, ...more] = mistakesIn(play(`- run: x\n  vars: { v: '${quoted}' }`))
  expect(found).toMatchObject({ code: 'bad-value', message: expect.stringContaining(message) })
  expect(more).toEqual([])
})

test.each([
  ["'a\\n\\nb'.indent(2, true)", '  a\n\n  b'],
  ["'Abc'.regexSearch('(?i)ABC')", 'Abc'],
  ["'abc'.regexReplace('x', 'y')", 'abc'],
  ["'a/b'.regexReplace('(?<x>a)/b', '$1\\\\g<x>')", '$1a'],
  ["ip('10.0.0.5/24')", '10.0.0.5/24'],
  ["ip('::ffff:0/112').inNetwork('10.0.0.0/8')", false],
  ["'addr ' + string(ip('10.0.0.5'))", 'addr 10.0.0.5'],
  // What the items are is known when it is evaluated, of all but the first.
  ["'[1, 2]'.fromJson().map(x, x).join(',')", '1,2'],
  ["'[\"a\", 1]'.fromJson().filter(x, true).join('-')", 'a-1'],
  ["[1.5, 'a'].map(x, x).join()", '1.5a'],
  ["[].join(',')", ''],
  ['[1.5, 2].sum()', 3.5],
  ["['b', 'a'].sort().first()", 'a'],
  ["version('1.10') == '1.10' && version('1.7.24~ds1') < '1.7.24'", true],
])('%s', (expression, value) => {
  expect(evaluate(expression)).toEqual({ ok: true, value })
})

test.each([
  ['1.9', '1.10', -1],
  ['2.0.0~rc1', '2.0.0', -1],
  ['2.0.0', '2.0.0-1', -1],
  ['v1.2', '1.2', 0],
  ['1.2.3', '1.2', 1],
  ['1.a', '1.b', -1],
])('version %s against %s', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign)
  expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign)
})

/** What every day asks for, and what must therefore be here: by a row of the library, or by CEL itself. */
const PROMISED =
  'toJson toYaml fromJson fromYaml indent quote version regexReplace regexSearch regexFindAll regexEscape sort unique first ' +
  'last difference intersect union merge flatten items fromItems basename dirname b64encode b64decode lower upper trim split ' +
  'join lines sum min max zip range sha256 ip inNetwork'
const OF_CEL: Readonly<Record<string, readonly [string, unknown]>> = {
  trim: ["' a '.trim()", 'a'],
  split: ["'a,b'.split(',')", ['a', 'b']],
}

test.each(PROMISED.split(' '))('%s has a case, a line in the reference and the filter that it replaces', (name) => {
  const row = ROWS.find((one) => one.name === name)
  const [expression, value] = row?.example ?? OF_CEL[name] ?? ['', undefined]
  expect(expression).toContain(`${name}(`)
  expect(evaluate(expression)).toEqual({ ok: true, value })
  expect(row ? row.replaces : [name]).not.toEqual([])
  for (const form of row?.signatures ?? [`\`${name}\``])
    expect(functionReference()).toContain(form.replaceAll('|', '\\|'))
})

/** Where the habit is no filter after the example's own subject. */
const HABITS: Readonly<Record<string, string>> = {
  "hash('sha256')": "'crane' | hash('sha256')",
  'combine(…, recursive=true)': "{'a': 1} | combine({'b': 2}, recursive=true)",
  'is version': "'1.10.2' is version('1.9', '>')",
  ipaddr: "'10.0.0.1' | ipaddr",
  ipv4: "'10.0.0.1' | ipv4",
  ipv6: "'::1' | ipv6",
  'is ansible.utils.ip': "'10.0.0.1' is ansible.utils.ip",
  from_json: "'[1]' | from_json",
  from_yaml: "'a: [1]' | from_yaml",
  items: "{'a': 1} | items",
  "ipaddr('10.0.0.0/8')": "'10.1.2.3' | ipaddr('10.0.0.0/8')",
  network_in_network: "'10.0.0.0/8' | network_in_network('10.1.2.3')",
  "ipaddr('1')": "'10.1.2.0/24' | ipaddr('1')",
  nthhost: "'10.1.2.0/24' | nthhost(-2)",
}

const habits = ROWS.flatMap(({ name, replaces, example: [expression] }) =>
  replaces.map((filter) => {
    const [, subject = '', args] = new RegExp(`^(.*)\\.${name}\\((.*)\\)$`).exec(expression) ?? []
    const asked = /^ipaddr\('[a-z/]+'\)$/.test(filter) ? `'10.1.2.3/24' | ${filter}` : undefined
    return [name, HABITS[filter] ?? asked ?? `${subject} | ${filter}${args ? `(${args})` : ''}`] as const
  }),
)

/** These are written in Jinja as they are here. */
const SAME = ['range', 'keys', 'values']

// Every hint is followed there, and must compile.
test.each(habits.filter(([name]) => !SAME.includes(name)))(
  '%s is what the hint says to write for %s',
  (name, habit) => {
    const [found] = mistakesIn(play(`- run: x\n  vars:\n    v: |-\n      {{ ${habit} }}`))
    expect(found).toMatchObject({
      code: 'jinja-habit',
      hint: expect.stringMatching(new RegExp(`^write .*\\b${name}\\(`)),
    })
  },
)

test('docs/functions.md is as the library says', () => {
  expect(readFileSync(new URL('../../docs/functions.md', import.meta.url), 'utf8')).toBe(functionReference())
})
