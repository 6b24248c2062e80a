// group_vars/ and host_vars/ with {{ … }}: evaluated on each host when they are read, checked though they stand elsewhere.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from '../inventory/memoryFiles.ts'
import { type load, mistakesIn, play, told, valid } from './world.ts'

const HOSTS = '[web]\ncrane01\ncrane02\n[db]\ncrane03\n'

function world(files: Readonly<Record<string, string>>, options: Parameters<typeof load>[1] = {}) {
  const loaded = loadInventory({ sources: ['hosts'], files: memoryFiles({ hosts: HOSTS, ...files }), home: '/root' })
  if (!loaded.ok) throw new Error(told(loaded.diagnostics).join('\n'))
  return { ...options, inventory: loaded.value }
}

const ask = (name: string) => play(`- run: x\n  vars: { seen: "{{ ${name} }}" }`)
const read = (name: string, host: string, files: Readonly<Record<string, string>>, options = {}) =>
  valid(ask(name), world(files, options)).plays[0]?.variables(host)[name]

const FILES = {
  'group_vars/all.yml':
    'domain: example.org\nfqdn: "{{ inventory_hostname }}.{{ domain }}"\nport: "{{ base + 1 }}"\nbase: 10\n' +
    "head: \"{{ hostvars[groups['db'][0]].fqdn }}\"\nurl: 'http://{{ head }}:{{ port }}/'\n" +
    'nested: { list: ["{{ port }}", plain] }\nopen: !unsafe "{{ text }}"\n',
  'group_vars/web.yml': 'base: 20\n',
}

test.each([
  ['fqdn', 'crane01', 'crane01.example.org'],
  ['port', 'crane01', 21],
  ['port', 'crane03', 11],
  ['url', 'crane02', 'http://crane03.example.org:21/'],
  ['nested', 'crane03', { list: [11, 'plain'] }],
  ['open', 'crane03', '{{ text }}'],
])('%s on %s', (name, host, value) => {
  expect(read(name, host, FILES)).toEqual(value)
})

test('-e and vars of a play win over what is evaluated, and what is evaluated reads them', () => {
  expect(read('port', 'crane01', FILES, { extraVars: ['base=30'] })).toBe(31)
  expect(read('port', 'crane01', FILES, { extraVars: ['port=7'] })).toBe('7')
  const text = play('- run: "{{ url }}"', '  vars: { base: 40 }\n')
  expect(valid(text, world(FILES)).plays[0]?.variables('crane02').url).toBe('http://crane03.example.org:41/')
})

test.each([
  ['what is evaluated', "{{ hostvars['crane03'].port }}", ['port=7'], '7'],
  ['what is data', "{{ hostvars['crane03'].color }}", ['color=red'], 'red'],
])('-e wins on other hosts too: %s', (_what, seen, extraVars, value) => {
  const files = { ...FILES, hosts: `${HOSTS}[db:vars]\ncolor=blue\n` }
  const text = play('- run: "{{ seen }}"', `  vars: { seen: "${seen}" }\n`)
  expect(valid(text, world(files, { extraVars })).plays[0]?.variables('crane01').seen).toBe(value)
})

test.each(['partition', 'facts.flavor'])('hostvars has what the inventory sets, not a file chosen by %s', (by) => {
  const facts = new Map([['flavor', { name: 'flavor', summary: 'A string.', type: { type: 'string' } }]])
  const files = {
    'site.yml': play(
      '- run: "{{ port }} {{ seen }}"',
      `  vars: { seen: "{{ hostvars['crane03'].port }}" }\n  vars_files: 'v-{{ ${by} }}.yml'\n`,
    ),
    'v-x.yml': 'port: 7\n',
  }
  const options = world({ ...FILES, hosts: `${HOSTS}[all:vars]\npartition=x\n` }, { facts })
  expect(valid(files, options).plays[0]?.variables('crane01', { flavor: 'x' })).toMatchObject({ port: 7, seen: 11 })
})

test('values of -e, of INI and of a YAML inventory are data', () => {
  const files = { hosts: `${HOSTS}[db:vars]\nx={{ domain }}\n`, 'group_vars/all.yml': 'domain: d\ny: "{{ x }}"\n' }
  expect(read('x', 'crane03', files, { extraVars: ["x='{{ domain }}'"] })).toBe('{{ domain }}')
  const text = '- hosts: db\n  tasks:\n    - run: "{{ y }}"\n'
  expect(valid(text, world(files)).plays[0]?.variables('crane03').y).toBe('{{ domain }}')
})

test('hosts that give an expression the same share what it makes', () => {
  const [first] = valid(ask('nested.list[0]'), world(FILES)).plays
  const [a, b, c] = ['crane01', 'crane02', 'crane03'].map((host) => first?.variables(host).nested)
  expect(a).toBe(b)
  expect(a).not.toBe(c)
})

test('a thousand hosts with data of their own, and the same expressions, evaluate each once', () => {
  const hosts = Array.from({ length: 1000 }, (_, i) => `crane${String(i).padStart(4, '0')}`)
  const racks = hosts.map((host, i) => `[rack${i % 25}]\n${host} slot=${i} ansible_host=10.0.0.${i % 250}\n`)
  const files = {
    hosts: racks.join(''),
    'group_vars/all.yml': 'base: [1]\nall: "{{ base + [2] }}"\nmine: "{{ [slot] }}"\n',
  }
  const inventory = world(files)
  const [first] = valid('- hosts: all\n  tasks:\n    - run: "{{ all[0] }} {{ mine[0] }}"\n', inventory).plays
  const distinct = (name: string) => new Set(hosts.map((host) => first?.variables(host)[name])).size
  expect([distinct('all'), distinct('mine')]).toEqual([1, 1000])
  const authored = hosts.map((host) => inventory.inventory.authored?.(host))
  expect([authored[0]?.size, new Set(authored).size]).toEqual([2, 1])
  const own = { ...files, 'host_vars/crane0007.yml': 'all: 7\n', 'host_vars/crane0008.yml': 'mine: "{{ slot }}"\n' }
  const other = world(own).inventory
  expect(new Set(hosts.map((host) => other.authored?.(host))).size).toBe(3)
})

test.each([
  [
    'a name that nothing declares',
    'x',
    { 'group_vars/all.yml': 'x: 1\nz: "{{ dmain }}"\ndomain: 1\n' },
    ["group_vars/all.yml:2:8 unknown-variable there is no variable 'dmain'; did you mean 'domain'?"],
  ],
  [
    'a cycle through two files',
    'x',
    { 'group_vars/all.yml': 'x: "{{ y }}"\ny: 1\n', 'host_vars/crane01.yml': 'y: "{{ x }}"\n' },
    [
      'group_vars/all.yml:1:1 variable-cycle the variables depend on each other in a cycle: x (group_vars/all.yml:1) → y (host_vars/crane01.yml:1) → x',
    ],
  ],
  [
    'a cycle through hostvars',
    'x',
    { 'group_vars/all.yml': 'x: "{{ hostvars[\'crane01\'].x }}"\n' },
    [
      'group_vars/all.yml:1:1 variable-cycle a variable depends on itself through hostvars: x of crane01 (group_vars/all.yml:1) → x of crane01',
    ],
  ],
  [
    'a cycle through hostvars of two hosts',
    'x',
    {
      'group_vars/all.yml': 'x: 1\n',
      'host_vars/crane01.yml': 'x: "{{ hostvars[\'crane02\'].y }}"\n',
      'host_vars/crane02.yml': 'y: "{{ hostvars[\'crane01\'].x }}"\n',
    },
    [
      'host_vars/crane01.yml:1:1 variable-cycle a variable depends on itself through hostvars: x of crane01 (host_vars/crane01.yml:1) → y of crane02 (host_vars/crane02.yml:1) → x of crane01 on crane01',
    ],
  ],
])('%s is a mistake', (_what, name, files, expected) => {
  expect(told(mistakesIn(ask(name), world(files)))).toEqual(expected)
})

test('a name that only other hosts have in a cycle makes none', () => {
  const files = { 'group_vars/web.yml': 'x: "{{ y }}"\ny: 1\n', 'group_vars/db.yml': 'y: "{{ x }}"\nx: 2\n' }
  expect([read('x', 'crane01', files), read('y', 'crane03', files)]).toEqual([1, 2])
})

test('a value that needs another play is no mistake where it is not read', () => {
  const text = `${play('- run: x')}${play('- run: x\n  vars: { seen: "{{ z }}" }', '  vars: { later: 1 }\n')}`
  expect(told(mistakesIn(text, world({ 'group_vars/all.yml': 'z: "{{ later }}"\n' })))).toEqual([])
})

test('the order in which variables are evaluated does not matter', () => {
  const names = ['fqdn', 'port', 'head', 'url', 'nested', 'domain']
  const all = (order: readonly string[], hosts: readonly string[]) => {
    const [first] = valid(play('- run: x'), world(FILES)).plays
    const found = hosts.flatMap((host) =>
      order.map((name) => [`${host} ${name}`, first?.variables(host)[name]] as const),
    )
    return Object.fromEntries(found)
  }
  const expected = all(names, ['crane01', 'crane02', 'crane03'])
  const shuffled = (list: readonly string[]) => fc.shuffledSubarray([...list], { minLength: list.length })
  fc.assert(
    fc.property(shuffled(names), shuffled(['crane01', 'crane02', 'crane03']), (order, hosts) => {
      expect(all(order, hosts)).toEqual(expected)
    }),
    { numRuns: 30 },
  )
})
