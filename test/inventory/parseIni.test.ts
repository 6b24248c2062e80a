// INI inventories: the hosts, groups and values that they give, and each mistake with the text it underlines.
import { describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from './memoryFiles.ts'
import { diagnosticsOf, tell, underlined, valueOf } from './tell.ts'

const load = (text: string, name = 'hosts') => loadInventory({ sources: [name], files: memoryFiles({ [name]: text }) })

describe('hosts and groups', () => {
  test.each([
    ['no section', 'a\nb', { ungrouped: 'a b' }],
    [
      'sections',
      'x\n[control]\ncrane01\n[compute]\ncrane[02-04]',
      { ungrouped: 'x', control: 'crane01', compute: 'crane02 crane03 crane04' },
    ],
    [
      'both spellings, a step, several brackets',
      '[g]\na[1:2]\nb[0-4/2]\nr[1-2]n[01:02].x',
      { g: 'a1 a2 b0 b2 b4 r1n01.x r1n02.x r2n01.x r2n02.x' },
    ],
    [
      'children of children, hosts in the order of the file',
      '[top:children]\nmid\n[mid:children]\nlow\n[low]\nb\na',
      { top: 'b a', mid: 'b a', low: 'b a' },
    ],
    ['a host in several groups', '[g]\na\n[h]\na\nb', { g: 'a', h: 'a b', ungrouped: '' }],
    ['first without a group, then with', 'a\n[g]\na', { g: 'a', ungrouped: '' }],
    [
      'comments, blanks, carriage returns and a byte order mark',
      '\uFEFF# c\r\n; c\r\n\r\n  [ g ] # c\r\n\ta # c\r\n',
      { g: 'a' },
    ],
    ['a section twice', '[g]\na\n[h]\n[g]\nb', { g: 'a b', h: '' }],
    ['addresses', '10.77.0.[11-12]\nfe80::1\n[::1]:22', { all: '10.77.0.11 10.77.0.12 fe80::1 ::1' }],
    ['a group without hosts', 'a\n[empty]', { empty: '', all: 'a' }],
    ['names that are not ASCII', 'knoten-ä1', { all: 'knoten-ä1' }],
    [
      'the sections of all',
      '[all]\na\n[all:vars]\nx=1\n[all:children]\ng\n[g]\nb',
      { all: 'a b', g: 'b', ungrouped: 'a' },
    ],
  ] as const)('%s', (_case, text, groups) => {
    const inventory = valueOf(load(text))
    for (const [name, hosts] of Object.entries(groups)) {
      expect([name, ...(inventory.groups.get(name)?.hosts ?? ['missing'])]).toEqual([
        name,
        ...hosts.split(' ').filter(Boolean),
      ])
    }
  })

  test('groups of a host come nearest first', () => {
    const text = '[far:children]\nmid\n[mid:children]\nnear\n[near]\na\n[other]\na'
    expect(valueOf(load(text)).hosts.get('a')?.groups).toEqual(['near', 'other', 'mid', 'far'])
    expect(valueOf(load('a\n[g]\nb')).hosts.get('a')?.groups).toEqual(['ungrouped'])
  })
})

describe('values', () => {
  test.each([
    ['a x=1', 1],
    ['a x=-2', -2],
    ['a x=1.5', 1.5],
    ['a x=true', true],
    ['a x=False', false],
    ['a x=yes', 'yes'],
    ['a x=007', '007'],
    ['a x="1"', '1'],
    ["a x='True'", 'True'],
    ['a x="b c" # d', 'b c'],
    ['a x=b#c', 'b#c'],
    ['a x=b\\ c', 'b c'],
    ["a x='b\\c'", 'b\\c'],
    ['a x=b=c', 'b=c'],
    ['a x=', ''],
    ['a x=""', ''],
    ['a x=[02-04]', '[02-04]'],
    ['a x=[1,2]', [1, 2]],
    ['a x=12345678901234567890', '12345678901234567890'],
    ['a\n[all:vars]\nx = 1', 1],
    ['a\n[all:vars]\nx=b c', 'b c'],
    ['a\n[all:vars]\nx="b # c"', 'b # c'],
    ['a\n[all:vars]\nx="8080" # c', '8080'],
    ['a\n[all:vars]\nx=8080 # c', 8080],
    ['a\n[all:vars]\nx={"b": [true, null]}', { b: [true, null] }],
    ['a\n[all:vars]\nx=', ''],
  ])('%s', (text, value) => {
    const host = valueOf(load(text)).hosts.get('a')
    expect(host?.vars).toEqual({ x: value })
  })

  test('a password that looks like a number stays the text it is', () => {
    const text = 'a ansible_password=1.10 ansible_user=1000 ansible_become_pass=007'
    const { connection } = valueOf(load(text)).hosts.get('a')!
    expect(connection).toMatchObject({ password: '1.10', user: '1000', becomePassword: '007' })
  })

  test('the origin is the place of the value', () => {
    const { origin } = valueOf(load('[g]\na[1-2] x=1 port="22 3"\n[g:vars]\n y = z'))
    expect(origin('a2', 'port')).toEqual({
      file: 'hosts',
      line: 2,
      column: 17,
      length: 6,
      text: 'a[1-2] x=1 port="22 3"',
    })
    expect(origin('a1', 'y')).toMatchObject({ line: 4, column: 6, length: 1 })
    expect(origin('a1', 'nothing')).toBeUndefined()
    expect(origin('nobody', 'x')).toBeUndefined()
  })
})

describe('mistakes', () => {
  test.each([
    [
      'a group that is nowhere, as a child',
      'a\n[g:children]\ncomptue\n[compute]',
      'unknown-group',
      'comptue',
      "did you mean 'compute'?",
    ],
    [
      'a group that is nowhere, with variables',
      '[compute]\na\n[comput:vars]\nx=1',
      'unknown-group',
      'comput',
      "did you mean 'compute'?",
    ],
    ['a host among the children', 'a\n[g:children]\na', 'unknown-group', 'a', "'a' is a host"],
    ['a cycle', 'a\n[b:children]\nc\n[c:children]\nd\n[d:children]\nb', 'group-cycle', 'b', undefined],
    ['a group inside itself', 'a\n[b:children]\nb', 'group-cycle', 'b', undefined],
    ['all inside a group', 'a\n[b:children]\nall', 'group-cycle', 'all', 'holds every group already'],
    ['a host twice in a section', '[g]\na\nb\na', 'duplicate-host', 'a', 'first in hosts:2'],
    ['a host twice through a range', '[g]\na[1-4]\na[3-5]', 'duplicate-host', 'a[3-5]', 'first in hosts:2'],
    ['a host twice in one range', '[g]\na[1-2,2]', 'duplicate-host', 'a[1-2,2]', 'first in hosts:2'],
    ['a host torn between two lines', '[g]\na x=1\n[h]\na x=2', 'conflicting-host-variable', '2', 'first in hosts:2'],
    ['a host torn within a line', 'a x=1 x=2', 'conflicting-host-variable', 'x=2', undefined],
    ['a group torn', 'a\n[all:vars]\nx=1\nx=2', 'conflicting-group-variable', 'x', 'first in hosts:3'],
    ['a host named like a group', '[g]\na\ng', 'host-and-group', 'g', 'hosts:1'],
    ['a host named all', 'all', 'host-and-group', 'all', 'always there'],
    ['a kind of section', 'a\n[g:var]\nx=1', 'bad-section', 'var', '[g:vars]'],
    ['the kind hosts', '[g:hosts]\na\n[h]\nb', 'bad-section', 'hosts', 'write [g]'],
    ['a head that does not end', '[g\n[h]\na', 'bad-section', '[g', undefined],
    ['a name of a group', '[my group]\na\n[h]\nb', 'bad-group-name', 'my group', undefined],
    ['a word that is no variable', 'a b', 'not-a-variable', 'b', 'to a line'],
    ['blanks around =', 'a x = 1', 'not-a-variable', 'x', 'without blanks'],
    ['a variable without a host', '[g]\nx=1', 'no-host', 'x=1', '[g:vars]'],
    ['a colon after a name', '[g]\na:', 'bad-host', ':', 'YAML'],
    ['a port', 'a:ssh', 'bad-host', 'ssh', undefined],
    ['a port out of range', 'a:70000', 'bad-host', '70000', undefined],
    ['YAML', '[g]\n---\na', 'ini-yaml', '---', 'NAME.yml'],
    ['a range backwards', '[g]\n  a[4-2]', 'bad-host', '4-2', undefined],
    ['a range without an end', 'a[1:]', 'bad-host', '1:', undefined],
    ['a bracket that does not close', 'a[1:2', 'bad-host', '[1:2', undefined],
    ['a name that passes for an option', '-oProxyCommand=x', 'bad-host', '-oProxyCommand=x', undefined],
    ['a slash in a name', 'a/b', 'bad-host', 'a/b', undefined],
    ['a control character in a name', 'a\u0007', 'bad-host', 'a\u0007', undefined],
    ['a user in a name', 'root@a', 'bad-host', 'root@a', "'a ansible_user=root'"],
    ['a quote that does not close', 'a x="b', 'ini-quote', '"b', undefined],
    ['two groups in a line of children', 'a\n[g:children]\nh i\n[h]\n[i]', 'bad-child', 'i', undefined],
    ['variables among the children', 'a\n[g:children]\nh x=1\n[h]', 'bad-child', 'x=1', '[h:vars]'],
    ['no assignment among variables', 'a\n[all:vars]\nfoo', 'not-a-variable', 'foo', undefined],
    ['YAML among variables', 'a\n[all:vars]\nfoo: 1', 'not-a-variable', 'foo: 1', '='],
    ['a comment or a value', 'a\n[all:vars]\nx=foo # c', 'ini-comment', 'foo # c', 'quotes'],
    ["a list of Python's", "a x=\"['b']\"\n[all:vars]\nx=['b']", 'ini-literal', "['b']", 'JSON'],
    [
      'a misspelt connection variable',
      'a ansible_hosts=b',
      'unknown-ansible-variable',
      'ansible_hosts',
      "'ansible_host'",
    ],
    ['a port that is none', 'a ansible_port=abc', 'wrong-type', 'abc', undefined],
    ['a truth that is none', 'a ansible_become=maybe', 'wrong-type', 'maybe', undefined],
    ['an unknown connection', 'a ansible_connection=openshs', 'unknown-connection', 'openshs', 'openssh'],
    ['another way to become root', 'a ansible_become_method=su', 'unknown-become-method', 'su', undefined],
    [
      'an expression in a connection',
      'a ansible_user="{{ me }}"',
      'expression-in-connection',
      '"{{ me }}"',
      'value itself',
    ],
    ['an address that passes for an option', 'a ansible_host=-oX', 'wrong-type', '-oX', undefined],
    ['an address with a blank', 'a ansible_host="b c"', 'wrong-type', '"b c"', undefined],
    ['an empty user', 'a ansible_user=', 'wrong-type', '=', undefined],
    ['a name of a variable', 'a my-var=1', 'bad-variable-name', 'my-var', "'my_var'"],
  ] as const)('%s', (_case, text, code, marked, hint) => {
    const result = load(text)
    expect(result.ok).toBe(false)
    const [first, ...others] = diagnosticsOf(result)
    expect(others.map(tell)).toEqual([])
    expect(first).toMatchObject({ severity: 'error', code })
    expect(first && underlined(first)).toBe(marked)
    if (hint === undefined) expect(first?.hint).toBeUndefined()
    else expect(first?.hint).toContain(hint)
  })

  test('a cycle is shown as the way around', () => {
    const [cycle] = diagnosticsOf(load('a\n[b:children]\nc\n[c:children]\nd\n[d:children]\nb'))
    expect(cycle?.message).toBe("the group 'b' is inside itself: b > c > d > b")
  })

  test('hosts with the same mistake are folded into one message', () => {
    const found = diagnosticsOf(load('[g]\na[1-9]\na[2-5]'))
    expect(found.map(({ message }) => message)).toEqual(['a[2-5] is listed twice in the group g'])
  })

  test('all mistakes come at once', () => {
    const found = diagnosticsOf(load('[g]\na b\na[2-1]\n[h:vars]\nx\n[i:oops]\nignored here\n[j:children]\nk'))
    expect(found.map(tell).sort()).toEqual([
      'hosts:2:3+1 not-a-variable',
      'hosts:3:3+3 bad-host',
      'hosts:4:2+1 unknown-group',
      'hosts:5:1+1 not-a-variable',
      'hosts:6:4+4 bad-section',
      'hosts:9:1+1 unknown-group',
    ])
  })

  test.each([
    ['a ansible_frobnicate=1', 'unknown-ansible-variable'],
    ['a ansible_ssh_common_args=-J', 'variable-not-used'],
  ])('%s is a warning', (text, code) => {
    const result = load(text)
    expect(result.ok).toBe(true)
    expect(diagnosticsOf(result)).toMatchObject([{ severity: 'warning', code }])
  })

  test('what Ansible needs and nothing here does is passed over', () => {
    expect(diagnosticsOf(load('a ansible_python_interpreter=/usr/bin/python3'))).toEqual([])
  })
})
