// Inputs of a playbook: how they are declared, where their values come from, and that secret ones stay so.
import { expect, test } from 'vitest'
import { readInputs } from '../../src/playbook/readInputs.ts'
import { compare, type Expected, inventoryOf, load, mistakesIn, valid } from './world.ts'

const HEAD = `inputs:
  partition_name: { type: string, default: CPU, enum: [CPU, GPU], description: Where jobs run. }
  retries: { type: integer, default: 3 }
  ratio: { type: number, default: 1 }
  deep: { type: boolean, default: false }
  names: { type: list, default: [a] }
  labels: { type: map }
  token: { type: string, sensitive: true, pattern: '[a-z]+' }
`
const text = (head: string, task = 'run: x') => `${head}plays:\n  - hosts: all\n    tasks: [{ ${task} }]\n`

test('the declarations are what a help text needs', () => {
  const read = readInputs('site.yml', () => text(HEAD))
  expect(read.ok && read.value.map(({ at, ...rest }) => ({ ...rest, line: at.line }))).toEqual([
    {
      name: 'partition_name',
      type: 'string',
      required: false,
      sensitive: false,
      default: 'CPU',
      enum: ['CPU', 'GPU'],
      description: 'Where jobs run.',
      line: 2,
    },
    { name: 'retries', type: 'integer', required: false, sensitive: false, default: 3, line: 3 },
    { name: 'ratio', type: 'number', required: false, sensitive: false, default: 1, line: 4 },
    { name: 'deep', type: 'boolean', required: false, sensitive: false, default: false, line: 5 },
    { name: 'names', type: 'list', required: false, sensitive: false, default: ['a'], line: 6 },
    { name: 'labels', type: 'map', required: false, sensitive: false, line: 7 },
    { name: 'token', type: 'string', required: false, sensitive: true, pattern: '[a-z]+', line: 8 },
  ])
})

test.each<[extra: readonly string[], expected: Record<string, unknown>]>([
  [[], { partition_name: 'CPU', retries: 3, ratio: 1, deep: false, names: ['a'] }],
  [['retries=5'], { retries: 5 }],
  [['ratio=1.5 deep=true'], { ratio: 1.5, deep: true }],
  [['partition_name=GPU', 'partition_name=CPU'], { partition_name: 'CPU' }],
  [["token='abc'"], { token: 'abc' }],
  [['names=[x,y]'], { names: ['x', 'y'] }],
  [['labels={a: 1}'], { labels: { a: 1 } }],
  [['{"retries": 7, "names": []}'], { retries: 7, names: [] }],
  [['@vars.yml'], { retries: 9 }],
  [['retries=1 @x'], {}],
])('-e %j', (extraVars, expected) => {
  const loaded = load({ 'site.yml': text(HEAD), 'vars.yml': 'retries: 9\n' }, { extraVars })
  if (Object.keys(expected).length === 0) expect(loaded.ok).toBe(false)
  else expect(loaded.ok && loaded.value.plays[0]?.variables('crane01')).toMatchObject(expected)
})

const EXTRA: readonly (readonly [extra: string, expected: Expected])[] = [
  ['retries=many', ['bad-input', 1, 1, "'retries' must be a whole number, not 'many'"]],
  ['retries=1.5', ['bad-input', 1, 1, 'a whole number']],
  ['deep=yes', ['bad-input', 1, 1, "'deep' must be true or false, not 'yes'", 'write true']],
  ['partition_name=TPU', ['bad-input', 1, 1, 'must be one of "CPU", "GPU", not \'TPU\'']],
  ['token=A1', ['bad-input', 1, 1, "'token' must match [a-z]+, which what was given does not"]],
  ['names=x', ['bad-input', 1, 1, "'names' must be a list", "name='[a, b]'"]],
  ['retires=1', ['unknown-input', 1, 1, "no input 'retires'", "did you mean 'retries'"]],
  ['frob=1', ['unknown-input', 1, 1, "no input 'frob'", 'the inputs are partition_name, retries']],
  ['retries', ['bad-extra-vars', 1, 1, "'retries' is no name=value"]],
  ['vars.yml', ['bad-extra-vars', 1, 1, 'no name=value', '-e @vars.yml']],
  ['deep=true retries="2', ['bad-extra-vars', 1, 19, 'never closed']],
  ['deep=true my-x=1', ['bad-variable-name', 1, 11, "'my-x'"]],
  ['[1]', ['bad-extra-vars', 1, 1, 'must hold a map']],
  ['{"retries": "7"}', ['bad-input', 1, 2, "'retries' must be a whole number, not the text '7'"]],
  ['@none.yml', ['unreadable-file', 1, 1, 'cannot read none.yml: there is no such file']],
  ['ansible_user=root', ['bad-extra-vars', 1, 1, "'ansible_user' cannot be set with -e", 'use -u']],
  ['inventory_hostname=x', ['bad-variable-name', 1, 1, 'is set by crane-play']],
]

test.each(EXTRA)('-e %s is a mistake', (extra, expected) => {
  const found = mistakesIn(text(HEAD), { extraVars: [extra] })
  expect(found[0]?.at?.file).toBe('-e')
  const { actual, wanted } = compare(found, [expected])
  expect(actual).toEqual(wanted)
})

test.each<[name: string, playbook: string, extra: string, expected: readonly Expected[] | Record<string, unknown>]>([
  ['sets what an expression reads', '- hosts: all\n  tasks: [{ run: "{{ word }}" }]\n', 'word=5', { word: '5' }],
  [
    'keeps the type that JSON gives',
    '- hosts: all\n  tasks: [{ run: "{{ string(word) }}" }]\n',
    '{"word": 5}',
    { word: 5 },
  ],
  [
    'is read by the type of the variable it replaces',
    '- hosts: all\n  vars: { n: 1, on: true }\n  tasks: [{ run: x }]\n',
    'n=2 on=false',
    { n: 2, on: false },
  ],
  ['is read by the type in the inventory', '- hosts: all\n  tasks: [{ run: x }]\n', 'port=1', { port: 1 }],
  [
    'must fit the variable it replaces',
    '- hosts: all\n  tasks: [{ run: x }]\n',
    'port=one',
    [['bad-input', 1, 1, "'port' must be a whole number"]],
  ],
  [
    'must be read by something',
    '- hosts: all\n  tasks: [{ run: "{{ partition }}" }]\n',
    'partitoin=x',
    [['unused-extra-var', 1, 1, "nothing reads 'partitoin'", "did you mean 'partition'"]],
  ],
])('without inputs, -e %s', (_name, playbook, extra, expected) => {
  const loaded = load(playbook, { extraVars: [extra] })
  if (!Array.isArray(expected)) {
    expect(loaded.ok && loaded.value.plays[0]?.variables('crane01')).toMatchObject(expected)
    return
  }
  const { actual, wanted } = compare(loaded.ok ? [] : loaded.diagnostics, expected)
  expect(actual).toEqual(wanted)
})

const DECLARATIONS: readonly (readonly [name: string, inputs: string, expected: readonly Expected[]])[] = [
  ['no type', '{ a: { default: 1 } }', [['missing-keyword', 1, 11, "input 'a' says no type", 'type: ']]],
  ['nothing at all', '{ a: }', [['missing-keyword', 1, 11, "input 'a' says no type"]]],
  ['a word of another language', '{ a: { type: str } }', [['unknown-type', 1, 22, "'str'", 'write string']]],
  ['a misspelt type', '{ a: { type: integr } }', [['unknown-type', 1, 22, "'integr'", "did you mean 'integer'"]]],
  [
    'a misspelt word',
    '{ a: { type: string, defualt: x } }',
    [['unknown-keyword', 1, 30, "'defualt'", "did you mean 'default'"]],
  ],
  [
    'a default of another type',
    '{ a: { type: boolean, default: yes } }',
    [['wrong-type', 1, 40, "'a' must be true or false", 'write true']],
  ],
  [
    'a default that is no choice',
    '{ a: { type: string, enum: [x], default: y } }',
    [['wrong-type', 1, 50, "'a' must be one of"]],
  ],
  [
    'a choice of another type',
    '{ a: { type: integer, enum: [x] } }',
    [['wrong-type', 1, 38, "'a' must be a whole number"]],
  ],
  [
    'required with a default',
    '{ a: { type: string, required: true, default: x } }',
    [['contradiction', 1, 46, "'a' is required and has a default"]],
  ],
  [
    'an expression as default',
    '{ a: { type: string, default: "{{ x }}" } }',
    [['expression-not-allowed', 1, 39, 'a default cannot hold']],
  ],
  [
    'a pattern that is none',
    "{ a: { type: string, pattern: '(' } }",
    [['bad-pattern', 1, 39, 'no regular expression']],
  ],
  ['a name of CEL', '{ map: { type: string } }', [['bad-variable-name', 1, 11, "'map' is a word"]]],
]

test.each(DECLARATIONS)('an input with %s', (_name, inputs, expected) => {
  const { actual, wanted } = compare(mistakesIn(text(`inputs: ${inputs}\n`)), expected)
  expect(actual).toEqual(wanted)
})

test('a required input must come from somewhere', () => {
  const head = 'inputs:\n  a: { type: string, required: true }\n'
  const { actual, wanted } = compare(mistakesIn(text(head)), [
    ['missing-input', 2, 3, "the input 'a' has no value", '-e a=…'],
  ])
  expect(actual).toEqual(wanted)
  expect(valid(text(head), { extraVars: ['a=x'] }).plays[0]?.variables('crane01').a).toBe('x')
  const inventory = inventoryOf({ crane01: { a: 'x' }, crane02: {} })
  const some = compare(mistakesIn(text(head), { inventory }), [
    ['missing-input', 2, 3, "the input 'a' has no value on crane02"],
  ])
  expect(some.actual).toEqual(some.wanted)
})

test('a missing input is told once, and not again wherever it is read', () => {
  const head = `inputs:
  a: { type: string, required: true }
plays:
  - hosts: crane01
    vars: { b: "{{ a }}/b" }
    tasks:
      - writeFile: { path: "/{{ b }}", content: "{{ a }}" }
        when: a != 'x'
  - hosts: compute
    tasks:
      - run: "{{ a }}"
        loop: "{{ [a] }}"
`
  const { actual, wanted } = compare(mistakesIn(head), [
    ['missing-input', 2, 3, "the input 'a' has no value", '-e a=…'],
  ])
  expect(actual).toEqual(wanted)
  expect(mistakesIn(head, { extraVars: ['a=y'] })).toEqual([])
})

test('a value of an input that does not fit is told where it is set, and not again wherever it is read', () => {
  const inventory = inventoryOf({ crane01: { retries: 'many' } })
  const { actual, wanted } = compare(mistakesIn(text(HEAD, 'run: x, when: retries > 2'), { inventory }), [
    ['bad-input', 3, 3, "'retries' must be a whole number, not the text 'many' on crane01"],
  ])
  expect(actual).toEqual(wanted)
})

test('the inventory may give an input, and must give the right type', () => {
  const inventory = inventoryOf({ crane01: { retries: 5 }, crane02: { retries: 'five' } })
  const { actual, wanted } = compare(mistakesIn(text(HEAD), { inventory }), [
    ['bad-input', 3, 3, "'retries' must be a whole number, not the text 'five' on crane02"],
  ])
  expect(actual).toEqual(wanted)
  const right = inventoryOf({ crane01: { retries: 5 }, crane02: {} })
  const [first] = valid(text(HEAD), { inventory: right }).plays
  expect(['crane01', 'crane02'].map((host) => first?.variables(host).retries)).toEqual([5, 3])
  expect(valid(text(HEAD), { inventory: right, extraVars: ['retries=1'] }).plays[0]?.variables('crane01').retries).toBe(
    1,
  )
})

test('inputs are typed in expressions', () => {
  const { actual, wanted } = compare(mistakesIn(text(HEAD, "run: x, when: 'retries == partition_name'")), [
    ['type-mismatch', 11, 30, "'==' does not go between a whole number and a text"],
  ])
  expect(actual).toEqual(wanted)
})

test('an input that may be absent is asked for first', () => {
  expect(mistakesIn(text(HEAD, 'run: "{{ has(token) ? token : \'none\' }}"'))).toEqual([])
  const { actual, wanted } = compare(mistakesIn(text(HEAD, 'run: "{{ token }}"')), [
    ['unset-variable', 11, 24, "'token' is not set", 'has(token)'],
  ])
  expect(actual).toEqual(wanted)
})

test('an input that a play would hide', () => {
  const playbook = `${HEAD}plays:\n  - hosts: all\n    vars: { retries: 1 }\n`
  const { actual, wanted } = compare(mistakesIn(playbook), [['variable-hides-input', 11, 13, "'retries' is an input"]])
  expect(actual).toEqual(wanted)
})

test('secrets are the sensitive inputs, wherever they come from, and the passwords', () => {
  const plain = inventoryOf({ crane01: { token: 'fromhost' }, crane02: {} })
  const [name, host] = [...plain.hosts][1] ?? []
  if (!name || !host) throw new Error('two hosts')
  const hosts = new Map(plain.hosts).set(name, {
    ...host,
    connection: { ...host.connection, password: 'pw1', becomePassword: 'pw2' },
  })
  const { secrets } = valid(text(HEAD), { inventory: { ...plain, hosts }, extraVars: ['token=fromargv'] })
  expect([...secrets].sort()).toEqual(['fromargv', 'fromhost', 'pw1', 'pw2'])
})

test('hosts may be an input', () => {
  const playbook = 'inputs: { target: { type: string, default: compute } }\nplays:\n  - hosts: "{{ target }}"\n'
  expect(valid(playbook).plays[0]?.hosts).toEqual(['crane02', 'crane03', 'crane04'])
  expect(valid(playbook, { extraVars: ['target=crane01'] }).plays[0]?.hosts).toEqual(['crane01'])
  const required = 'inputs: { target: { type: string, required: true } }\nplays:\n  - hosts: "{{ target }}"\n'
  const missing = compare(mistakesIn(required), [
    ['missing-input', 1, 11, "the input 'target' has no value", '-e target='],
  ])
  expect(missing.actual).toEqual(missing.wanted)
  const { actual, wanted } = compare(mistakesIn('- hosts: "{{ partition }}"\n'), [
    ['unknown-variable', 1, 14, "'hosts' can read inputs only"],
  ])
  expect(actual).toEqual(wanted)
})

test('a secret is told in no mistake, not even in the line that is shown', () => {
  const head = "inputs:\n  token: { type: string, sensitive: true, pattern: '[a-z-]+' }\n"
  const secret = 'very-secret'
  const told = (extra: string, task: string, inventory = inventoryOf({ crane01: {} })) =>
    JSON.stringify(mistakesIn(text(head, task), { extraVars: extra ? [extra] : [], inventory }))
  for (const found of [
    told(`token=${secret}`, 'writeFile: { path: "{{ token }}" }'),
    told(`token=${secret} x=1`, 'run: x'),
    told(`token=${secret.toUpperCase()}`, 'run: x'),
    told('', 'writeFile: { path: "{{ token }}" }', inventoryOf({ crane01: { token: secret } })),
  ]) {
    expect(found).toMatch(/"code":"(bad-parameter|unknown-input|bad-input)"/)
    expect(found.toLowerCase()).not.toContain(secret)
  }
})
