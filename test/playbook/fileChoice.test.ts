// Files that each host names for itself: what is read and checked of them before the run, and what each host gets.
import { describe, expect, test } from 'vitest'
import type { FactInfo, HostFacts } from '../../src/model/facts.ts'
import type { Inventory, Json } from '../../src/model/inventory.ts'
import { leavesOf } from '../../src/model/playTree.ts'
import { inventoryOf, mistakesIn, play, told, valid } from './world.ts'

/** FOUR_HOSTS: partition is CPU on crane01 and crane02, GPU on the others; only crane01 has `special`. */
const TASKS = { 'CPU.yml': '- run: cpu\n', 'GPU.yml': '- run: gpu\n- run: more\n' }

const site = (tasks: string, head = '') => ({ 'site.yml': play(tasks, head) })

describe('tasks', () => {
  test('every file that fits is a branch, and the word itself is a task', () => {
    const [first] = valid({ ...site("- include_tasks: '{{ partition }}.yml'"), ...TASKS }).plays
    const [choice] = first?.tasks ?? []
    if (choice?.kind !== 'choice') throw new Error('no choice')
    const branches = [...choice.branches].map(([file, nodes]) => [file, leavesOf(nodes).map(({ id }) => id)])
    expect(branches).toEqual([
      ['CPU.yml', ['0/1']],
      ['GPU.yml', ['0/2', '0/3']],
    ])
    const file = (host: string) => choice.task.params.evaluate(first?.variables(host) ?? {})
    expect(file('crane02')).toEqual({ ok: true, value: { file: 'CPU.yml' } })
    expect(file('crane03')).toEqual({ ok: true, value: { file: 'GPU.yml' } })
  })

  test.each<[string, Record<string, string>, readonly string[]]>([
    [
      'a file that no host uses is checked too',
      {
        ...site("- include_tasks: 'os/{{ partition }}.yml'"),
        'os/CPU.yml': '',
        'os/GPU.yml': '',
        'os/x.yml': '- ru: x',
      },
      ["os/x.yml:1:3 unknown-task-type there is no task type 'ru'; did you mean 'run'?"],
    ],
    [
      'a host has no file',
      { ...site("- include_tasks: '{{ partition }}.yml'"), 'CPU.yml': '- run: x' },
      ["3:22 no-such-file there is no file GPU.yml on crane[03-04]; the files that fit '*.yml' are CPU.yml"],
    ],
    [
      'a host that `when` leaves out needs none',
      { ...site("- include_tasks: '{{ partition }}.yml'\n  when: partition == 'CPU'"), 'CPU.yml': '- run: x' },
      [],
    ],
    [
      'no file at all',
      site("- include_tasks: 'os/{{ partition }}.yml'"),
      ["3:22 no-such-file no file fits 'os/*.yml'; the name is relative to the directory of site.yml"],
    ],
    [
      'a name with a mistake',
      { ...site("- include_tasks: '{{ partitoin }}.yml'"), ...TASKS },
      ["3:26 unknown-variable there is no variable 'partitoin'; did you mean 'partition'?"],
    ],
    [
      'playbooks and variables beside them are none of them, and a cycle is not possible',
      {
        ...site("- include_tasks: '{{ partition }}.yml'"),
        'CPU.yml': "- include_tasks: '{{ partition }}.yml'\n  when: port == 0",
        'GPU.yml': '',
        'other.yml': '- hosts: all\n  tasks: [{ wrong: 1 }]',
        'vars.yml': 'a: 1',
      },
      [],
    ],
    [
      'a result of a task chooses among the files that are there',
      {
        ...site("- { run: uname, register: r }\n- include_tasks: 'os/{{ r.stdout }}.yml'"),
        'os/Linux.yml': '- run: x',
      },
      [],
    ],
    [
      'what stands beside it is handed down',
      {
        ...site("- include_tasks: '{{ partition }}.yml'\n  vars: { x: y }"),
        'CPU.yml': '- run: "{{ x }}"',
        'GPU.yml': '',
      },
      [],
    ],
  ])('%s', (_name, files, expected) => {
    expect(told(mistakesIn(files))).toEqual(expected)
  })

  test('handlers are the same for all hosts', () => {
    const files = {
      'site.yml': "- hosts: all\n  tasks: []\n  handlers:\n    - import_tasks: '{{ partition }}.yml'\n",
      ...TASKS,
    }
    expect(told(mistakesIn(files))).toEqual([
      "4:7 unsupported-keyword a file of handlers is the same for all hosts; write the handlers of all files, each with 'when'",
    ])
  })
})

describe('variables', () => {
  const vars = (text: string) => `  vars_files: ${text}\n`
  const FILES = { 'vars/CPU.yml': 'x: c\nonly: 1\n', 'vars/GPU.yml': "x: '{{ partition }} g'\n", 'last.yml': 'y: last' }

  test('each host has those of its own file', () => {
    const [first] = valid({ ...site('- run: "{{ x }}"', vars("'vars/{{ partition }}.yml'")), ...FILES }).plays
    expect(['crane01', 'crane03'].map((host) => first?.variables(host)['x'])).toEqual(['c', 'GPU g'])
  })

  test('a later file wins, whichever of them is chosen', () => {
    const files = { 'vars/CPU.yml': 'y: c', 'vars/GPU.yml': 'y: g', 'last.yml': 'y: last' }
    const y = (list: string) => {
      const [first] = valid({ ...site('- run: "{{ y }}"', `  vars: { y: own }\n${vars(list)}`), ...files }).plays
      return ['crane01', 'crane03'].map((host) => first?.variables(host)['y'])
    }
    expect(y("['vars/{{ partition }}.yml', last.yml]")).toEqual(['last', 'last'])
    expect(y("[last.yml, 'vars/{{ partition }}.yml']")).toEqual(['c', 'g'])
  })

  test.each<[string, Record<string, string>, readonly string[]]>([
    [
      'a variable of some files only',
      { ...site('- run: "echo {{ only }}"', vars("'vars/{{ partition }}.yml'")), ...FILES },
      ["4:21 unset-variable 'only' is not set on crane[03-04]; where it may be absent: has(only) ? only : …"],
    ],
    [
      'a host without a file',
      { ...site('- run: "{{ x }}"', vars("'vars/{{ partition }}.yml'")), 'vars/CPU.yml': 'x: c' },
      [
        "2:15 no-such-file there is no file vars/GPU.yml on crane[03-04]; the files that fit 'vars/*.yml' are vars/CPU.yml",
      ],
    ],
    [
      'a mistake in a file that no host uses',
      { ...site('- run: "{{ x }}"', vars("'vars/{{ partition }}.yml'")), ...FILES, 'vars/x.yml': 'x: "{{ wrong }}"' },
      ["vars/x.yml:1:8 unknown-variable there is no variable 'wrong'"],
    ],
  ])('%s', (_name, files, expected) => {
    expect(told(mistakesIn(files))).toEqual(expected)
  })
})

describe('variables by a fact', () => {
  const facts = new Map<string, FactInfo>([
    ['flavor', { name: 'flavor', summary: 'A string.', type: { type: 'string' } }],
    ['size', { name: 'size', summary: 'A number.', type: { type: 'integer' } }],
  ])
  const SWEET = { 'vars/sweet.yml': 'x: s\nonly: 1\n' }
  const SOUR = { 'vars/sour.yml': 'x: o\n' }
  const BY_FACT = "'vars/{{ facts.flavor }}.yml'"
  /** Of one play for all hosts that reads x where it is set. */
  const playOf = (head: string, files: Readonly<Record<string, string>>, options: Parameters<typeof valid>[1] = {}) =>
    valid({ ...site('- run: x\n  when: has(x)', head), ...SWEET, ...SOUR, ...files }, { facts, ...options }).plays[0]

  interface Fact {
    readonly vars?: string
    readonly list?: string
    readonly files?: Readonly<Record<string, string>>
    readonly inventory?: Inventory
  }
  const plain = inventoryOf({ crane01: { x: 'of 1' }, crane02: { x: 'of 2' }, crane03: {}, crane04: {} })
  const EMPTY = { 'vars/sour.yml': 'other: 1\n' }
  test.each<[string, Fact, Json | undefined, Json | undefined]>([
    ['each file its own', {}, 's', 'o'],
    ['a variable of some files only', { files: EMPTY }, 's', undefined],
    ['beneath: a variable of the play', { files: EMPTY, vars: '{ x: own }' }, 's', 'own'],
    ['beneath: the inventory', { files: EMPTY, inventory: plain }, 's', 'of 2'],
    ['beneath: an earlier file', { files: { ...EMPTY, 'last.yml': 'x: l' }, list: `[last.yml, ${BY_FACT}]` }, 's', 'l'],
    [
      'beneath: a file chosen by the inventory',
      { files: { ...EMPTY, 'p/CPU.yml': 'x: cpu', 'p/GPU.yml': '' }, list: `['p/{{ partition }}.yml', ${BY_FACT}]` },
      's',
      'cpu',
    ],
    [
      'a later file wins, chosen by the inventory',
      { files: { 'p/CPU.yml': 'x: cpu', 'p/GPU.yml': '' }, list: `[${BY_FACT}, 'p/{{ partition }}.yml']` },
      'cpu',
      'cpu',
    ],
    [
      'a later file wins, the same for all',
      { files: { 'last.yml': 'x: l' }, list: `[${BY_FACT}, last.yml]` },
      'l',
      'l',
    ],
    [
      'two of them',
      { files: { 'sizes/3.yml': 'x: three', 'sizes/4.yml': '' }, list: `[${BY_FACT}, 'sizes/{{ facts.size }}.yml']` },
      'three',
      'o',
    ],
    [
      'two of them over the inventory',
      {
        files: { ...EMPTY, 'sizes/3.yml': 'x: three', 'sizes/4.yml': '' },
        list: `[${BY_FACT}, 'sizes/{{ facts.size }}.yml']`,
        inventory: plain,
      },
      'three',
      'of 2',
    ],
    ['through a variable', { vars: "{ f: '{{ facts.flavor }}' }", list: "'vars/{{ f }}.yml'" }, 's', 'o'],
    [
      'by what a file before it sets',
      {
        files: { 'by/s.yml': 'x: by s', 'by/o.yml': 'x: by o' },
        list: `[${BY_FACT}, 'by/{{ x1 }}.yml']`,
        vars: "{ x1: \"{{ facts.flavor == 'sweet' ? 's' : 'o' }}\" }",
      },
      'by s',
      'by o',
    ],
    [
      'expressions in the files',
      { files: { 'vars/sour.yml': 'x: "{{ y }} {{ facts.size }}"\ny: "{{ port }}"\n' } },
      's',
      '50051 4',
    ],
    ['a value over what it may be elsewhere', { files: { 'vars/sour.yml': 'x: [1, 2]\n' } }, 's', [1, 2]],
  ])('%s', (_name, { vars: own, list, files = {}, inventory }, sweet, sour) => {
    const head = `${own ? `  vars: ${own}\n` : ''}  vars_files: ${list ?? BY_FACT}\n`
    const first = playOf(head, files, inventory && { inventory })
    const x = (host: string, known: HostFacts) => first?.variables(host, known)['x']
    expect([x('crane01', { flavor: 'sweet', size: 3 }), x('crane02', { flavor: 'sour', size: 4 })]).toEqual([
      sweet,
      sour,
    ])
  })

  test('hosts on which it is known share what is in force, and the others too', () => {
    const head = `  vars: { f: "{{ partition == 'CPU' ? 'sweet' : facts.flavor }}" }\n  vars_files: 'vars/{{ f }}.yml'\n`
    const first = playOf(head, {})
    const shape = (host: string) => first?.factReads?.(host, ['x'])?.shape
    expect(shape('crane01')).toBeUndefined()
    expect(first?.variables('crane01')['x']).toBe('s')
    expect(shape('crane03')).toBe(shape('crane04'))
    expect(first?.factReads?.('crane03', ['x'])).toMatchObject({
      live: ['x', 'f'],
      facts: [{ name: 'flavor', key: '' }],
    })
  })

  test('a value of the inventory is one of what a task reads', () => {
    const first = playOf(`  vars_files: ${BY_FACT}\n`, EMPTY, { inventory: plain })
    const { fixed = [] } = first?.factReads?.('crane01', ['x']) ?? {}
    const values = (host: string) => fixed.map((name) => first?.variables(host)[name])
    expect(values('crane01')).toEqual(['of 1'])
    expect(values('crane02')).toEqual(['of 2'])
    expect(Object.keys(first?.variables('crane01') ?? {})).not.toContain(fixed[0])
  })

  test('without a file for what a host reports, reading the variable fails with the files that there are', () => {
    const first = playOf(`  vars_files: ${BY_FACT}\n`, {})
    const [task] = leavesOf(first?.tasks ?? [])
    expect(task?.when[0]?.evaluate(first?.variables('crane01', { flavor: '../x' }) ?? {})).toMatchObject({
      ok: false,
      diagnostic: {
        code: 'no-such-file',
        message: 'there is no file x.yml',
        hint: "the files that fit 'vars/*.yml' are vars/sweet.yml, vars/sour.yml",
      },
    })
  })

  test.each<[string, string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'a file that sets what its name is made of',
      "  vars: { f: '{{ facts.flavor }}' }\n  vars_files: 'vars/{{ f }}.yml'\n",
      { 'vars/sour.yml': 'f: x' },
      ['3:15 variable-cycle the variables depend on each other in a cycle: f → f'],
    ],
    [
      'a file that sets what its name and that of the next are made of',
      "  vars: { f: '{{ facts.flavor }}' }\n  vars_files: ['vars/{{ f }}.yml', 'more/{{ f }}.yml']\n",
      { 'vars/sour.yml': 'f: x', 'more/x.yml': 'x: 1' },
      ['3:16 variable-cycle the variables depend on each other in a cycle: f → f'],
    ],
    [
      'files that depend on variables of the play, and those on them',
      `  vars: { own: '{{ x }}' }\n  vars_files: ${BY_FACT}\n`,
      { 'vars/sour.yml': 'x: "{{ own }}"' },
      ['2:11 variable-cycle the variables depend on each other in a cycle: own → x → own'],
    ],
    [
      'a mistake in a file',
      `  vars_files: ${BY_FACT}\n`,
      { 'vars/sour.yml': 'x: "{{ prt }}"' },
      ["vars/sour.yml:1:8 unknown-variable there is no variable 'prt'; did you mean 'port'?"],
    ],
  ])('%s is a mistake', (_name, head, files, expected) => {
    const all = { ...site('- run: "{{ x }}"', head), ...SWEET, ...SOUR, ...files }
    expect(told(mistakesIn(all, { facts }))).toEqual(expected)
  })
})

test('a file whose name is not known for a mistake is not missing for a second reason', () => {
  const files = (input: string, path: string) => ({
    'site.yml': `inputs:\n  ${input}\nplays:\n  - hosts: all\n    vars: { x: own }\n    vars_files: "${path}"\n    tasks: [{ run: "{{ x + y }}" }]\n`,
    'os-a.yml': 'x: 1\ny: 2\n',
  })
  const wrong = inventoryOf({ crane01: { os: 3 } })
  expect(told(mistakesIn(files('os: { type: string }', 'os-{{ os }}.yml'), { inventory: wrong }))).toEqual([
    "2:3 bad-input 'os' must be a string, not the number 3 on crane01",
  ])
  expect(told(mistakesIn(files('os: { type: string, default: b }', 'os-{{ os }}.yml')))).toEqual([
    "6:17 no-such-file there is no file os-b.yml; the files that fit 'os-*.yml' are os-a.yml",
  ])
})

describe('templates', () => {
  const TEMPLATE = '- writeFile: { path: /x, template: "t/{{ partition }}.j2" }'

  test('each host gets the text of its own', () => {
    const [first] = valid({ ...site(TEMPLATE), 't/CPU.j2': 'c {{ port }}', 't/GPU.j2': 'g' }).plays
    const [task] = leavesOf(first?.tasks ?? [])
    const text = (host: string) => task?.params.evaluate(first?.variables(host) ?? {})
    expect(text('crane01')).toEqual({ ok: true, value: { path: '/x', template: 'c 50051' } })
    expect(text('crane04')).toEqual({ ok: true, value: { path: '/x', template: 'g' } })
  })

  test.each<[string, Record<string, string>, readonly string[]]>([
    [
      'a template that no host uses is checked too',
      { ...site(TEMPLATE), 't/CPU.j2': '', 't/GPU.j2': '', 't/x.j2': '{{ wrong }}' },
      ["t/x.j2:1:4 unknown-variable there is no variable 'wrong'"],
    ],
    [
      'a host has none',
      { ...site(TEMPLATE), 't/CPU.j2': '' },
      ["3:40 no-such-file there is no file t/GPU.j2 on crane[03-04]; the files that fit 't/*.j2' are t/CPU.j2"],
    ],
  ])('%s', (_name, files, expected) => {
    expect(told(mistakesIn(files))).toEqual(expected)
  })
})
