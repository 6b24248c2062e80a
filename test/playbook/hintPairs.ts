// Hints that are followed by changing a file: the text that gets each, and the text after it was followed.
import { inventoryOf, type mistakesIn, play } from './world.ts'

type Options = NonNullable<Parameters<typeof mistakesIn>[1]>
type Files = Readonly<Record<string, string>>

export interface HintPair {
  /** As it stands in the source, with `…` for what is filled in. */
  readonly hint: string
  readonly before: string | Files
  readonly after: string | Files
  /** What was given beside the files, and what is given afterwards. */
  readonly given?: readonly [before: Options, after: Options]
}

const row = (hint: string, before: string | Files, after: string | Files): HintPair => ({ hint, before, after })
const tasks = (hint: string, before: string, after: string, head = '') =>
  row(hint, play(before, head), play(after, head))
const when = (hint: string, before: string, after: string) =>
  tasks(
    hint,
    `- run: id\n  register: r\n- run: id\n  when: ${before}`,
    `- run: id\n  register: r\n- run: id\n  when: ${after}`,
  )
const inputs = (hint: string, before: string, after: string) =>
  row(
    hint,
    ...([before, after].map((text) => `inputs: { ${text} }\nplays:\n  - hosts: all\n    tasks: []\n`) as [
      string,
      string,
    ]),
  )

const rackIs = (rack: string) =>
  `inputs: { rack: { type: string, pattern: 'r[0-9]+', default: r1 } }\nplays: [{ hosts: all, tasks: [{ run: id, when: "rack == '${rack}'" }] }]\n`

const inputFile = (name: string, preset: number) => ({
  [name]: `inputs: { x: { type: integer, default: ${preset} } }\nplays: [{ hosts: all, tasks: [{ run: "echo {{ x }}" }] }]\n`,
})

export const HINT_PAIRS: readonly HintPair[] = [
  tasks("write it below '…': …: { …, …: … }", '- run: id\n  creates: /x', '- run: { command: id, creates: /x }'),
  tasks(
    "write it beside '…', as a keyword of the task",
    '- run: { command: id, register: r }',
    '- run: { command: id }\n  register: r',
  ),
  when('write one such as …', "facts.os.family == 'rhel'", "facts.os.family == 'redhat'"),
  row('write a string that matches …', ...(['x1', 'r1'].map(rackIs) as [string, string])),
  tasks('replace the tab with spaces', '- run: id\n\tname: x', '- run: id\n  name: x'),
  row('"{{ … }}"', play('- run: {{ partition }}'), play('- run: "{{ partition }}"')),
  tasks("write `pause: { prompt: 'Continue?' }`", '- pause: {}', "- pause: { prompt: 'Continue?' }"),
  tasks('remove the tag', '- run: !text id', '- run: id'),
  row(
    "remove the '---' between them, or put each document in its own file",
    '- hosts: all\n  tasks: []\n---\n- hosts: all\n  tasks: []\n',
    '- hosts: all\n  tasks: []\n- hosts: all\n  tasks: []\n',
  ),
  row(
    'align it with the lines it belongs to',
    '- hosts: all\n  vars:\n    a: 1\n   b: 2\n  tasks: []\n',
    '- hosts: all\n  vars:\n    a: 1\n    b: 2\n  tasks: []\n',
  ),
  tasks('put the value in quotes, or indent the map below its key', '- run: a: b', "- run: 'a: b'"),
  tasks(
    `quote the whole value with the other kind of quotes: 'a == "b"'`,
    '- run: id\n  when: "CPU" == partition',
    `- run: id\n  when: '"CPU" == partition'`,
  ),
  tasks('keep one of the two: the first is on line …', '- run: id\n  run: uname', '- run: id'),
  tasks(
    "add '…'; in a line of its own it must be indented more than what it belongs to",
    '- run: { command: id',
    '- run: { command: id }',
  ),
  when('write true, false or an expression such as size(group_names) > 0', '[1]', 'size(group_names) > 0'),
  when('remove the braces', '"{{ r.changed }} {{ r.failed }}"', 'r.changed && r.failed'),
  when('write …', 'hostvars["crane01"].special', `hostvars["crane01"].special == 'yes'`),
  tasks('give a default: .orValue(…)', '- run: "{{ crane.?name }}"', `- run: "{{ crane.?name.orValue('x') }}"`),
  tasks('write {{ … }}', '- run: "{{- partition }}"', '- run: "{{ partition }}"'),
  tasks("join it: list.join(',')", '- run: "x{{ group_names }}"', `- run: "x{{ group_names.join(',') }}"`),
  tasks('take a field of it', '- run: "x{{ crane }}"', '- run: "x{{ crane.name }}"'),
  when('convert one side: string(x) or int(x)', 'crane.name < port', 'crane.name < string(port)'),
  when('check its length first: size(list)', 'group_names[3] == "x"', 'size(group_names) > 3 && group_names[3] == "x"'),
  tasks(
    "use {{ condition ? a : b }}, {{ list.map(x, …).join('\\n') }}, or 'when' and 'loop'",
    '- run: "{% if port > 1 %}a{% endif %}"',
    `- run: "{{ port > 1 ? 'a' : 'b' }}"`,
  ),
  row(
    "rename one; handlers that share a 'listen' can be notified together",
    '- hosts: all\n  tasks: []\n  handlers: [{ name: a, run: id }, { name: a, run: id }]\n',
    '- hosts: all\n  tasks: []\n  handlers: [{ name: a, run: id }, { name: b, run: id }]\n',
  ),
  tasks(
    'choose another name',
    '- run: "x{{ port }}"\n  loop: [1]\n  loop_control: { loop_var: port }',
    '- run: "x{{ number }}"\n  loop: [1]\n  loop_control: { loop_var: number }',
  ),
  tasks(
    'put it in double quotes',
    "- writeFile: { path: /x, content: 'a\\n' }",
    '- writeFile: { path: /x, content: "a\\n" }',
  ),
  tasks('split it into two tasks', '- run: id\n  installPackage: htop', '- run: id\n- installPackage: htop'),
  tasks(
    'such as installPackage: { name: containerd }',
    '- name: nothing',
    '- name: nothing\n  installPackage: { name: containerd }',
  ),
  tasks(
    'move this task after that one',
    '- run: "echo {{ r.exitStatus }}"\n- run: id\n  register: r',
    '- run: id\n  register: r\n- run: "echo {{ r.exitStatus }}"',
  ),
  tasks("start each item with '- '", '- block: { run: id }', '- block:\n    - run: id'),
  tasks(
    'use letters, digits and _ only, such as …',
    '- run: id\n  register: my-result',
    '- run: id\n  register: my_result',
  ),
  row("such as 'hosts: all'", '- tasks: []\n', '- hosts: all\n  tasks: []\n'),
  row("start it with '- '", 'hosts: all\ntasks: []\n', '- hosts: all\n  tasks: []\n'),
  inputs("add 'type: ' and one of …", 'port: { default: 1 }', 'port: { type: integer, default: 1 }'),
  inputs('remove it', 'ports: { type: list, keys: {}, default: [] }', 'ports: { type: list, default: [] }'),
  inputs(
    'remove one of them',
    'port: { type: integer, optional: true, default: 1 }',
    'port: { type: integer, default: 1 }',
  ),
  row(
    'facts are gathered when they are needed: delete this line',
    play('- run: id', '  gather_facts: true\n'),
    play('- run: id'),
  ),
  row(
    'delete this line: hosts go through the tasks together',
    play('- run: id', '  strategy: free\n'),
    play('- run: id'),
  ),
  tasks('its forms are …', '- run: "{{ partition.replace(1) }}"', `- run: "{{ partition.replace('C', 'G') }}"`),
  tasks(
    'name the fact, such as facts.hostname',
    '- run: id\n  when: facts == 1',
    "- run: id\n  when: facts.hostname == 'x'",
  ),
  tasks(
    'such as facts.hostname',
    '- run: id\n  when: facts[partition] == 1',
    "- run: id\n  when: facts.hostname == 'x'",
  ),
  tasks("write ….…['…']", '- run: id\n  when: size(facts.service) > 0', "- run: id\n  when: facts.service['x'].exists"),
  tasks('close it with }}; …', '- run: "{{ partition"', '- run: "{{ partition }}"'),
  tasks("write the comment in YAML, after '#'", '- run: "id {# who #}"', '# who\n- run: id'),
  tasks(
    "set the variable in the task's 'vars'",
    '- run: "{% set x = 1 %}echo {{ port }}"',
    '- run: "echo {{ x }}"\n  vars: { x: 1 }',
  ),
  tasks("delete it; a task with 'print' shows a value", '- run: "id {% debug %}"', '- run: id\n- print: "{{ port }}"'),
  row(
    "put the text into a template, and name that with 'template' of writeFile",
    play('- writeFile: { path: /x, content: "{% include \'a.j2\' %}" }'),
    { 'site.yml': play('- writeFile: { path: /x, template: a.j2 }'), 'a.j2': 'text\n' },
  ),
  tasks(
    'write two tasks',
    '- pause: { seconds: 1, prompt: "go on?" }',
    '- pause: { seconds: 1 }\n- pause: { prompt: "go on?" }',
  ),
  ...(
    [
      [
        'write {% for x in list %}',
        '{% for x of group_names %}{{ x }}{% endfor %}',
        '{% for x in group_names %}{{ x }}{% endfor %}',
      ],
      ['write {% set x = value %}', '{% set x 1 %}{{ x }}', '{% set x = 1 %}{{ x }}'],
      ['write its lines here', "{% include 'b.j2' %}\n", 'line\n'],
      ["use 'set', or a 'for' over the values", '{% macro m(x) %}{{ x }}{% endmacro %}', '{% set x = 1 %}{{ x }}'],
      ["use 'set'", '{% with %}{% endwith %}', '{% set x = 1 %}{{ x }}'],
      ['delete the line: templates do not extend each other', "{% extends 'b.j2' %}\nline\n", 'line\n'],
      [
        'write {{ value.method() }}',
        '{% filter upper %}{{ partition }}{% endfilter %}',
        '{{ partition.upperAscii() }}',
      ],
    ] as const
  ).map(([hint, before, after]) =>
    row(
      hint,
      { 'site.yml': play('- writeFile: { path: /x, template: a.j2 }'), 'a.j2': before },
      { 'site.yml': play('- writeFile: { path: /x, template: a.j2 }'), 'a.j2': after },
    ),
  ),
  row(
    'write a fixed name: tasks notify the handler by it',
    '- hosts: all\n  tasks: [{ run: id, notify: "a CPU" }]\n  handlers: [{ name: "a {{ partition }}", run: id }]\n',
    '- hosts: all\n  tasks: [{ run: id, notify: a }]\n  handlers: [{ name: a, run: id }]\n',
  ),
  row(
    "the files that fit '…' are …",
    { 'site.yml': play("- include_tasks: '{{ partition }}.yml'"), 'CPU.yml': '- run: id' },
    { 'site.yml': play('- include_tasks: CPU.yml'), 'CPU.yml': '- run: id' },
  ),
  tasks(
    "use it in the parameters, 'when' or 'environment', not in 'name', 'vars' or 'loop'",
    '- name: "task {{ item }}"\n  run: id\n  loop: [1]',
    '- name: a task\n  run: "id {{ item }}"\n  loop: [1]',
  ),
  row(
    "'…' is relative to the directory of …",
    {
      'tasks/a.yml': '- writeFile: { path: /x, src: files/motd }',
      'site.yml': play('- include_tasks: tasks/a.yml'),
      'files/motd': '',
    },
    {
      'tasks/a.yml': '- writeFile: { path: /x, src: ../files/motd }',
      'site.yml': play('- include_tasks: tasks/a.yml'),
      'files/motd': '',
    },
  ),
  tasks(
    "choose the file by your own variables; 'when' can use what the host reported",
    '- run: uname\n  register: r\n- writeFile: { path: /x, src: "{{ r.stdout }}" }',
    '- run: uname\n  register: r\n- writeFile: { path: /x, content: a }\n  when: r.stdout == "Linux"',
  ),
  row('such as all or compute,!crane04', '- hosts: 1\n  tasks: []\n', '- hosts: all\n  tasks: []\n'),
  row(
    'use a variable of the inventory',
    play('- run: id', '  serial: { by: facts }\n'),
    play('- run: id', '  serial: { by: partition }\n'),
  ),
  row(
    "change the input's default, or rename the variable",
    'inputs: { x: { type: integer, default: 1 } }\nplays: [{ hosts: all, vars: { x: 2 }, tasks: [{ run: "id {{ x }}" }] }]\n',
    'inputs: { x: { type: integer, default: 2 } }\nplays: [{ hosts: all, tasks: [{ run: "id {{ x }}" }] }]\n',
  ),
  row(
    "move the task to 'handlers'",
    play('- run: id\n  listen: change'),
    '- hosts: all\n  tasks: [{ run: uname, notify: change }]\n  handlers: [{ run: id, listen: change }]\n',
  ),
  {
    ...tasks(
      'add it to the inventory: localhost ansible_connection=local',
      '- run: id\n  delegate_to: localhost',
      '- run: id\n  delegate_to: localhost',
    ),
    given: [
      { inventory: inventoryOf({ crane01: {} }) },
      { inventory: inventoryOf({ crane01: {}, localhost: { ansible_connection: 'local' } }) },
    ],
  } as HintPair,
  {
    ...tasks('rename one of the two', '- run: id\n  register: r', '- run: id\n  register: result'),
    given: [{ extraVars: ['r=1'] }, {}],
  } as HintPair,
  {
    ...tasks(
      'select that task too, or skip this one',
      '- run: id\n  register: r\n  tags: base\n- print: "{{ r.stdout }}"\n  tags: slow',
      '- run: id\n  register: r\n  tags: base\n- print: "{{ r.stdout }}"\n  tags: slow',
    ),
    given: [{ tags: ['slow'] }, { tags: ['base,slow'] }],
  } as HintPair,
  row(
    "put the variable in the task's own 'vars'",
    '- hosts: all\n  vars: { v: "{{ r.stdout }}" }\n  tasks: [{ run: id, register: r }, { run: "echo {{ v }}" }]\n',
    '- hosts: all\n  tasks: [{ run: id, register: r }, { run: "echo {{ v }}", vars: { v: "{{ r.stdout }}" } }]\n',
  ),
  tasks(
    "such as '- installPackage: { name: containerd }'",
    '- installPackage',
    '- installPackage: { name: containerd }',
  ),
  row(
    "write its tasks as handlers with the same 'listen'",
    '- hosts: all\n  tasks: [{ run: id, notify: x }]\n  handlers: [{ block: [{ run: id }] }]\n',
    '- hosts: all\n  tasks: [{ run: id, notify: x }]\n  handlers: [{ name: a, run: id, listen: x }]\n',
  ),
  inputs('write …: { type: string }; the types are …', 'port: ', 'port: { type: integer }'),
  row(
    "put the expression in the play's 'vars'",
    'inputs: { a: { type: string, default: "{{ 1 }}" } }\nplays: [{ hosts: all, tasks: [] }]\n',
    'plays: [{ hosts: all, vars: { a: "{{ 1 }}" }, tasks: [{ run: "echo {{ a }}" }] }]\n',
  ),
  tasks(
    'it must be known before the run: write a fixed value',
    '- run: id\n  register: "{{ partition }}"',
    '- run: id\n  register: r',
  ),
  row("such as '- hosts: all' with 'tasks:' below it", '', '- hosts: all\n  tasks: []\n'),
  row(
    "write 'inputs:' and 'plays:' at the top level of the file, with the plays under 'plays:'",
    '- inputs: { a: { type: string, default: x } }\n- hosts: all\n  tasks: []\n',
    'inputs: { a: { type: string, default: x } }\nplays: [{ hosts: all, tasks: [] }]\n',
  ),
  row(
    "write the handlers of all files, each with 'when'",
    {
      'site.yml':
        '- hosts: all\n  tasks: [{ run: id, notify: x }]\n  handlers: [{ include_tasks: "{{ partition }}.yml" }]\n',
      'CPU.yml': '- { name: x, run: id }',
      'GPU.yml': '- { name: x, run: id }',
    },
    '- hosts: all\n  tasks: [{ run: id, notify: x }]\n  handlers: [{ name: x, run: id, when: partition == "CPU" }, { name: y, listen: x, run: id, when: partition == "GPU" }]\n',
  ),
  row(
    'state the same default in both files, or one in the file that imports them',
    {
      'site.yml': '- import_playbook: a.yml\n- import_playbook: b.yml\n',
      ...inputFile('a.yml', 1),
      ...inputFile('b.yml', 2),
    },
    {
      'site.yml': '- import_playbook: a.yml\n- import_playbook: b.yml\n',
      ...inputFile('a.yml', 1),
      ...inputFile('b.yml', 1),
    },
  ),
  {
    ...tasks(
      'values given with -e are data: put the expression in the playbook',
      '- run: "echo {{ x }}"',
      '- run: "echo {{ x }}"',
    ),
    before: play('- print: "{{ x }}"', '  vars: { x: a }\n'),
    after: play('- print: "{{ x }}"', '  vars: { x: "{{ partition }}" }\n'),
    given: [{ extraVars: ['x={{ partition }}'] }, {}],
  } as HintPair,
  {
    ...tasks(
      "read it in the play's 'vars', which see the inventory only",
      '- run: id\n  register: r\n- writeFile: { path: /x, src: "{{ hostvars[\'crane01\'].partition }}" }',
      '',
    ),
    after: {
      'site.yml': play(
        '- writeFile: { path: /x, src: "{{ f }}" }',
        `  vars: { f: "{{ hostvars['crane01'].partition }}" }\n`,
      ),
      CPU: '',
    },
  } as HintPair,
  {
    ...tasks('rename the variable', "- run: id\n  when: facts.os.id == 'x'", "- run: id\n  when: facts.os.id == 'x'"),
    given: [
      { inventory: inventoryOf({ crane01: { facts: 1 } }) },
      { inventory: inventoryOf({ crane01: { reported: 1 } }) },
    ],
  } as HintPair,
  tasks(
    'delete this line: … finds out by itself',
    '- installPackage: htop\n  changed_when: false',
    '- installPackage: htop',
  ),
  tasks(
    'convert one side: string(x)',
    `- print: "{{ port > 1 ? 'a' : 2 }}"`,
    `- print: "{{ port > 1 ? 'a' : string(2) }}"`,
  ),
  when('such as has(result.stdout)', 'has(1)', 'has(r.stdout)'),
  row(
    "to render it, write '…: …'",
    { 'site.yml': play('- writeFile: { path: /x, src: a.j2 }'), 'a.j2': 'text\n' },
    { 'site.yml': play('- writeFile: { path: /x, template: a.j2 }'), 'a.j2': 'text\n' },
  ),
  tasks(
    'where it may be absent: has(…) ? … : …',
    '- print: "{{ special }}"',
    `- print: "{{ has(special) ? special : 'none' }}"`,
  ),
  tasks('such as …: { …: … }', '- writeFile: /x', '- writeFile: { path: /x }'),
  row("such as 2, or '30%'", play('- run: id', '  serial: some\n'), play('- run: id', "  serial: '30%'\n")),
  tasks(
    "expressions are not evaluated here; use 'when' instead",
    '- run: id\n  ignore_errors: "{{ port > 1 }}"',
    '- run: id\n  ignore_errors: true\n  when: port > 1',
  ),
  row('the inventory has the groups ……', '- hosts: web\n  tasks: []\n', '- hosts: compute\n  tasks: []\n'),
  {
    ...tasks(
      "values of an inventory file are data: put the expression in group_vars/, or in the play's 'vars'",
      '- print: "{{ x }}"',
      '',
    ),
    after: play('- print: "{{ x }}"', '  vars: { x: "{{ partition }}" }\n'),
    given: [
      { inventory: inventoryOf({ crane01: { partition: 'CPU', x: '{{ partition }}' } }) },
      { inventory: inventoryOf({ crane01: { partition: 'CPU' } }) },
    ],
  } as HintPair,
  {
    ...tasks(
      'use copyTree for a directory',
      '- writeFile: { path: /x, src: site }',
      '- copyTree: { src: site, path: /x }',
    ),
    given: [
      {
        probeFile: () => {
          throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
        },
      },
      { probeTree: () => {} },
    ],
  } as HintPair,
]
