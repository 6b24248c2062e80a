// The words of plays and tasks: what each form means, and what is said of those that are not known.
import { expect, test } from 'vitest'
import { told, mistakesIn, play, valid } from './world.ts'
import { leavesOf } from '../../src/model/playTree.ts'

const MISTAKES: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
  ['an empty file', '', ["1:1 no-plays the playbook is empty; such as '- hosts: all' with 'tasks:' below it"]],
  [
    'a text',
    'hello\n',
    [
      "1:1 no-plays a playbook must be a list of plays, not the string 'hello'; such as '- hosts: all' with 'tasks:' below it",
    ],
  ],
  ['an empty list', '[]\n', ['no-plays the playbook has no plays']],
  [
    'one play without its dash',
    'hosts: all\ntasks: []\n',
    ["1:1 wrong-type a playbook is a list of plays; this is a single play; start it with '- '"],
  ],
  [
    'inputs as an item',
    '- inputs: {}\n- hosts: all\n',
    [
      "1:3 unsupported-keyword 'inputs' cannot be an item in the list of plays; write 'inputs:' and 'plays:' at the top level of the file, with the plays under 'plays:'",
    ],
  ],
  [
    'a misspelt head',
    'input: {}\nplays: [{hosts: all}]\n',
    ["1:1 unknown-keyword a playbook has no keyword 'input'; did you mean 'inputs'?"],
  ],
  [
    'keywords about others that are not there',
    '- hosts: all\n  tasks:\n  - {print: 1, delay: 3}\n  - {print: 1, loop_control: {pause: 1}}\n  - {print: 1, delay: 3, retries: 2}\n',
    [
      "3:16 missing-keyword 'delay' does nothing without 'until' or 'retries'; remove it",
      "4:16 missing-keyword 'loop_control' does nothing without 'loop'; remove it",
    ],
  ],
  ['no hosts', '- tasks: []\n', ["1:3 missing-keyword the play has no 'hosts'; such as 'hosts: all'"]],
  [
    'an unknown host',
    '- hosts: computes\n',
    ["1:10 unknown-host no host or group is called 'computes'; the inventory has the groups compute, control"],
  ],
  [
    'a misspelt play keyword',
    '- hosts: all\n  taks: []\n',
    ["2:3 unknown-keyword a play has no keyword 'taks'; did you mean 'tasks'?"],
  ],
  [
    'roles',
    '- hosts: all\n  roles: [x]\n',
    [
      "2:3 unsupported-keyword 'roles' is not supported in a play; write the tasks, or take them in with 'import_tasks: FILE'",
    ],
  ],
  [
    'a strategy',
    '- hosts: all\n  strategy: free\n',
    ["2:13 unsupported-keyword 'strategy' supports linear only; delete this line: hosts go through the tasks together"],
  ],
  [
    'gathering facts',
    '- hosts: all\n  gather_facts: true\n',
    ["2:3 unsupported-keyword 'gather_facts' is not needed; facts are gathered when they are needed: delete this line"],
  ],
  [
    'become: yes',
    '- hosts: all\n  become: yes\n',
    ["2:11 wrong-type 'become' must be true or false, not the string 'yes'; write true"],
  ],
  [
    'su',
    '- hosts: all\n  become_method: su\n',
    ["2:18 unsupported 'become_method' supports sudo only; delete this line"],
  ],
  [
    'serial of none',
    '- hosts: all\n  serial: 0\n',
    ["2:11 wrong-type 'serial' must be a number of hosts or a percentage, not the number 0; such as 2, or '30%'"],
  ],
  [
    'serial in quotes',
    "- hosts: all\n  serial: '2'\n",
    ["2:11 wrong-type 'serial' must be a number of hosts or a percentage, not the string '2'; without quotes: 2"],
  ],
  [
    'tasks as a map',
    '- hosts: all\n  tasks:\n    run: x\n',
    ["3:5 wrong-type 'tasks' must be a list, not a map; start each item with '- '"],
  ],
  [
    'a task that is a text',
    play('- run\n'),
    ["3:7 wrong-type a task must be a map, not the string 'run'; such as '- installPackage: { name: containerd }'"],
  ],
  [
    'a task of nothing but a name',
    play('- name: x\n'),
    ['3:7 no-task-type the task has no task type; such as installPackage: { name: containerd }'],
  ],
  [
    'two task types',
    play('- run: x\n  writeFile: { path: /x }\n'),
    ["4:7 two-task-types a task has one task type; this one has 'run' and 'writeFile'; split it into two tasks"],
  ],
  [
    'a misspelt task type',
    play('- instalPackage: x\n'),
    ["3:7 unknown-task-type there is no task type 'instalPackage'; did you mean 'installPackage'?"],
  ],
  [
    'an unknown task type',
    play('- frobnicate: x\n'),
    [
      "3:7 unknown-task-type there is no task type 'frobnicate'; the task types are assert, copyTree, endHost, endPlay, fail, flushHandlers, installPackage, pause, print, restartService, run, seal, setVars, writeFile",
    ],
  ],
  [
    'a module of Ansible',
    play('- apt: { name: x }\n'),
    ["3:7 ansible-module 'apt' is an Ansible module, not a task type; use `installPackage: { name: x }`"],
  ],
  [
    'its full name',
    play('- ansible.builtin.copy: {}\n'),
    [
      "3:7 ansible-module 'ansible.builtin.copy' is an Ansible module, not a task type; use `writeFile: { path: /etc/motd, content: Welcome }`",
    ],
  ],
  [
    'a module of a collection',
    play('- community.general.foo: {}\n'),
    [
      "3:7 ansible-module 'community.general.foo' is an Ansible module, not a task type; the task types are assert, copyTree, endHost, endPlay, fail, flushHandlers, installPackage, pause, print, restartService, run, seal, setVars, writeFile",
    ],
  ],
  [
    'a misspelt task keyword',
    play('- run: x\n  whn: true\n'),
    ["4:7 unknown-keyword a task has no keyword 'whn'; did you mean 'when'?"],
  ],
  [
    'with_items',
    play('- run: x\n  with_items: [a]\n'),
    ["4:7 unsupported-keyword 'with_items' is not supported in a task; use 'loop' with a list"],
  ],
  [
    'a block without tasks',
    play('- block: []\n  loop: [a]\n'),
    [
      "4:7 unsupported-keyword 'loop' is not supported in a block; a block has no loop: write 'loop' on its tasks, or put them in a file for 'import_tasks'",
    ],
  ],
  [
    'changed_when on what finds out by itself',
    play('- installPackage: x\n  changed_when: false\n  failed_when: false\n'),
    [
      "4:7 unsupported-keyword 'changed_when' is for 'run', not for 'installPackage'; delete this line: installPackage finds out by itself",
      "5:7 unsupported-keyword 'failed_when' is for 'run', not for 'installPackage'; delete this line: installPackage finds out by itself",
    ],
  ],
  [
    'an expression as ignore_errors',
    play(`- run: x\n  ignore_errors: "{{ true }}"\n`),
    [
      "4:22 wrong-type 'ignore_errors' must be true or false, not the string '{{ true }}'; expressions are not evaluated here; use 'when' instead",
    ],
  ],
  [
    'a timeout of a text',
    play('- run: x\n  timeout: 5m\n'),
    ["4:16 wrong-type 'timeout' must be a number of seconds above 0, not the string '5m'"],
  ],
  [
    'register with a dash',
    play('- run: x\n  register: my-result\n'),
    [
      "4:17 bad-variable-name 'my-result' is not a valid variable name; use letters, digits and _ only, such as my_result",
    ],
  ],
  [
    'register of a word of CEL',
    play('- run: x\n  register: in\n'),
    ["4:17 bad-variable-name 'in' is a reserved word of the expression language; choose another name"],
  ],
  [
    'a var of crane-play',
    '- hosts: all\n  vars: { groups: 1 }\n',
    ["2:11 bad-variable-name 'groups' is set by crane-play for each host; choose another name"],
  ],
  [
    'listen outside a handler',
    play('- run: x\n  listen: y\n'),
    ["3:7 unsupported-keyword 'listen' is for handlers; move the task to 'handlers'"],
  ],
  [
    'no such handler',
    play('- run: x\n  notify: restrat\n', '  handlers: [{ name: restart, run: y }]\n'),
    ["5:15 unknown-handler there is no handler 'restrat'; did you mean 'restart'?"],
  ],
  [
    'two handlers of one name',
    '- hosts: all\n  handlers:\n    - { name: a, run: x }\n    - { name: a, run: y }\n',
    [
      "4:15 duplicate-handler two handlers are called 'a'; rename one; handlers that share a 'listen' can be notified together",
    ],
  ],
  [
    'many at once',
    play('- rnu: x\n- run: x\n  whn: y\n', '  becom: true\n'),
    [
      "2:3 unknown-keyword a play has no keyword 'becom'; did you mean 'become'?",
      "4:7 unknown-task-type there is no task type 'rnu'; did you mean 'run'?",
      "6:7 unknown-keyword a task has no keyword 'whn'; did you mean 'when'?",
    ],
  ],
]

test.each(MISTAKES)('%s', (_name, text, expected) => {
  expect(told(mistakesIn(text))).toEqual(expected)
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
  const [task] = leavesOf(first?.tasks ?? [])
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
  expect(leavesOf(plays[0]?.tasks ?? [])[1]?.name).toBe(name)
})

test('the map form and the list form make the same plays', () => {
  const task = '{ hosts: all, tasks: [{ run: echo }] }'
  const ids = (text: string) =>
    valid(text).plays.map((one) => [one.index, one.hosts, leavesOf(one.tasks).map(({ id }) => id)])
  expect(ids(`plays:\n  - ${task}\n`)).toEqual(ids(`- ${task}\n`))
})
