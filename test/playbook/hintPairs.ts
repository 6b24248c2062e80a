// Hints that are followed by changing a file: the text that gets each, and the text after it was followed.
import { play } from './world.ts'

type Files = Readonly<Record<string, string>>

export interface HintPair {
  /** As it stands in the source, with `…` for what is filled in. */
  readonly hint: string
  readonly before: string | Files
  readonly after: string | Files
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

export const HINT_PAIRS: readonly HintPair[] = [
  tasks('replace the tab with spaces', '- run: id\n\tname: x', '- run: id\n  name: x'),
  row('"{{ … }}"', play('- run: {{ partition }}'), play('- run: "{{ partition }}"')),
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
]
