// A playbook for each mistake that the language knows: what is written, and the code that it is to be told by.
import type { LoadPlaybooks } from '../../src/playbook/loadPlaybooks.ts'
import type { AuthoredInventory } from '../../src/text/authored.ts'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from '../inventory/memoryFiles.ts'
import { play } from './world.ts'

export interface DiagnosticCase {
  readonly code: string
  readonly files: Readonly<Record<string, string>>
  readonly options?: Partial<LoadPlaybooks>
}

const site = (text: string, more: Readonly<Record<string, string>> = {}) => ({ 'site.yml': text, ...more })
const tasks = (text: string, head = '', more: Readonly<Record<string, string>> = {}) => site(play(text, head), more)
const inputs = (text: string) => site(`inputs:\n${text.replace(/^/gm, '  ')}\nplays:\n  - hosts: all\n    tasks: []\n`)
const when = (condition: string) => tasks(`- run: uname\n  register: r\n- run: id\n  when: ${condition}`)

type Row = readonly [code: string, files: Readonly<Record<string, string>>, options?: Partial<LoadPlaybooks>]

const YAML: readonly Row[] = [
  ['yaml-syntax', tasks("- run: 'id\n")],
  ['unclosed-bracket', tasks('- run: { command: id\n')],
  ['tab-indentation', site('- hosts: all\n\ttasks: []\n')],
  ['bad-indentation', site('- hosts: all\n  vars:\n    a: 1\n   b: 2\n')],
  ['unquoted-expression', tasks('- run: {{ partition }}')],
  ['duplicate-key', tasks('- run: id\n  run: uname')],
  ['bad-key', tasks('- run: id\n  vars: { [a, b]: 1 }')],
  ['bad-merge', tasks('- run: id\n  vars: { <<: text }')],
  ['unknown-anchor', tasks('- run: *command')],
  ['alias-cycle', site('- hosts: all\n  vars: &vars\n    again: *vars\n')],
  ['unknown-tag', tasks('- run: !text id')],
  ['vault-unsupported', tasks('- run: !vault secret')],
  ['yaml-octal', tasks('- run: id\n  vars: { mode: 0644 }')],
  ['yaml-yes-no', tasks('- run: id\n  vars: { wanted: yes }')],
  ['inexact-number', tasks('- run: id\n  vars: { id: 12345678901234567890 }')],
  ['too-many-aliases', site(bomb())],
]

/** Each line holds the one before it ten times. */
function bomb(): string {
  const lines = Array.from({ length: 8 }, (_, i) => {
    const items = i === 0 ? '1' : Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')
    return `    a${i}: &a${i} [${items}]`
  })
  return `- hosts: all\n  vars:\n${lines.join('\n')}\n  tasks: []\n`
}

const FILES: readonly Row[] = [
  ['unreadable-file', tasks('- import_tasks: more.yml')],
  ['import-cycle', tasks('- import_tasks: more.yml', '', { 'more.yml': '- import_tasks: more.yml\n' })],
  ['no-such-file', tasks("- include_tasks: 'os/{{ partition }}.yml'", '', { 'os/CPU.yml': '- run: id\n' })],
  ['host-names-file', tasks('- run: id\n  register: r\n- writeFile: { path: /x, src: "{{ r.stdout }}" }')],
  ['plain-template', tasks('- writeFile: { path: /x, src: motd.j2 }', '', { 'motd.j2': 'hello\n' })],
]

const WORDS: readonly Row[] = [
  ['no-plays', site('')],
  ['no-task-type', tasks('- name: nothing')],
  ['two-task-types', tasks('- run: id\n  installPackage: htop')],
  ['unknown-task-type', tasks('- instalPackage: htop')],
  ['ansible-module', tasks('- dnf: { name: htop }')],
  ['unknown-keyword', tasks('- run: id\n  wen: true')],
  ['unsupported-keyword', tasks('- run: id\n  no_log: true')],
  ['unsupported', tasks('- run: id\n  become_method: su')],
  ['missing-keyword', site('- tasks: []\n')],
  ['wrong-type', tasks('- installPackage: htop\n  become: maybe')],
  ['expression-not-allowed', tasks("- run: id\n  register: '{{ partition }}'")],
  ['bad-variable-name', tasks('- run: id\n  register: my-result')],
  ['unknown-host', tasks('- run: id\n  delegate_to: crane9')],
  ['unknown-handler', tasks('- run: id\n  notify: restart')],
  ['duplicate-handler', site('- hosts: all\n  tasks: []\n  handlers: [{ name: a, run: id }, { name: a, run: id }]\n')],
  ['unknown-tag', tasks('- run: id\n  tags: net'), { tags: ['nte'] }],
  [
    'limited-away',
    site('- hosts: control\n  tasks: [{ run: id }]\n- hosts: compute\n  tasks: [{ run: id }]\n'),
    { limit: 'compute' },
  ],
  ['no-host-matched', site('- hosts: control\n  tasks: [{ run: id }]\n'), { limit: 'compute' }],
  ['facts-make-batches', tasks('- run: id', '  vars: { family: "{{ facts.os.family }}" }\n  serial: { by: family }\n')],
  ['literal-backslash', tasks("- writeFile: { path: /x, content: 'a\\n' }")],
]

const PARAMETERS: readonly Row[] = [
  ['unknown-parameter', tasks('- installPackage: { nmae: htop }')],
  ['missing-parameter', tasks('- writeFile: { content: x }')],
  ['bad-parameter', tasks('- writeFile: { path: etc/motd, content: x }')],
  ['unquoted-word', tasks('- run: rm {{ path }}', '  vars: { path: "/srv/my files" }\n')],
]

const INPUTS: readonly Row[] = [
  ['unknown-type', inputs('port: { type: number_of_port }')],
  ['bad-pattern', inputs("name: { type: string, pattern: '(' }")],
  ['contradiction', inputs('port: { type: integer, optional: true, default: 1 }')],
  ['missing-input', inputs('site: { type: string, required: true }')],
  ['bad-input', inputs('port: { type: integer }'), { extraVars: ['port=many'] }],
  ['unknown-input', inputs('port: { type: integer, default: 1 }'), { extraVars: ['prot=2'] }],
  ['bad-extra-vars', tasks('- run: id'), { extraVars: ['ansible_user=root'] }],
  ['unused-extra-var', tasks('- run: id'), { extraVars: ['nothing=1'] }],
  ['not-evaluated', tasks('- run: "{{ x }}"', '  vars: { x: y }\n'), { extraVars: ['x={{ port }}'] }],
  [
    'input-conflict',
    site('- import_playbook: a.yml\n- import_playbook: b.yml\n', {
      'a.yml': 'inputs: { port: { type: integer, default: 1 } }\nplays: []\n',
      'b.yml': 'inputs: { port: { type: string, default: x } }\nplays: []\n',
    }),
  ],
  [
    'variable-hides-input',
    site('inputs: { port: { type: integer, default: 1 } }\nplays: [{ hosts: all, vars: { port: 2 }, tasks: [] }]\n'),
  ],
]

const EXPRESSIONS: readonly Row[] = [
  ['unknown-variable', when('partitoin == "CPU"')],
  ['unset-variable', when('special == "yes"')],
  ['unknown-field', when('r.chnged')],
  ['no-such-field', when('crane.nam == "c"')],
  ['no-such-item', when('group_names[3] == "x"')],
  ['type-mismatch', when('port == "1"')],
  ['bad-expression', when('port >')],
  ['empty-expression', tasks('- run: "{{ }}"')],
  ['braces-in-condition', when('"{{ r.changed }}"')],
  ['jinja-habit', when('r is changed')],
  [
    'never-equal',
    {
      'site.yml':
        "inputs: { tier: { type: string, enum: [cpu, gpu], default: cpu } }\nplays:\n  - hosts: all\n    tasks:\n      - { run: id, when: tier == 'gup' }\n",
    },
  ],
  ['bad-template', tasks('- run: "{{ port"')],
  ['unknown-function', when('sise(partition) > 1')],
  ['bad-value', when("ip(partition).inNetwork('10.0.0.0/8')")],
  ['unknown-fact', when('facts.oss.family == "debian"')],
  ['bad-fact', when('size(facts.service) > 1')],
  [
    'facts-of-others',
    tasks('- run: "echo {{ hostvars[\'crane02\'].name }}"'),
    { inventory: inventoryWith({ 'group_vars/all.yml': 'name: "{{ facts.hostname }}"\n' }) },
  ],
  ['variable-hidden', tasks('- run: id\n  loop: [1]\n  loop_control: { loop_var: port }')],
  ['variable-cycle', tasks('- run: "{{ a }}"', '  vars: { a: "{{ b }}", b: "{{ a }}" }\n')],
]

export const SECTIONS: readonly (readonly [title: string, cases: readonly DiagnosticCase[]])[] = (
  [
    ['YAML', YAML],
    ['Files', FILES],
    ['Words', WORDS],
    ['Parameters', PARAMETERS],
    ['Inputs and -e', INPUTS],
    ['Expressions', EXPRESSIONS],
  ] as const
).map(([title, rows]) => [title, rows.map(([code, files, options]) => ({ code, files, ...(options && { options }) }))])

/** Two hosts, with the files beside their inventory. */
function inventoryWith(files: Readonly<Record<string, string>>): AuthoredInventory {
  const loaded = loadInventory({
    sources: ['hosts'],
    files: memoryFiles({ hosts: 'crane01\ncrane02\n', ...files }),
    home: '/root',
  })
  if (!loaded.ok) throw new Error('the inventory of the case has a mistake')
  return loaded.value
}

/** Codes that need something which no text in memory has. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  'untrusted-file': 'test/text/fileTrust.test.ts: owners and modes of a disk',
}
