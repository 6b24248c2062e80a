// What is said of a variable: its value, the place in force, and what that overrode.
import { describe, expect, test } from 'vitest'
import { renderVariable } from '../../src/cli/explainVariable.ts'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { loadFacts } from '../../src/run/loadFacts.ts'
import { valid } from '../playbook/world.ts'
import { checked } from '../../src/model/diagnostic.ts'
import type { AuthoredInventory } from '../../src/text/authored.ts'
import { memoryFiles } from '../inventory/memoryFiles.ts'
import { valueOf } from '../inventory/shown.ts'

const files = memoryFiles({
  hosts: '[g]\na[1-3]\nb x=own db_password=hunter2\n[top:children]\ng\n[g:vars]\nx=file',
  'group_vars/all.yml': 'x: all\nonly: [1, 2]',
  'group_vars/g.yml': 'x: group',
  'host_vars/a2.yml': 'x: host',
})
const inventory = valueOf(loadInventory({ sources: ['hosts'], files }))
const facts = await loadFacts()
const NO_TASKS = '- hosts: all\n  tasks: []\n'

function explain(
  variable: string,
  hosts = [...inventory.hosts.keys()],
  { playbook = NO_TASKS, files = {}, extraVars = [], of = inventory }: Given = {},
): string {
  const selectHosts = () => checked([...of.hosts.keys()])
  const loaded = valid({ 'site.yml': playbook, ...files }, { inventory: of, facts, extraVars, selectHosts })
  return renderVariable(variable, { playbook: loaded, hosts })
}

interface Given {
  readonly playbook?: string
  readonly files?: Readonly<Record<string, string>>
  readonly extraVars?: readonly string[]
  readonly of?: AuthoredInventory
}

test('the strongest first, hosts with the same places once', () => {
  expect(explain('x')).toBe(`a[1,3]
  "group"  group_vars/g.yml:1:4, group g
  overrides "all"  group_vars/all.yml:1:4, group all
  overrides "file"  hosts:7:3, group g
a2
  "host"  host_vars/a2.yml:1:4, the host
  overrides "group"  group_vars/g.yml:1:4, group g
  overrides "all"  group_vars/all.yml:1:4, group all
  overrides "file"  hosts:7:3, group g
b
  "own"  hosts:3:5, the host
  overrides "group"  group_vars/g.yml:1:4, group g
  overrides "all"  group_vars/all.yml:1:4, group all
  overrides "file"  hosts:7:3, group g
`)
})

test('what is in force is what the host has', () => {
  for (const [name, { vars }] of inventory.hosts)
    for (const [variable, value] of Object.entries(vars))
      expect(inventory.candidates?.(name, variable)[0]?.value).toEqual(value)
})

test('a secret is not shown, and what is not set gives nothing', () => {
  expect(explain('db_password')).toMatch(/^b\n {2}\*+ {2}hosts:3:21, the host\n$/)
  expect(explain('nothing')).toBe('')
  expect(explain('only', ['a1'])).toBe('a1\n  [1,2]  group_vars/all.yml:2:7, group all\n')
})

const OPTIONAL = `inputs:
  token: { type: string, optional: true }
plays:
  - { hosts: all, vars: { url: "{{ only[0] }}/{{ token }}" }, tasks: [] }
`

describe('with a playbook', () => {
  const playbook = `inputs:
  token: { type: string, sensitive: true, default: hunter22 }
  retries: { type: integer, default: 3 }
plays:
  - hosts: all
    vars:
      x: mine
      url: "https://{{ x }}/{{ token }}"
      web: "{{ facts.os.family == 'redhat' ? only[0] : 2 }}"
    vars_files: [more.yml]
    tasks:
      - run: "echo {{ token }} {{ retries }} {{ url }} {{ web }}"
`
  const more = { playbook, files: { 'more.yml': 'x: later\n' } }

  test('variables of the play over those of the inventory', () => {
    expect(explain('x', ['b'], more)).toBe(
      `b
  "later"  more.yml:1:1, the play's variables
  overrides "mine"  site.yml:7:7, the play's variables
  overrides "own"  hosts:3:5, the host
  overrides "all"  group_vars/all.yml:1:4, group all
  overrides "file"  hosts:7:3, group g
`.replace('  overrides "all"', '  overrides "group"  group_vars/g.yml:1:4, group g\n  overrides "all"'),
    )
  })

  test('-e over all of them', () => {
    expect(explain('x', ['b'], { ...more, extraVars: ['x=given'] })).toMatch(
      /^b\n {2}"given" {2}-e:1:1, -e\n {2}overrides "later"/,
    )
    expect(explain('retries', ['b'], { ...more, extraVars: ['retries=5'] })).toBe(
      'b\n  5  -e:1:1, -e\n  overrides 3  site.yml:3:3, default of the input\n',
    )
  })

  test('an expression with what it is made of; a sensitive value in none of it', () => {
    expect(explain('url', ['b'], more)).toBe(`b
  "https://later/********"  site.yml:8:7, the play's variables
    from "https://{{ x }}/{{ token }}"
    x = "later"  more.yml:1:1, the play's variables
    token = ********  site.yml:2:3, default of the input
`)
  })

  test('the length of a secret is not shown either', () => {
    const given = { ...more, extraVars: ['token=hunter2-and-more'] }
    expect(explain('url', ['b'], given)).toContain('"https://later/********"')
    expect(explain('db_password')).toContain('  ********  hosts')
  })

  test('what is not set leaves without a value what is made of it', () => {
    expect(explain('url', ['b'], { playbook: OPTIONAL })).toBe(`b
  has no value  site.yml:4:27, the play's variables
    from "{{ only[0] }}/{{ token }}"
    only = [1,2]  group_vars/all.yml:2:7, group all
    token is not set
`)
  })

  test('facts are named and not asked', () => {
    expect(explain('web', ['b'], more)).toBe(`b
  known when it runs  site.yml:9:7, the play's variables
    from "{{ facts.os.family == 'redhat' ? only[0] : 2 }}"
    only = [1,2]  group_vars/all.yml:2:7, group all
    facts.os, asked when it is needed
`)
  })
})

test('a variable of files that a fact chooses, with what each of them sets', () => {
  const playbook = `- hosts: all
  vars: { db_password: own, family: "{{ facts.os.family }}" }
  vars_files: ['vars/{{ family }}.yml']
  tasks: []
`
  const files = {
    'vars/redhat.yml': 'only: "{{ x }}"\ndb_password: hunter2\n',
    'vars/debian.yml': 'only: two\n',
    'vars/suse.yml': '',
  }
  expect(explain('only', ['b'], { playbook, files })).toBe(`b
  known when it runs  site.yml:3:16, the play's variables
    from "vars/{{ family }}.yml"
    "{{ x }}"  vars/redhat.yml:1:1, if the host uses that file
    "two"  vars/debian.yml:1:1, if the host uses that file
    family = known when it runs  site.yml:2:29, the play's variables
      from "{{ facts.os.family }}"
      facts.os, asked when it is needed
    x = "own"  hosts:3:5, the host
  overrides [1,2]  group_vars/all.yml:2:7, group all
`)
  expect(explain('db_password', ['b'], { playbook, files })).not.toContain('hunter2')
  expect(explain('db_password', ['b'], { playbook, files })).toContain('  overrides ********  site.yml:2:11')
})

test('an expression of group_vars is evaluated on each host', () => {
  const of = valueOf(
    loadInventory({
      sources: ['hosts'],
      files: memoryFiles({ hosts: 'a1 n=1\na2 n=2', 'group_vars/all.yml': 'name: "node{{ n }}"' }),
    }),
  )
  expect(explain('name', ['a1', 'a2'], { of })).toBe(`a1
  "node1"  group_vars/all.yml:1:7, group all
    from "node{{ n }}"
    n = 1  hosts:1:6, the host
a2
  "node2"  group_vars/all.yml:1:7, group all
    from "node{{ n }}"
    n = 2  hosts:2:6, the host
`)
})

test('what crane-play sets is named as such', () => {
  expect(explain('inventory_hostname', ['b'])).toBe('b\n  "b"  set by crane-play\n')
})

test('the variables of all hosts are not evaluated, of which one may follow from facts', () => {
  const hosts = { hosts: 'a1\na2', 'group_vars/all.yml': 'family: "{{ facts.os.family }}"' }
  const of = valueOf(loadInventory({ sources: ['hosts'], files: memoryFiles(hosts) }))
  expect(explain('hostvars', ['a1', 'a2'], { of })).toBe('a[1-2]\n  known when it runs  set by crane-play\n')
})
