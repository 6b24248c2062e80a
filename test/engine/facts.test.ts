// Facts in expressions: which are asked, when, how often, and what becomes of tasks whose facts are not known.
import { describe, expect, test } from 'vitest'
import type { RunOptions } from '../../src/engine/options.ts'
import type { Variables } from '../../src/model/inventory.ts'
import { defineFact, type FactType } from '../../src/task/defineFact.ts'
import { change, ok } from '../../src/task/decision.ts'
import { defineTask, type TaskType } from '../../src/task/defineTask.ts'
import { script } from '../../src/task/steps/step.ts'
import { GarbledAnswer } from '../../src/task/probes/probe.ts'
import { Type } from '../../src/task/index.ts'
import { inventoryOf, told } from '../playbook/world.ts'
import { load } from '../playbook/world.ts'
import { FakeFleet, fakeTypes, followingValue, value, valueOfCommands } from './fakeFleet.ts'

const facts: readonly FactType[] = [
  defineFact({ name: 'flavor', summary: 'A string.', type: Type.String(), probe: value('flavor'), read: (is) => is }),
  defineFact({
    name: 'size',
    summary: 'A number.',
    type: Type.Object({ total: Type.Integer() }),
    probe: value('size'),
    read(text) {
      if (!/^\d+$/.test(text)) throw new GarbledAnswer('not a number')
      return { total: Number(text) }
    },
  }),
  defineFact({
    name: 'thing',
    summary: 'What a key holds.',
    key: 'the name of a thing',
    keyType: Type.String({ pattern: '^[a-z0-9]+$' }),
    type: Type.Object({ there: Type.Boolean(), is: Type.String() }),
    probe: value,
    read: (is) => ({ there: is !== '-', is }),
  }),
  defineFact({
    name: 'loose',
    summary: 'What any change may change.',
    type: Type.String(),
    probe: followingValue('loose'),
    read: (is) => is,
  }),
  defineFact({
    name: 'named',
    summary: 'What only a command may change.',
    type: Type.String(),
    probe: valueOfCommands('named'),
    read: (is) => is,
  }),
]

const fill = defineTask({
  name: 'fill',
  summary: 'Sets a value from a template.',
  params: Type.Object({ key: Type.String(), template: Type.String() }),
  templates: ['template'],
  observe: ({ key }) => ({ it: value(key) }),
  decide: ({ params: { key, template }, observed: { it } }) =>
    it === template.trim() ? ok() : change({ note: `fill ${key}`, after: { it: template.trim() }, plan: {} }),
  apply: ({ params: { key, template } }) => [script('fill', `put ${key} ${template.trim()}`)],
})
const judged = { ...(fakeTypes.get('put') as TaskType), name: 'judged', judgedByUser: true }
const types = new Map([...fakeTypes, ['fill', fill], ['judged', judged]])

interface Given {
  readonly hosts?: Readonly<Record<string, Variables>>
  readonly values?: Readonly<Record<string, string>>
  /** Of single hosts, over `values`. */
  readonly own?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly options?: Partial<RunOptions>
  readonly files?: Readonly<Record<string, string>>
}

/** Runs a playbook on hosts that have these values. */
async function run(
  text: string,
  { hosts = { crane01: {} }, values = {}, own = {}, options = {}, files = {} }: Given = {},
) {
  const fleet = new FakeFleet(Object.keys(hosts))
  fleet.facts = new Map(facts.map((fact) => [fact.name, fact]))
  for (const [name, host] of fleet.hosts)
    for (const [key, is] of Object.entries({ ...values, ...own[name] })) host.values.set(key, is)
  fleet.taskTypes = types
  const loaded = load(
    { 'site.yml': text, 'f.j2': '{{ facts.flavor }}\n', ...files },
    { catalogue: types, facts: fleet.facts, inventory: inventoryOf(hosts), check: options.check ?? false },
  )
  if (!loaded.ok) throw new Error(told(loaded.diagnostics).join('\n'))
  const asked: string[] = []
  const askedOf: Record<string, string[]> = {}
  for (const [name, host] of fleet.hosts)
    host.fault = ({ parts }) => {
      const text = parts
        .flatMap(({ as, script }) => (as === 'probe' ? script.split('\n') : [`${as} ${script}`]))
        .join(' ')
      asked.push(text)
      ;(askedOf[name] ??= []).push(text)
      return undefined
    }
  const { events, done } = fleet.start(loaded.value.plays, options)
  await done
  const outcomes = events.flatMap((event) =>
    event.type === 'task-result'
      ? [`${event.task.name}: ${event.result.outcome}${event.result.failure ? `: ${event.result.failure.cause}` : ''}`]
      : [],
  )
  const notes = events.flatMap((event) => (event.type === 'task-result' ? [event.result.note ?? ''] : []))
  return { outcomes, notes, asked, askedOf, fleet, events }
}

const play = (tasks: string, head = '') => `- hosts: all\n${head}  tasks:\n${tasks.replace(/^(?=.)/gm, '    ')}`
const put = (key: string, more = '') => `- name: ${key}\n  put: { key: ${key}, value: new }\n${more}`

describe('one exchange', () => {
  test('a fact in when is asked with the probes of all tasks, and a task that it lets run asks no more', async () => {
    const tasks =
      put('a') + put('b', "  when: facts.flavor == 'sweet'\n") + put('c', "  when: facts.thing['x'].there\n")
    const { outcomes, asked } = await run(play(tasks), { values: { flavor: 'sweet', a: 'new', b: 'new', c: 'new' } })
    expect(outcomes).toEqual(['a: ok', 'b: ok', 'c: skipped'])
    expect(asked).toEqual(['a flavor b x c'])
  })

  test('in when of the first task', async () => {
    const { outcomes, asked } = await run(play(put('a', "  when: facts.flavor == 'sweet'\n") + put('b')), {
      values: { flavor: 'sweet', a: 'new', b: 'new' },
    })
    expect(outcomes).toEqual(['a: ok', 'b: ok'])
    expect(asked).toEqual(['flavor a b'])
  })

  test('nothing is asked of facts where nothing reads them', async () => {
    const { asked } = await run(
      play(put('a', '  when: inventory_hostname != facts_of\n'), '  vars: { facts_of: x }\n'),
      {
        values: { a: 'new' },
      },
    )
    expect(asked).toEqual(['a'])
  })

  test.each<[string, string, string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'both sides of a choice',
      '',
      "facts.flavor == 'sweet' ? facts.thing['x'].there : facts.thing['y'].there",
      {},
      ['flavor x y a'],
    ],
    ['a key from a variable', '  vars: { which: x }\n', 'facts.thing[which].there', {}, ['x a']],
    ['keys from a list', '  vars: { all: [x, y] }\n', 'all.exists(one, facts.thing[one].there)', {}, ['x y a']],
    ['a variable of the play', '  vars: { sweet: "{{ facts.flavor == \'sweet\' }}" }\n', '!sweet', {}, ['flavor a']],
    [
      'a variable of a variable',
      '  vars: { one: "{{ facts.flavor }}", two: "{{ one + one }}" }\n',
      "two == 'xx'",
      {},
      ['flavor a'],
    ],
    [
      'a key that follows from a fact',
      '',
      'facts.thing[facts.flavor].there',
      { flavor: 'x' },
      ['flavor a', 'flavor x a'],
    ],
    ['a fact behind what decides already', '', "false && facts.flavor == 'sweet'", {}, []],
    ['has() of a fact', '', 'has(facts.flavor)', {}, ['flavor a']],
  ])('%s', async (_name, head, when, values, expected) => {
    const { asked } = await run(play(put('a', `  when: ${JSON.stringify(when)}\n`), head), {
      values: { flavor: '-', a: 'new', ...values },
    })
    expect(asked).toEqual(expected)
  })

  test.each<[string, string]>([
    ['a parameter', '- name: it\n  put: { key: a, value: "{{ facts.flavor }}" }\n'],
    ['the list of a loop', '- name: it\n  loop: "{{ [facts.flavor] }}"\n  put: { key: a, value: "{{ item }}" }\n'],
    [
      'a variable of the task',
      '- name: it\n  vars: { v: "{{ facts.flavor }}" }\n  put: { key: a, value: "{{ v }}" }\n',
    ],
    [
      'setVars',
      '- name: it\n  setVars: { v: "{{ facts.flavor }}" }\n- name: then\n  put: { key: a, value: "{{ v }}" }\n',
    ],
    [
      'assert',
      "- name: it\n  assert: { that: facts.flavor == 'sweet' }\n- name: then\n  put: { key: a, value: sweet }\n",
    ],
    ['until', "- name: it\n  put: { key: a, value: sweet }\n  until: facts.flavor == 'sweet'\n"],
    ['a variable of the play', '- name: it\n  put: { key: a, value: "{{ mine }}" }\n'],
    ['a template', '- name: it\n  fill: { key: a, template: f.j2 }\n'],
    ['changed_when', "- name: it\n  judged: { key: a, value: sweet }\n  changed_when: facts.flavor == 'sour'\n"],
    ['failed_when', "- name: it\n  judged: { key: a, value: sweet }\n  failed_when: facts.flavor == 'sour'\n"],
  ])('in %s', async (_name, tasks) => {
    const text = play(tasks, '  vars: { mine: "{{ facts.flavor }}" }\n')
    const { outcomes, asked, fleet } = await run(text, { values: { flavor: 'sweet' } })
    expect(outcomes.filter((one) => !/(ok|changed)$/.test(one))).toEqual([])
    expect(fleet.host('crane01').values.get('a')).toBe('sweet')
    expect(asked[0]?.split(' ')).toContain('flavor')
    const checked = await run(text, { values: { flavor: 'sweet' }, options: { check: true } })
    expect(checked.outcomes).toEqual(outcomes)
    expect(checked.asked.join(' ')).not.toContain('step')
    expect(checked.fleet.host('crane01').values.get('a')).toBeUndefined()
  })
})

describe('a file of variables chosen by a fact', () => {
  const files = { 'vars/sweet.yml': 'key: a\n', 'vars/sour.yml': 'key: b\ntold: "{{ facts.thing[\'x\'].is }}"\n' }
  const head = "  vars: { by: '{{ facts.flavor }}' }\n  vars_files: ['vars/{{ by }}.yml']\n"
  const around = (task: string) => play(put('first') + task + put('last', "  when: own != 'never'\n"), head)
  const text = around('- name: it\n  put: { key: "{{ key }}", value: "{{ has(told) ? told : own }}" }\n')
  const hosts = { crane01: { own: 'of-1' }, crane02: { own: 'of-2' }, crane03: { own: 'of-3' } }
  const own = { crane01: { flavor: 'sweet' }, crane02: { flavor: 'sour', x: 'x-of-2' }, crane03: { flavor: 'bitter' } }

  test.each([true, false])('each host uses its own, and one without fails alone; check mode: %s', async (check) => {
    const { events, fleet } = await run(text, { hosts, own, files, options: { check } })
    const outcomes = Object.fromEntries(
      Object.keys(hosts).map((host) => [
        host,
        events.flatMap((event) => (event.type === 'task-result' && event.host === host ? [event.result] : [])),
      ]),
    )
    expect(outcomes['crane01']?.map(({ outcome }) => outcome)).toEqual(['changed', 'changed', 'changed'])
    expect(outcomes['crane02']?.map(({ outcome }) => outcome)).toEqual(['changed', 'changed', 'changed'])
    expect(outcomes['crane03']).toMatchObject([
      { outcome: 'changed' },
      {
        outcome: 'failed',
        failure: {
          cause: 'there is no file vars/bitter.yml (site.yml:3:16)',
          hint: "the files that fit 'vars/*.yml' are vars/sweet.yml, vars/sour.yml",
        },
      },
    ])
    const value = (host: string, key: string) => fleet.host(host).values.get(key)
    expect([value('crane01', 'a'), value('crane02', 'b')]).toEqual(check ? [undefined, undefined] : ['of-1', 'x-of-2'])
  })

  test.each([true, false])(
    'what follows from it is asked in the exchange of all tasks; check mode: %s',
    async (check) => {
      const unchanged = { a: 'new', b: 'new', first: 'new', last: 'new' }
      const given = {
        hosts: { crane01: { own: 'new' }, crane02: { own: 'new' } },
        own: { crane01: { flavor: 'sweet', ...unchanged }, crane02: { flavor: 'sour', x: 'new', ...unchanged } },
        files,
        options: { check },
      }
      const known = await run(around(put('a', "  when: has(told) && told == 'new' || own == 'new'\n")), given)
      expect(new Set(known.outcomes)).toEqual(new Set(['first: ok', 'a: ok', 'last: ok']))
      expect(known.askedOf).toEqual({ crane01: ['first x flavor a last'], crane02: ['first x flavor a last'] })
      // What to look at follows from the fact: it is asked as soon as that is known.
      const { askedOf } = await run(text, given)
      expect(askedOf).toEqual({
        crane01: ['first flavor x last', 'flavor x a last'],
        crane02: ['first flavor x last', 'flavor x b last'],
      })
    },
  )

  test('a value of the inventory beneath is that of each host', async () => {
    const empty = { 'vars/sweet.yml': '', 'vars/sour.yml': 'own: of-the-file\n' }
    const { fleet } = await run(text.replace('{{ key }}', 'a').replace('has(told) ? told : own', 'own'), {
      hosts: { ...hosts, crane03: { own: 'of-3' } },
      own: { crane01: { flavor: 'sweet' }, crane02: { flavor: 'sour' }, crane03: { flavor: 'sweet' } },
      files: empty,
    })
    expect([...fleet.hosts.values()].map(({ values }) => values.get('a'))).toEqual(['of-1', 'of-the-file', 'of-3'])
  })
})

describe('after a change', () => {
  test('facts are asked again, in the exchange of the change', async () => {
    const tasks = put('x', "  when: !!str 'true'\n") + put('a', "  when: facts.thing['x'].is == 'new'\n")
    const { outcomes, asked } = await run(play(tasks))
    expect(outcomes).toEqual(['x: changed', 'a: changed'])
    expect(asked).toEqual(['x a', 'step put x new x', 'x a', 'step put a new x a'])
  })

  test('what an item of a loop changed counts for the next', async () => {
    const loop =
      '- name: it\n  loop: [x, y]\n  when: "!facts.thing[\'x\'].there"\n  put: { key: "{{ item }}", value: new }\n'
    const { fleet } = await run(play(loop))
    expect([...fleet.host('crane01').values.keys()]).toEqual(['x'])
  })

  test('until asks for its facts at each attempt', async () => {
    const tasks =
      "- name: it\n  put: { key: a, value: new }\n  until: facts.thing['b'].there\n  retries: 2\n  delay: 1\n"
    const { outcomes, asked } = await run(play(tasks))
    expect(outcomes).toEqual(["it: failed: until: facts.thing['b'].there did not hold after 3 attempts"])
    expect(asked.filter((one) => one.includes('b'))).toHaveLength(4)
  })
})

describe('what cannot be read', () => {
  test('fails the task that needs it, and no other', async () => {
    const tasks =
      put('a') +
      put('b', '  when: facts.size.total > 3\n  ignore_errors: true\n') +
      put('c', "  when: facts.flavor == '-'\n")
    const { outcomes } = await run(play(tasks), { values: { size: 'many' } })
    expect(outcomes).toEqual(['a: changed', 'b: failed: cannot read facts.size: not a number', 'c: changed'])
  })

  test('and not where the condition is decided without it', async () => {
    const { outcomes } = await run(play(put('a', "  when: facts.flavor == '-' || facts.size.total > 3\n")))
    expect(outcomes).toEqual(['a: changed'])
  })
})

describe('check mode', () => {
  const check = { options: { check: true } }

  test('a change that is predicted is what a fact then is', async () => {
    const tasks =
      put('x') + put('a', "  when: facts.thing['x'].is == 'new'\n") + put('b', "  when: facts.thing['x'].is != 'new'\n")
    expect((await run(play(tasks), check)).outcomes).toEqual(['x: changed', 'a: changed', 'b: skipped'])
  })

  test('what any change may change is not known after one', async () => {
    const tasks = put('x') + put('a', "  when: facts.loose == '-'\n") + put('b', "  when: facts.flavor == '-'\n")
    const { outcomes, notes } = await run(play(tasks), check)
    expect(outcomes).toEqual(['x: changed', 'a: undecided', 'b: changed'])
    expect(notes[1]).toBe('depends on an earlier change: x')
  })

  test('what only commands change is known after any other change', async () => {
    const tasks = (type: string) => put('x').replace('put:', `${type}:`) + put('a', "  when: facts.named == '-'\n")
    expect((await run(play(tasks('put')), check)).outcomes).toEqual(['x: changed', 'a: changed'])
    expect((await run(play(tasks('order')), check)).outcomes).toEqual(['x: changed', 'a: undecided'])
  })

  test('what is absent is not known where a change may bring it', async () => {
    const tasks =
      '- name: x\n  put: { key: x, value: new, brings: true }\n' +
      put('a', "  when: facts.thing['y'].there\n") +
      put('b', "  when: facts.thing['z'].there\n")
    const { outcomes } = await run(play(tasks), { ...check, values: { z: 'old' } })
    expect(outcomes).toEqual(['x: changed', 'a: undecided', 'b: changed'])
  })
})

describe('in check mode a task that may change anything of its kind', () => {
  const check = { options: { check: true } }
  const brings = '- name: x\n  put: { key: x, value: new, brings: true }\n'
  const unknown = "facts.thing['y'].there ? ['a'] : ['b']"

  test.each([
    ['the items of a list that is not known', `  loop: "{{ ${unknown} }}"\n`, '"{{ item }}"'],
    ['a part of its name that is not known', '', `"k{{ (${unknown})[0] }}"`],
  ])('%s leaves all of it undecided', async (_, more, key) => {
    const open = `- name: open\n  put: { key: ${key}, value: new }\n${more}`
    const tasks = brings + open + put('a') + put('b').replace('new', 'other') + put('x') + put('x')
    const { outcomes } = await run(play(tasks), { ...check, values: { a: 'old', b: 'old' } })
    expect(outcomes).toEqual([
      'x: changed',
      'open: undecided',
      'a: undecided',
      'b: undecided',
      'x: undecided',
      'x: undecided',
    ])
  })
})

describe('a delegated task', () => {
  const TWO = { crane01: {}, crane02: {} }
  /** For crane01 and crane02, with what they differ in. */
  const own = { crane01: { flavor: 'sweet' }, crane02: { flavor: 'sour' } }
  const delegated = (more: string, value = 'new') =>
    `- name: it\n  delegate_to: crane02\n  put: { key: a, value: ${JSON.stringify(value)} }\n${more}`
  const first = (tasks: string, head = '') => play(tasks, head).replace('hosts: all', 'hosts: crane01')

  test.each<[string, string, string, string | undefined]>([
    ['parameters', delegated('', '{{ facts.flavor }}'), '', 'sour'],
    ['when', delegated("  when: facts.flavor == 'sour'\n"), '', 'new'],
    ['when that does not hold', delegated("  when: facts.flavor == 'sweet'\n"), '', undefined],
    ['until', delegated("  until: facts.flavor == 'sour'\n  retries: 0\n"), '', 'new'],
    ['each item', delegated('  loop: [1]\n', '{{ item }}-{{ facts.flavor }}'), '', '1-sour'],
    [
      'an item that names the delegate',
      delegated('  loop: [crane02]\n', '{{ facts.flavor }}').replace('to: crane02', 'to: "{{ item }}"'),
      '',
      'sour',
    ],
    [
      "a variable of the play is the original's",
      delegated('', '{{ mine }}-{{ facts.flavor }}'),
      '  vars: { mine: "{{ facts.flavor }}" }\n',
      'sweet-sour',
    ],
    [
      'a variable of the task likewise',
      delegated('  vars: { mine: "{{ facts.flavor }}" }\n', '{{ mine }}'),
      '',
      'sweet',
    ],
    ['the list of a loop likewise', delegated('  loop: "{{ [facts.flavor] }}"\n', '{{ item }}'), '', 'sweet'],
    [
      'the name of the delegate likewise',
      delegated('').replace('to: crane02', `to: "{{ facts.flavor == 'sweet' ? 'crane02' : 'nobody' }}"`),
      '',
      'new',
    ],
  ])('reads facts of the delegate: %s', async (_, tasks, head, expected) => {
    for (const check of [true, false]) {
      const { outcomes, fleet } = await run(first(tasks, head), { hosts: TWO, own, options: { check } })
      expect(outcomes).toEqual([expected === undefined ? 'it: skipped' : 'it: changed'])
      expect(fleet.host('crane02').values.get('a')).toBe(check ? undefined : expected)
    }
  })

  test('asks the delegate once for its facts and the task, and the host itself nothing', async () => {
    const { askedOf } = await run(first(delegated("  when: facts.flavor == 'sour'\n")), {
      hosts: TWO,
      own: { crane02: { flavor: 'sour', a: 'new' } },
    })
    expect(askedOf).toEqual({ crane02: ['flavor a'] })
  })

  test('to a host of the play asks with it what that host is asked later', async () => {
    const { askedOf } = await run(play(delegated('') + put('b')), { hosts: TWO, values: { a: 'new', b: 'new' } })
    expect(askedOf).toEqual({ crane01: ['b'], crane02: ['b a'] })
  })

  test.each([true, false])('finds what the host before it changed; check mode: %s', async (check) => {
    const once = delegated('  when: "!facts.thing[\'a\'].there"\n')
    const { outcomes } = await run(play(once), { hosts: TWO, options: { check } })
    expect(outcomes).toEqual(['it: changed', 'it: skipped'])
  })

  test.each([true, false])('is chosen by what the hosts before it changed; check mode: %s', async (check) => {
    const chosen = "\"{{ facts.thing['a'].there ? 'crane03' : 'crane02' }}\""
    const hosts = { ...TWO, crane03: {} }
    const { outcomes } = await run(play(delegated('').replace('crane02', chosen)), { hosts, options: { check } })
    // crane01 changes crane02, which then chooses crane03, and so does crane03 itself.
    expect(outcomes).toEqual(['it: changed', 'it: changed', 'it: ok'])
  })

  test('is undecided where check mode does not know the delegate whose facts decide', async () => {
    const chosen = "\"{{ facts.thing['y'].there ? 'crane02' : 'crane01' }}\""
    const brings = '- name: x\n  put: { key: x, value: new, brings: true }\n'
    const own = { crane01: { flavor: 'sweet' }, crane02: { flavor: 'sour' } }
    const tasks = brings + delegated("  when: facts.flavor == 'sour'\n").replace('crane02', chosen)
    const { outcomes } = await run(first(tasks), { hosts: TWO, own, options: { check: true } })
    expect(outcomes).toEqual(['x: changed', 'it: undecided'])
  })

  test('whose facts cannot be asked is unreachable for the host', async () => {
    const hosts = { crane01: {}, crane02: {} }
    const fleet = new FakeFleet(Object.keys(hosts))
    fleet.facts = new Map(facts.map((fact) => [fact.name, fact]))
    fleet.host('crane02').refuses = { kind: 'unreachable', cause: 'gone' }
    const text = first(delegated("  when: facts.flavor == 'sour'\n"))
    const loaded = load(text, { catalogue: fakeTypes, facts: fleet.facts, inventory: inventoryOf(hosts) })
    if (!loaded.ok) throw new Error(told(loaded.diagnostics).join('\n'))
    expect((await fleet.start(loaded.value.plays).done).recap).toMatchObject({ crane01: { unreachable: 1 } })
  })
})

test('hosts differ: each is judged by its own facts', async () => {
  const hosts = Object.fromEntries(['crane01', 'crane02', 'crane03'].map((name) => [name, { key: name }]))
  const text = play(
    '- name: it\n  put: { key: "{{ key }}", value: "{{ facts.flavor }}" }\n  when: facts.flavor != facts.loose\n',
  )
  const fleet = new FakeFleet(Object.keys(hosts))
  fleet.facts = new Map(facts.map((fact) => [fact.name, fact]))
  fleet.host('crane01').values.set('flavor', 'sweet')
  fleet.host('crane02').values.set('flavor', 'sour')
  const loaded = load(text, { catalogue: fakeTypes, facts: fleet.facts, inventory: inventoryOf(hosts) })
  if (!loaded.ok) throw new Error(told(loaded.diagnostics).join('\n'))
  await fleet.start(loaded.value.plays).done
  expect([...fleet.hosts].map(([name, { values }]) => values.get(name))).toEqual(['sweet', 'sour', undefined])
})
