// The words of plays and tasks: what each form means, and what is said of those that are not known.
import { expect, test } from 'vitest'
import { compare, type Expected, mistakesIn, play, valid } from './world.ts'

const MISTAKES: readonly (readonly [name: string, text: string, expected: readonly Expected[]])[] = [
  ['an empty file', '', [['no-plays', 1, 1, 'the playbook is empty']]],
  ['a text', 'hello\n', [['no-plays', 1, 1, 'a list of plays', 'such as']]],
  ['an empty list', '[]\n', [['no-plays', undefined as never, undefined as never, 'no play']]],
  ['one play without its dash', 'hosts: all\ntasks: []\n', [['wrong-type', 1, 1, 'one play alone', "'- '"]]],
  [
    'inputs as an item',
    '- inputs: {}\n- hosts: all\n',
    [['unsupported-keyword', 1, 3, "'inputs' cannot be an item", "'plays:'"]],
  ],
  [
    'a misspelt head',
    'input: {}\nplays: [{hosts: all}]\n',
    [['unknown-keyword', 1, 1, "'input'", "did you mean 'inputs'"]],
  ],
  ['no hosts', '- tasks: []\n', [['missing-keyword', 1, 3, "no 'hosts'"]]],
  ['an unknown host', '- hosts: computes\n', [['unknown-host', 1, 10, "'computes'"]]],
  [
    'a misspelt play keyword',
    '- hosts: all\n  taks: []\n',
    [['unknown-keyword', 2, 3, "'taks'", "did you mean 'tasks'"]],
  ],
  ['roles', '- hosts: all\n  roles: [x]\n', [['unsupported-keyword', 2, 3, "'roles'", 'import_tasks']]],
  ['pre_tasks', '- hosts: all\n  pre_tasks: []\n', [['unsupported-keyword', 2, 3, "'pre_tasks'", 'beginning']]],
  [
    'a strategy',
    '- hosts: all\n  strategy: free\n',
    [['unsupported-keyword', 2, 3, "'strategy'", 'not supported yet']],
  ],
  [
    'gathering facts',
    '- hosts: all\n  gather_facts: true\n',
    [['unsupported-keyword', 2, 3, 'gather_facts', 'delete this line']],
  ],
  [
    'become: yes',
    '- hosts: all\n  become: yes\n',
    [['wrong-type', 2, 11, "'become' must be true or false", 'write true']],
  ],
  ['su', '- hosts: all\n  become_method: su\n', [['unsupported', 2, 18, 'sudo only']]],
  ['serial of none', '- hosts: all\n  serial: 0\n', [['wrong-type', 2, 11, "'serial'", '30%']]],
  ['serial in quotes', "- hosts: all\n  serial: '2'\n", [['wrong-type', 2, 11, "'serial'", 'without quotes: 2']]],
  ['tasks as a map', '- hosts: all\n  tasks:\n    run: x\n', [['wrong-type', 3, 5, "'tasks' must be a list", "'- '"]]],
  ['a task that is a text', play('- run\n'), [['wrong-type', 3, 7, 'a task must be a map']]],
  ['a task of nothing but a name', play('- name: x\n'), [['no-task-type', 3, 7, 'no task type']]],
  [
    'two task types',
    play('- run: x\n  writeFile: { path: /x }\n'),
    [['two-task-types', 4, 7, "'run' and 'writeFile'"]],
  ],
  [
    'a misspelt task type',
    play('- instalPackage: x\n'),
    [['unknown-task-type', 3, 7, "'instalPackage'", "did you mean 'installPackage'"]],
  ],
  [
    'an unknown task type',
    play('- frobnicate: x\n'),
    [['unknown-task-type', 3, 7, "'frobnicate'", 'there is installPackage']],
  ],
  ['a module of Ansible', play('- apt: { name: x }\n'), [['ansible-module', 3, 7, "'apt'", 'installPackage']]],
  [
    'its full name',
    play('- ansible.builtin.copy: {}\n'),
    [['ansible-module', 3, 7, 'ansible.builtin.copy', 'writeFile']],
  ],
  [
    'a module of a collection',
    play('- community.general.foo: {}\n'),
    [['ansible-module', 3, 7, 'community.general.foo']],
  ],
  [
    'a misspelt task keyword',
    play('- run: x\n  whn: true\n'),
    [['unknown-keyword', 4, 7, "'whn'", "did you mean 'when'"]],
  ],
  ['with_items', play('- run: x\n  with_items: [a]\n'), [['unsupported-keyword', 4, 7, "'with_items'", "use 'loop'"]]],
  ['a block', play('- block: []\n'), [['unsupported-keyword', 3, 7, "'block'", 'not supported yet']]],
  [
    'until',
    play('- run: x\n  until: true\n  retries: 3\n'),
    [
      ['unsupported-keyword', 4, 7, "'until'"],
      ['unsupported-keyword', 5, 7, "'retries'"],
    ],
  ],
  [
    'changed_when',
    play('- run: x\n  changed_when: false\n'),
    [['unsupported-keyword', 4, 7, "'changed_when'", 'delete this line']],
  ],
  [
    'an expression as ignore_errors',
    play(`- run: x\n  ignore_errors: "{{ true }}"\n`),
    [['wrong-type', 4, 22, "'ignore_errors'", "use 'when'"]],
  ],
  ['a timeout of a text', play('- run: x\n  timeout: 5m\n'), [['wrong-type', 4, 16, 'a number of seconds']]],
  [
    'a label',
    play('- run: x\n  loop: [a]\n  loop_control: { label: x }\n'),
    [['unsupported-keyword', 5, 23, "'label'"]],
  ],
  [
    'register with a dash',
    play('- run: x\n  register: my-result\n'),
    [['bad-variable-name', 4, 17, "'my-result'", 'my_result']],
  ],
  ['register of a word of CEL', play('- run: x\n  register: in\n'), [['bad-variable-name', 4, 17, "'in' is a word"]]],
  [
    'a var of crane-play',
    '- hosts: all\n  vars: { groups: 1 }\n',
    [['bad-variable-name', 2, 11, "'groups' is set by crane-play"]],
  ],
  ['listen outside a handler', play('- run: x\n  listen: y\n'), [['unsupported-keyword', 3, 7, "'listen' belongs"]]],
  [
    'no such handler',
    play('- run: x\n  notify: restrat\n', '  handlers: [{ name: restart, run: y }]\n'),
    [['unknown-handler', 5, 15, "'restrat'", "did you mean 'restart'"]],
  ],
  [
    'two handlers of one name',
    '- hosts: all\n  handlers:\n    - { name: a, run: x }\n    - { name: a, run: y }\n',
    [['duplicate-handler', 4, 15, "two handlers 'a'"]],
  ],
  [
    'many at once',
    play('- rnu: x\n- run: x\n  whn: y\n', '  becom: true\n'),
    [
      ['unknown-keyword', 2, 3, "'becom'"],
      ['unknown-task-type', 4, 7, "'rnu'"],
      ['unknown-keyword', 6, 7, "'whn'"],
    ],
  ],
]

test.each(MISTAKES)('%s', (_name, text, expected) => {
  const { actual, wanted } = compare(mistakesIn(text), expected)
  expect(actual).toEqual(wanted)
})

test('a play keeps what it says', () => {
  const { plays, files } = valid(`
- name: Set up
  hosts: compute
  become: true
  become_user: crane
  gather_facts: false
  serial: [1, '30%']
  tags: [base]
  environment: { LANG: C, N: 1 }
  tasks:
    - name: Install
      installPackage: containerd
      tags: packages, slow
      notify: [restart, reload]
      ignore_errors: true
      check_mode: false
      diff: true
      timeout: 60
      become: false
      environment: { LANG: de }
  handlers:
    - name: restart
      restartService: containerd
    - name: other
      listen: reload
      restartService: craned
`)
  expect(files).toEqual(['site.yml'])
  const [first] = plays
  expect(first).toMatchObject({
    name: 'Set up',
    hosts: ['crane02', 'crane03', 'crane04'],
    serial: [1, { percent: 30 }],
    become: { enabled: true, user: 'crane' },
  })
  const [task] = first?.tasks ?? []
  expect(task).toMatchObject({
    id: '0/0',
    name: 'Install',
    type: 'installPackage',
    tags: ['base', 'packages', 'slow'],
    notify: ['restart', 'reload'],
    ignoreErrors: true,
    checkMode: false,
    diff: true,
    timeoutSeconds: 60,
    become: { enabled: false },
    at: { file: 'site.yml', line: 11, column: 7 },
  })
  expect(task?.params.evaluate({})).toEqual({ ok: true, value: { name: 'containerd' } })
  expect(task?.params.evaluate({})).toBe(task?.params.evaluate({}))
  expect(task?.environment.evaluate({})).toEqual({ ok: true, value: { LANG: 'de', N: '1' } })
  expect(first?.handlers.map(({ id, listen }) => [id, listen])).toEqual([
    ['0/h0', []],
    ['0/h1', ['reload']],
  ])
})

test.each([
  ['name: Install', 'Install'],
  ['name: 42', '42'],
  ['name: "look for {{ port }}"', 'look for {{ port }}'],
  ["name: '{{ partition }}: {{ r.stdout }}'", '{{ partition }}: {{ r.stdout }}'],
  ['tags: [a]', 'run'],
])('a task with %s is called: %s', (line, name) => {
  const { plays } = valid(play(`- { name: first, run: x, register: r }\n- ${line}\n  run: y`))
  expect(plays[0]?.tasks[1]?.name).toBe(name)
})

test('the map form and the list form make the same plays', () => {
  const task = '{ hosts: all, tasks: [{ run: echo }] }'
  const ids = (text: string) => valid(text).plays.map((one) => [one.index, one.hosts, one.tasks.map(({ id }) => id)])
  expect(ids(`plays:\n  - ${task}\n`)).toEqual(ids(`- ${task}\n`))
})
