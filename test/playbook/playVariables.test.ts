// Variables of a play on each host: which word wins, what may hold expressions, and what is not set.
import { expect, test } from 'vitest'
import { told, inventoryOf, load, mistakesIn, play, valid } from './world.ts'
import { leavesOf } from '../../src/model/playTree.ts'

const variablesOf = (files: Parameters<typeof load>[0], host: string, options: Parameters<typeof load>[1] = {}) =>
  valid(files, options).plays[0]?.variables(host) ?? {}

test('the later word wins: inventory, vars, vars_files, -e', () => {
  const inventory = inventoryOf({ crane01: { a: 'inventory', b: 'inventory', c: 'inventory', d: 'inventory' } })
  const files = {
    'site.yml': play('- run: x', '  vars: { b: play, c: play, d: play }\n  vars_files: [one.yml, two.yml]\n'),
    'one.yml': 'c: one\nd: one\n',
    'two.yml': 'c: two\n',
  }
  const { a, b, c, d } = variablesOf(files, 'crane01', { inventory, extraVars: ['d=extra'] })
  expect([a, b, c, d]).toEqual(['inventory', 'play', 'two', 'extra'])
})

test('magic variables', () => {
  expect(variablesOf(play('- run: x'), 'crane02')).toMatchObject({
    inventory_hostname: 'crane02',
    group_names: ['compute'],
    groups: { compute: ['crane02', 'crane03', 'crane04'] },
    play_hosts: ['crane01', 'crane02', 'crane03', 'crane04'],
    playbook_dir: '.',
    crane_check_mode: false,
  })
  expect(variablesOf(play('- run: x'), 'crane02', { check: true }).crane_check_mode).toBe(true)
})

test('variables of a play may hold expressions, in any order, for each host', () => {
  const text = play(
    '- run: "{{ url }}"',
    '  vars:\n    url: "http://{{ address }}/"\n    address: "{{ inventory_hostname }}:{{ next }}"\n    next: "{{ port + 1 }}"\n    nested: { a: ["{{ next }}"] }\n',
  )
  expect(variablesOf(text, 'crane04')).toMatchObject({
    url: 'http://crane04:50052/',
    next: 50052,
    nested: { a: [50052] },
  })
})

test.each([
  ['{{ size(play_hosts) }}', 4],
  ["{{ 'a' }}", 'a'],
  ["{{ {'size': 1}.size }}", 1],
])('a word of an expression that is no variable makes no circle: %s', (template, value) => {
  const text = play('- run: x', `  vars: { size: "${template}", x: "{{ 'a' }}" }\n`)
  expect(variablesOf(text, 'crane01')).toMatchObject({ size: value, x: 'a' })
})

test('all hosts share what is the same, and asking again makes nothing', () => {
  const [first] = valid(play('- run: x', '  vars: { big: [1, 2, 3] }\n')).plays
  const [a, b] = ['crane01', 'crane02'].map((host) => first?.variables(host))
  expect(first?.variables('crane01')).toBe(a)
  expect(a?.big).toBe(b?.big)
  expect(a?.hostvars).toBe(b?.hostvars)
})

const MISTAKES: readonly (readonly [name: string, head: string, expected: readonly string[]])[] = [
  [
    'a circle',
    '  vars: { a: "{{ b }}", b: "{{ c }}", c: "{{ a }}" }\n',
    ['2:11 variable-cycle the variables depend on each other in a cycle: a → b → c → a'],
  ],
  [
    'a variable of itself',
    '  vars: { port: "{{ port }}" }\n',
    ['2:11 variable-cycle the variables depend on each other in a cycle: port → port'],
  ],
  [
    'an unknown variable',
    '  vars: { a: "{{ prt }}" }\n',
    ["2:18 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
  ],
  [
    'a result of a task',
    '  vars: { a: "{{ r.stdout }}" }\n',
    [
      "2:18 unknown-variable 'r' is registered by a task, and a play's variables are evaluated before its tasks; put the variable in the task's own 'vars'",
    ],
  ],
  [
    'a name that cannot be read',
    '  vars: { my-name: 1, 2nd: 1, in: 1 }\n',
    [
      "2:11 bad-variable-name 'my-name' is not a valid variable name; use letters, digits and _ only, such as my_name",
      "2:23 bad-variable-name '2nd' is not a valid variable name; use letters, digits and _ only, such as _2nd",
      "2:31 bad-variable-name 'in' is a reserved word of the expression language; choose another name",
    ],
  ],
  ['a map as list', '  vars: [a, b]\n', ["2:9 wrong-type 'vars' must be a map, not a list"]],
]

test.each(MISTAKES)('%s is a mistake', (_name, head, expected) => {
  expect(told(mistakesIn(play('- run: x\n  register: r', head)))).toEqual(expected)
})

test('a variable that fails on some hosts troubles only those that read it', () => {
  const head = '  vars: { s: "{{ special }}" }\n'
  expect(mistakesIn(play('- run: "{{ s }}"\n  when: "\'control\' in group_names"', head))).toEqual([])
  expect(mistakesIn(play('- run: x', head))).toEqual([])
  expect(told(mistakesIn(play('- run: "{{ s }}"', head)))).toEqual([
    "2:18 unset-variable 'special' is not set on crane[02-04]; where it may be absent: has(special) ? special : …",
  ])
})

test('types that differ between hosts are found out on the host', () => {
  const inventory = inventoryOf({ crane01: { x: 1 }, crane02: { x: 'one' }, crane03: { x: 2 } })
  expect(told(mistakesIn(play('- run: x\n  when: x > 0'), { inventory }))).toEqual([
    "4:13 type-mismatch '>' does not work between a string and an integer on crane02; convert one side: string(x) or int(x)",
  ])
})

test('an expression in the inventory is text, and a warning says so', () => {
  const inventory = inventoryOf({ crane01: { a: '{{ b }}', unread: '{{ b }}', b: 'x' }, crane02: { a: 'y', b: 'x' } })
  const loaded = load(play('- run: "{{ a }}"'), { inventory })
  expect(loaded.ok && loaded.warnings).toMatchObject([
    { severity: 'warning', code: 'not-evaluated', message: "the {{ … }} in 'a' is not evaluated on crane01" },
  ])
  const [first] = loaded.ok ? loaded.value.plays : []
  expect(leavesOf(first?.tasks ?? [])[0]?.params.evaluate(first?.variables('crane01') ?? {})).toEqual({
    ok: true,
    value: { command: '{{ b }}' },
  })
})

test('a result is known to later plays on the hosts that have it, and through hostvars everywhere', () => {
  const first = '- hosts: crane01\n  tasks:\n    - run: x\n      register: token\n'
  expect(
    mistakesIn(`${first}- hosts: compute\n  tasks:\n    - run: "{{ hostvars['crane01'].token.stdout }}"\n`),
  ).toEqual([])
  expect(told(mistakesIn(`${first}- hosts: all\n  tasks:\n    - run: "{{ token.stdout }}"\n`))).toEqual([
    "7:16 unset-variable 'token' is not set on crane[02-04]; where it may be absent: has(token) ? token : …",
  ])
})
