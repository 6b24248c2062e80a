// Playbooks, tasks and variables from several files: what is imported where, and the mistakes on the way.
import { expect, test } from 'vitest'
import { told, mistakesIn, valid } from './world.ts'
import { leavesOf } from '../../src/model/playTree.ts'

test('tasks of a file stand where they are imported, with what stands beside the import', () => {
  const { plays, files } = valid({
    'site.yml': `
- hosts: all
  tags: play
  tasks:
    - run: first
    - import_tasks: tasks/more.yml
      tags: [imported]
      when: port > 1
      vars: { greeting: hello, other: x }
      become: true
    - include_tasks: tasks/last.yml
`,
    'tasks/more.yml': `
- run: "echo {{ greeting }} {{ other }}"
  tags: own
  when: port > 2
  vars: { other: y }
  become_user: crane
`,
    'tasks/last.yml': '- import_tasks: deeper.yml\n',
    'tasks/deeper.yml': '- run: last\n',
  })
  expect(files).toEqual(['site.yml', 'tasks/more.yml', 'tasks/last.yml', 'tasks/deeper.yml'])
  const tasks = leavesOf(plays[0]?.tasks ?? [])
  expect(tasks.map(({ id, at, tags, when }) => [id, at.file, tags, when.length])).toEqual([
    ['0/0', 'site.yml', ['play'], 0],
    ['0/1', 'tasks/more.yml', ['play', 'imported', 'own'], 2],
    ['0/2', 'tasks/deeper.yml', ['play'], 0],
  ])
  expect(tasks[1]?.become).toEqual({ enabled: true, user: 'crane' })
  expect(Object.keys(tasks[1]?.vars ?? {})).toEqual(['greeting', 'other'])
})

test('playbooks import playbooks, and their inputs', () => {
  const { plays } = valid({
    'site.yml':
      'inputs: { a: { type: string, default: x } }\nplays:\n  - import_playbook: parts/one.yml\n    tags: t\n  - hosts: crane01\n    tasks: [{ run: "{{ b }}" }]\n',
    'parts/one.yml':
      'inputs: { b: { type: string, default: y } }\nplays:\n  - hosts: compute\n    tasks: [{ run: "{{ playbook_dir }}" }]\n',
  })
  expect(
    plays.map(({ index, hosts, tasks }) => [index, hosts.length, leavesOf(tasks).map(({ tags }) => tags)]),
  ).toEqual([
    [0, 3, [['t']]],
    [1, 1, [[]]],
  ])
  const scope = plays[0]?.variables('crane02') ?? {}
  expect(leavesOf(plays[0]?.tasks ?? [])[0]?.params.evaluate(scope)).toEqual({ ok: true, value: { command: 'parts' } })
})

const HEAD = (inputs: string) => `inputs: { ${inputs} }\n`
const READS_A = 'tasks:\n  - run: "{{ a }}"\n'

test.each<[string, Record<string, string>, string | null]>([
  ['is declared by a file of tasks', { 'site.yml': '- { hosts: all, tasks: [{ import_tasks: t.yml }] }\n' }, 'tasks'],
  [
    'has the default of the file that takes it in',
    {
      'site.yml': `${HEAD('a: { type: string, default: site }')}plays: [{ hosts: all, tasks: [{ import_tasks: t.yml }] }]\n`,
    },
    'site',
  ],
  [
    'keeps its default where the file that takes it in states none',
    { 'site.yml': `${HEAD('a: { type: string }')}plays: [{ hosts: all, tasks: [{ import_tasks: t.yml }] }]\n` },
    'tasks',
  ],
  [
    'has the outermost default, through several files',
    {
      'site.yml': `${HEAD('a: { type: string, default: site }')}plays: [{ import_playbook: part.yml }]\n`,
      'part.yml': `${HEAD('a: { type: string, default: part }')}plays: [{ hosts: all, tasks: [{ import_tasks: t.yml }] }]\n`,
    },
    'site',
  ],
  [
    'is declared once where its file is taken in twice',
    {
      'site.yml':
        '- { hosts: all, tasks: [{ import_tasks: t.yml }] }\n- { hosts: all, tasks: [{ import_tasks: t.yml }] }\n',
    },
    'tasks',
  ],
])('an input %s', (_, files, value) => {
  const all = { ...files, 't.yml': `${HEAD('a: { type: string, default: tasks }')}${READS_A}` }
  expect(valid(all).plays[0]?.variables('crane02')['a']).toBe(value)
})

test('several playbooks run one after the other', () => {
  const files = { 'site.yml': '- hosts: all\n', 'b.yml': '- hosts: compute\n' }
  expect(valid(files, { paths: ['site.yml', 'b.yml'] }).plays.map(({ index, hosts }) => [index, hosts.length])).toEqual(
    [
      [0, 4],
      [1, 3],
    ],
  )
})

test('the size of a batch may be an input', () => {
  const site = `${HEAD('n: { type: string, default: 100% }')}plays: [{ hosts: all, serial: [1, "{{ n }}"] }]\n`
  expect(valid(site).plays[0]?.serial).toEqual([1, { percent: 100 }])
  expect(valid(site, { extraVars: ['n=2'] }).plays[0]?.serial).toEqual([1, 2])
})

const MISTAKES: readonly (readonly [name: string, files: Record<string, string>, expected: readonly string[]])[] = [
  ['a playbook that is not there', {}, ['unreadable-file cannot read site.yml: there is no such file']],
  [
    'a file that is not there',
    { 'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: no.yml\n' },
    ['3:21 unreadable-file cannot read no.yml: there is no such file'],
  ],
  [
    'variables that are not there',
    { 'site.yml': '- hosts: all\n  vars_files: [no.yml]\n' },
    ['2:16 unreadable-file cannot read no.yml: there is no such file'],
  ],
  [
    'a playbook in a circle',
    { 'site.yml': '- import_playbook: b.yml\n', 'b.yml': '- import_playbook: site.yml\n' },
    ['b.yml:1:20 import-cycle the files import each other in a cycle: site.yml → b.yml → site.yml'],
  ],
  [
    'tasks in a circle',
    { 'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: t.yml\n', 't.yml': '- import_tasks: t.yml\n' },
    ['t.yml:1:17 import-cycle the files import each other in a cycle: t.yml → t.yml'],
  ],
  [
    'a mistake in an imported file',
    { 'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: t.yml\n', 't.yml': '- rnu: x\n' },
    ["t.yml:1:3 unknown-task-type there is no task type 'rnu'; did you mean 'run'?"],
  ],
  [
    'a loop over an import',
    { 'site.yml': '- hosts: all\n  tasks:\n    - include_tasks: t.yml\n      loop: [1]\n', 't.yml': '- run: x\n' },
    ["4:7 unsupported-keyword 'loop' is not supported in 'include_tasks'; set 'loop' on the tasks in the file"],
  ],
  [
    'an expression as file',
    { 'site.yml': '- hosts: all\n  tasks:\n    - include_tasks: "{{ x }}.yml"\n' },
    [
      "3:22 no-such-file no file fits '*.yml'; the name is relative to the directory of site.yml",
      "3:26 unknown-variable there is no variable 'x'",
    ],
  ],
  [
    'a file of tasks that is a playbook',
    { 'site.yml': '- hosts: all\n  tasks:\n    - import_tasks: t.yml\n', 't.yml': 'plays: []\n' },
    ["t.yml:1:1 wrong-type a file of tasks must contain a list, or 'inputs' and 'tasks', not a map"],
  ],
  [
    'when of a playbook',
    { 'site.yml': '- import_playbook: b.yml\n  when: true\n', 'b.yml': '- hosts: all\n' },
    ["2:3 unsupported-keyword 'when' is not supported in 'import_playbook'; set 'when' on the tasks"],
  ],
  [
    'defaults that disagree, side by side',
    {
      'site.yml': '- { hosts: all, tasks: [{ import_tasks: a.yml }, { import_tasks: b.yml }] }\n',
      'a.yml': `${HEAD('a: { type: string, default: x }')}${READS_A}`,
      'b.yml': `${HEAD('a: { type: string, default: y }')}${READS_A}`,
    },
    [
      "b.yml:1:11 input-conflict input 'a' has a different default in a.yml; state the same default in both files, or one in the file that imports them",
    ],
  ],
  [
    'a default that what is imported does not take',
    {
      'site.yml': `${HEAD('a: { type: string, default: x }')}plays: [{ hosts: all, tasks: [{ import_tasks: t.yml }] }]\n`,
      't.yml': `${HEAD('a: { type: string, enum: [y] }')}${READS_A}`,
    },
    ['1:11 wrong-type \'a\' must be one of "y", not "x"'],
  ],
  [
    'a batch that is no number',
    { 'site.yml': `${HEAD('n: { type: string, default: many }')}plays: [{ hosts: all, serial: [1, "{{ n }}"] }]\n` },
    ['2:35 wrong-type \'serial\' must be a number of hosts or a percentage, not "many"'],
  ],
  [
    'inputs that disagree',
    {
      'site.yml': 'inputs: { a: { type: string } }\nplays: [{ import_playbook: b.yml }]\n',
      'b.yml': 'inputs: { a: { type: integer } }\nplays: [{ hosts: all }]\n',
    },
    ["b.yml:1:11 input-conflict input 'a' has type integer here and string in site.yml"],
  ],
]

test.each(MISTAKES)('%s', (_name, files, expected) => {
  expect(told(mistakesIn(files))).toEqual(expected)
})
