// Inputs of a playbook: how they are declared, where their values come from, and that secret ones stay so.
import { expect, test } from 'vitest'
import { readInputs } from '../../src/playbook/readInputs.ts'
import { told, inventoryOf, load, mistakesIn, valid } from './world.ts'

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

const EXTRA: readonly (readonly [extra: string, expected: string])[] = [
  ['retries=many', "-e:1:1 bad-input 'retries' must be an integer, not 'many'"],
  ['retries=1.5', "-e:1:1 bad-input 'retries' must be an integer, not '1.5'"],
  ['deep=yes', "-e:1:1 bad-input 'deep' must be true or false, not 'yes'; write true"],
  ['partition_name=TPU', `-e:1:1 bad-input 'partition_name' must be one of "CPU", "GPU", not 'TPU'`],
  ['token=A1', "-e:1:1 bad-input 'token' must match [a-z]+, and what was given does not"],
  ['names=x', "-e:1:1 bad-input 'names' must be a list, not 'x'; such as name='[a, b]'"],
  ['retires=1', "-e:1:1 unknown-input the playbook has no input 'retires'; did you mean 'retries'?"],
  [
    'frob=1',
    "-e:1:1 unknown-input the playbook has no input 'frob'; the inputs are partition_name, retries, ratio, deep, names, labels, token",
  ],
  ['retries', `-e:1:1 bad-extra-vars 'retries' is not a name=value pair; write -e name=value, or -e '{"name": 1}'`],
  ['vars.yml', "-e:1:1 bad-extra-vars 'vars.yml' is not a name=value pair; for a file of variables: -e @vars.yml"],
  ['deep=true retries="2', '-e:1:19 bad-extra-vars the quotes are not closed'],
  [
    'deep=true my-x=1',
    "-e:1:11 bad-variable-name 'my-x' is not a valid variable name; use letters, digits and _ only, such as my_x",
  ],
  ['[1]', '-e:1:1 bad-extra-vars -e must hold a map of variables, not a list'],
  ['{"retries": "7"}', "-e:1:2 bad-input 'retries' must be an integer, not the string '7'"],
  ['@none.yml', '-e:1:1 unreadable-file cannot read none.yml: there is no such file'],
  [
    'ansible_user=root',
    "-e:1:1 bad-extra-vars 'ansible_user' cannot be set with -e; use -u, or set it in the inventory",
  ],
  [
    'inventory_hostname=x',
    "-e:1:1 bad-variable-name 'inventory_hostname' is set by crane-play for each host; choose another name",
  ],
]

test.each(EXTRA)('-e %s is a mistake', (extra, expected) => {
  const found = mistakesIn(text(HEAD), { extraVars: [extra] })
  expect(found[0]?.at?.file).toBe('-e')
  expect(told(found)).toEqual([expected])
})

const SHARES = `inputs:
  shares:
    type: list
    default: []
    items:
      type: map
      keys:
        name: { type: string, required: true }
        size: { type: integer }
        hosts: { type: list, items: { type: string } }
  words: { type: map, keys: { a: { type: string } }, sensitive: true, default: {} }
`

test.each<[extra: string, expected: string | undefined]>([
  ['{"shares": [{"name": "a", "size": 1, "hosts": ["x"]}, {"name": "b"}]}', undefined],
  ['{"shares": [{"name": "a", "size": null}]}', undefined],
  [
    '{"shares": [{"name": "a"}, {"name": "b", "sise": 1}]}',
    "'shares' has an item 2 that has the unknown key 'sise'; it may have name, size, hosts",
  ],
  ['{"shares": [{"size": 1}]}', "'shares' has an item 1 that has no 'name'"],
  ['{"shares": [{"name": null}]}', "'shares' has an item 1 that has no 'name'"],
  ['{"shares": ["a"]}', "'shares' has an item 1 that must be a map, not a string"],
  [
    '{"shares": [{"name": "a", "hosts": ["x", 1]}]}',
    "'shares' has an item 1 that has a 'hosts' that has an item 2 that must be a string, not an integer",
  ],
  ['{"words": {"a": 12345}}', "'words' has a 'a' that must be a string, not an integer"],
])('what is inside of an input: %s', (extra, expected) => {
  const told = mistakesIn(text(SHARES), { extraVars: [extra] }).map(({ message }) => message)
  expect(told).toEqual(expected === undefined ? [] : [expected])
})

test.each<[input: string, expected: string]>([
  ['{ type: map, items: { type: string } }', "contradiction 'items' is for the type list, not map; remove it"],
  ['{ type: list, keys: { a: { type: string } } }', "contradiction 'keys' is for the type map, not list; remove it"],
  ['{ type: list, items: { type: str } }', "unknown-type 'str' is not an input type; write string"],
  ['{ type: list, items: { type: map, keys: { a: {} } } }', "missing-keyword input 'a' has no type"],
  [
    '{ type: list, items: { type: string, defualt: x } }',
    "unknown-keyword a part of an input has no keyword 'defualt'",
  ],
  ['{ type: list, items: { type: string, required: true } }', "a part of an input has no keyword 'required'"],
  [
    '{ type: list, items: { type: string, enum: [s, m] }, default: [s, l] }',
    'wrong-type \'a\' has an item 2 that must be one of "s", "m", not this one',
  ],
  [
    "{ type: map, keys: { b: { type: string, pattern: 'r[0-9]' } }, default: { b: x } }",
    "wrong-type 'a' has a 'b' that must match r[0-9], and this one does not",
  ],
  ['{ type: list, items: { type: integer, enum: [x] } }', "wrong-type 'items' must be an integer"],
  ["{ type: list, items: { type: string, pattern: '(' } }", 'bad-pattern the pattern is not a valid'],
  ['{ type: list, items: { type: integer }, default: [a] }', "wrong-type 'a' has an item 1 that must be an integer"],
])('a declaration of what is inside: %s', (input, expected) => {
  const found = told(mistakesIn(text(`inputs: { a: ${input} }\n`)))
  expect(found).toHaveLength(1)
  expect(found[0]).toContain(expected)
})

test.each<[name: string, playbook: string, extra: string, expected: readonly string[] | Record<string, unknown>]>([
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
    ["-e:1:1 bad-input 'port' must be an integer, not 'one'"],
  ],
  [
    'must be read by something',
    '- hosts: all\n  tasks: [{ run: "{{ partition }}" }]\n',
    'partitoin=x',
    ["-e:1:1 unused-extra-var nothing uses 'partitoin'; did you mean 'partition'?"],
  ],
])('without inputs, -e %s', (_name, playbook, extra, expected) => {
  const loaded = load(playbook, { extraVars: [extra] })
  if (!Array.isArray(expected)) {
    expect(loaded.ok && loaded.value.plays[0]?.variables('crane01')).toMatchObject(expected)
    return
  }
  expect(told(loaded.ok ? [] : loaded.diagnostics)).toEqual(expected)
})

const DECLARATIONS: readonly (readonly [name: string, inputs: string, expected: readonly string[]])[] = [
  [
    'no type',
    '{ a: { default: 1 } }',
    ["1:11 missing-keyword input 'a' has no type; add 'type: ' and one of string, integer, number, boolean, list, map"],
  ],
  [
    'nothing at all',
    '{ a: }',
    [
      "1:11 missing-keyword input 'a' has no type; write a: { type: string }; the types are string, integer, number, boolean, list, map",
    ],
  ],
  [
    'a word of another language',
    '{ a: { type: str } }',
    ["1:22 unknown-type 'str' is not an input type; write string"],
  ],
  [
    'a misspelt type',
    '{ a: { type: integr } }',
    ["1:22 unknown-type 'integr' is not an input type; did you mean 'integer'?"],
  ],
  [
    'a misspelt word',
    '{ a: { type: string, defualt: x } }',
    ["1:30 unknown-keyword an input has no keyword 'defualt'; did you mean 'default'?"],
  ],
  [
    'a default of another type',
    '{ a: { type: boolean, default: yes } }',
    ["1:40 wrong-type 'a' must be true or false, not the string 'yes'; write true"],
  ],
  [
    'a default that is no choice',
    '{ a: { type: string, enum: [x], default: y } }',
    [`1:50 wrong-type 'a' must be one of "x", not the string 'y'`],
  ],
  [
    'a choice of another type',
    '{ a: { type: integer, enum: [x] } }',
    ["1:38 wrong-type 'a' must be an integer, not the string 'x'"],
  ],
  [
    'required with a default',
    '{ a: { type: string, required: true, default: x } }',
    ["1:46 contradiction 'a' is required but has a default; remove one of them"],
  ],
  [
    'an expression as default',
    '{ a: { type: string, default: "{{ x }}" } }',
    ["1:39 expression-not-allowed a default cannot contain {{ … }}; put the expression in the play's 'vars'"],
  ],
  [
    'a pattern that is none',
    "{ a: { type: string, pattern: '(' } }",
    [
      '1:39 bad-pattern the pattern is not a valid regular expression: Invalid regular expression: /(/u: Unterminated group',
    ],
  ],
  [
    'a name of CEL',
    '{ map: { type: string } }',
    ["1:11 bad-variable-name 'map' is a reserved word of the expression language; choose another name"],
  ],
]

test.each(DECLARATIONS)('an input with %s', (_name, inputs, expected) => {
  expect(told(mistakesIn(text(`inputs: ${inputs}\n`)))).toEqual(expected)
})

test('a required input must come from somewhere', () => {
  const head = 'inputs:\n  a: { type: string, required: true }\n'
  expect(told(mistakesIn(text(head)))).toEqual([
    "2:3 missing-input the input 'a' has no value; give it with -e a=…, or set it in the inventory",
  ])
  expect(valid(text(head), { extraVars: ['a=x'] }).plays[0]?.variables('crane01').a).toBe('x')
  const inventory = inventoryOf({ crane01: { a: 'x' }, crane02: {} })
  expect(told(mistakesIn(text(head), { inventory }))).toEqual([
    "2:3 missing-input the input 'a' has no value on crane02; give it with -e a=…, or set it in the inventory",
  ])
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
  expect(told(mistakesIn(head))).toEqual([
    "2:3 missing-input the input 'a' has no value; give it with -e a=…, or set it in the inventory",
  ])
  expect(mistakesIn(head, { extraVars: ['a=y'] })).toEqual([])
})

test('a value of an input that does not fit is told where it is set, and not again wherever it is read', () => {
  const inventory = inventoryOf({ crane01: { retries: 'many' } })
  expect(told(mistakesIn(text(HEAD, 'run: x, when: retries > 2'), { inventory }))).toEqual([
    "3:3 bad-input 'retries' must be an integer, not the string 'many' on crane01",
  ])
})

test('the inventory may give an input, and must give the right type', () => {
  const inventory = inventoryOf({ crane01: { retries: 5 }, crane02: { retries: 'five' } })
  expect(told(mistakesIn(text(HEAD), { inventory }))).toEqual([
    "3:3 bad-input 'retries' must be an integer, not the string 'five' on crane02",
  ])
  const right = inventoryOf({ crane01: { retries: 5 }, crane02: {} })
  const [first] = valid(text(HEAD), { inventory: right }).plays
  expect(['crane01', 'crane02'].map((host) => first?.variables(host).retries)).toEqual([5, 3])
  expect(valid(text(HEAD), { inventory: right, extraVars: ['retries=1'] }).plays[0]?.variables('crane01').retries).toBe(
    1,
  )
})

test('an input without a type has its other mistakes reported too', () => {
  const codes = mistakesIn(text("inputs: { a: { pattern: '(', description: [x] } }\n")).map(({ code }) => code)
  expect(codes.toSorted()).toEqual(['bad-pattern', 'missing-keyword', 'wrong-type'])
})

test('inputs are typed in expressions', () => {
  expect(told(mistakesIn(text(HEAD, "run: x, when: 'retries == partition_name'")))).toEqual([
    "11:30 type-mismatch '==' does not work between an integer and a string; write string(retries) == partition_name",
  ])
})

test.each([
  ["partition_name == 'GPUs'", "11:48 never-equal 'partition_name' is never 'GPUs'; write partition_name == 'GPU'"],
  [
    "partition_name in ['cpu', 'GPU']",
    "11:49 never-equal 'partition_name' is never 'cpu'; write partition_name in ['CPU', 'GPU']",
  ],
  ["partition_name == 'TPU'", "11:48 never-equal 'partition_name' is never 'TPU'; did you mean 'CPU'?"],
  ["token == 'A1'", "11:39 never-equal 'token' is never 'A1'; write a string that matches ^(?:[a-z]+)$"],
])('%s is refused', (condition, expected) => {
  expect(told(mistakesIn(text(HEAD, `run: x, when: "${condition}"`)))).toEqual([expected])
})

test('an input that may be absent is asked for first', () => {
  expect(mistakesIn(text(HEAD, 'run: "{{ has(token) ? token : \'none\' }}"'))).toEqual([])
  expect(told(mistakesIn(text(HEAD, 'run: "{{ token }}"')))).toEqual([
    "11:24 unset-variable 'token' is not set; where it may be absent: has(token) ? token : …",
  ])
})

test('an input that a play would hide', () => {
  const playbook = `${HEAD}plays:\n  - hosts: all\n    vars: { retries: 1 }\n`
  expect(told(mistakesIn(playbook))).toEqual([
    "11:13 variable-hides-input 'retries' is an input of the playbook; change the input's default, or rename the variable",
  ])
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
  expect(told(mistakesIn(required))).toEqual([
    "1:11 missing-input the input 'target' has no value; give it with -e target=…, or set it in the inventory",
  ])
  expect(told(mistakesIn('- hosts: "{{ partition }}"\n'))).toEqual([
    "1:14 unknown-variable 'hosts' can use inputs and groups only: no host is known yet",
  ])
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

test('what a pattern means is said with it', () => {
  const inputs = "inputs: { v: { type: string, pattern: '[0-9.]+', description: A version such as 1.7. } }\nplays: []\n"
  const [found] = mistakesIn(inputs, { extraVars: ['v=new'] })
  expect(found?.message).toBe("'v' must match [0-9.]+ (A version such as 1.7), and 'new' does not")
})

test.each<[written: string, extraVars: readonly string[], expected: Record<string, unknown>]>([
  ['"{{ has(mode) ? mode : null }}"', [], {}],
  ['"{{ has(mode) ? mode : null }}"', ['mode=0640'], { mode: '0640' }],
  ['"{{ crane.?mode.orValue(null) }}"', [], {}],
  ['null', [], {}],
  ['~', ['mode=0640'], {}],
])('mode: %s with -e %j: an optional input and null leave a parameter out', (mode, extraVars, expected) => {
  const head = 'inputs:\n  mode: { type: string, optional: true }\n'
  const task = `writeFile: { path: /x, content: "", mode: ${mode} }, when: has(mode) || true`
  const { plays } = valid(text(head, task), { extraVars })
  const [first] = plays[0]?.tasks ?? []
  const scope = plays[0]?.variables('crane01') ?? {}
  const params = first && 'params' in first ? first.params.evaluate(scope) : undefined
  expect(params).toEqual({ ok: true, value: { path: '/x', content: '', ...expected } })
})

test('null for a parameter that is needed is a mistake', () => {
  expect(told(mistakesIn(text('', 'writeFile: { path: null }'))).join()).toContain("'path'")
})
