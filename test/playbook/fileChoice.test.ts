// Files that each host names for itself: what is read and checked of them before the run, and what each host gets.
import { describe, expect, test } from 'vitest'
import { leavesOf } from '../../src/model/playTree.ts'
import { mistakesIn, play, told, valid } from './world.ts'

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
