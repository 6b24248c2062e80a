// INI inventories: the hosts, groups and values that they give, and each mistake with the text it underlines.
import { describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { untrueHints } from '../text/applyHint.ts'
import { memoryFiles } from './memoryFiles.ts'
import { cases, diagnosticsOf, codeOf, valueOf, shown } from './shown.ts'

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
  test.each(
    cases(String.raw`
a⏎[g:children]⏎comptue⏎[compute]  =>  3:1+7 unknown-group there is no group 'comptue'; did you mean 'compute'?
[compute]⏎a⏎[comput:vars]⏎x=1  =>  3:2+6 unknown-group there is no group 'comput'; did you mean 'compute'?
a⏎[g:children]⏎a  =>  3:1+1 unknown-group there is no group 'a'; 'a' is a host; put it into a section without :children
a⏎[b:children]⏎c⏎[c:children]⏎d⏎[d:children]⏎b  =>  7:1+1 group-cycle the group 'b' contains itself: b > c > d > b
a⏎[b:children]⏎b  =>  3:1+1 group-cycle the group 'b' contains itself: b > b
a⏎[b:children]⏎all  =>  3:1+3 group-cycle the group 'all' contains itself: all > b > all; remove it: all contains every group already
[g]⏎a⏎b⏎a  =>  4:1+1 duplicate-host a is listed twice in the group g; keep one of them: the first is at hosts:2
[g]⏎a[1-4]⏎a[3-5]  =>  3:1+6 duplicate-host a[3-4] is listed twice in the group g; keep one of them: the first is at hosts:2
[g]⏎a[1-2,2]  =>  2:1+8 duplicate-host a2 is listed twice in the group g; keep one of them: the first is at hosts:2
[g]⏎a x=1⏎[h]⏎a x=2  =>  4:5+1 conflicting-host-variable 'x' of a is set twice, to different values; keep one of them: the first is at hosts:2
a x=1 x=2  =>  1:7+3 conflicting-host-variable 'x' is set twice in this line, to different values
a⏎[all:vars]⏎x=1⏎x=2  =>  4:1+1 conflicting-group-variable 'x' of the group all is set twice, to different values; keep one of them: the first is at hosts:3
[g]⏎a⏎g  =>  3:1+1 host-and-group 'g' is both a host and a group; rename one of them; the group is at hosts:1
all  =>  1:1+3 host-and-group 'all' is both a host and a group; rename the host: this group always exists
a⏎[g:var]⏎x=1  =>  2:4+3 bad-section unknown kind of section 'var'; did you mean '[g:vars]'?
[g:hosts]⏎a⏎[h]⏎b  =>  1:4+5 bad-section unknown kind of section 'hosts'; write [g]
[g⏎[h]⏎a  =>  1:1+2 bad-section not a section head: expected [GROUP], [GROUP:children] or [GROUP:vars]
[my group]⏎a⏎[h]⏎b  =>  1:2+8 bad-group-name 'my group' cannot be the name of a group: " " is not allowed
a b  =>  1:3+1 not-a-variable expected name=value, found 'b'; write one host, or one node set such as crane[02-04], on each line
a x = 1  =>  1:3+1 not-a-variable expected name=value, found 'x'; remove the blanks around =
[g]⏎x=1  =>  2:1+3 no-host a host must come before its variables; put variables of the group into a section [g:vars]
[g]⏎a:  =>  2:2+1 bad-host the port is missing after the colon; remove the colon, or rename a YAML inventory to NAME.yml
a:ssh  =>  1:3+3 bad-host 'ssh' is not a port number (1 to 65535)
a:70000  =>  1:3+5 bad-host '70000' is not a port number (1 to 65535)
[g]⏎---⏎a  =>  2:1+3 ini-yaml --- begins YAML, and this is an INI inventory; rename the file to NAME.yml
[g]⏎  a[4-2]  =>  2:5+3 bad-host the range '4-2' runs backwards
a[1:]  =>  1:3+2 bad-host the range '1:' has no end
a[1:2  =>  1:2+4 bad-host this bracket is never closed
-oProxyCommand=x  =>  1:1+16 bad-host a host's name cannot begin with -: '-oProxyCommand=x'
a/b  =>  1:1+3 bad-host "/" cannot be in the name of a host: "a/b"
a␇  =>  1:1+2 bad-host "\u0007" cannot be in the name of a host: "a\u0007"
root@a  =>  1:1+6 bad-host "@" cannot be in the name of a host: "root@a"; name the host a, and set its ansible_user to root
a x="b  =>  1:5+2 ini-quote this quote is never closed
a⏎[g:children]⏎h i⏎[h]⏎[i]  =>  3:3+1 bad-child only one group is allowed on each line
a⏎[g:children]⏎h x=1⏎[h]  =>  3:3+3 bad-child only one group is allowed on each line; put variables into a section [h:vars]
a⏎[all:vars]⏎foo  =>  3:1+3 not-a-variable expected name=value
a⏎[all:vars]⏎foo: 1  =>  3:1+6 not-a-variable expected name=value; write name=value: INI has no colon form
a⏎[all:vars]⏎x=foo # c  =>  3:3+7 ini-comment cannot decide whether # begins a comment or belongs to the value; quote the value, or put the comment on its own line
a x="['b']"⏎[all:vars]⏎x=['b']  =>  3:3+5 ini-literal the value of 'x' looks like a Python list or map, and is not JSON; write it as JSON, or as YAML in group_vars/ or host_vars/
a ansible_hosts=b  =>  1:3+13 unknown-ansible-variable unknown variable 'ansible_hosts'; did you mean 'ansible_host'?
a ansible_port=abc  =>  1:16+3 wrong-type 'ansible_port' must be a port number (1 to 65535)
a ansible_become=maybe  =>  1:18+5 wrong-type 'ansible_become' must be true or false
a ansible_connection=openshs  =>  1:22+7 unknown-connection 'ansible_connection' must be one of auto, ssh, smart, ssh2, openssh, local; did you mean 'openssh'?
a ansible_become_method=su  =>  1:25+2 unknown-become-method 'ansible_become_method' must be sudo, the only supported method
a ansible_user="{{ me }}"  =>  1:16+10 expression-in-connection 'ansible_user' is a connection variable, where expressions are not evaluated; write the value instead of the expression
a ansible_host=-oX  =>  1:16+3 wrong-type 'ansible_host' must not begin with -
a ansible_host="b c"  =>  1:16+5 wrong-type 'ansible_host' contains an invalid character: " "
a ansible_user="r$(id)"  =>  1:16+8 wrong-type 'ansible_user' contains an invalid character: "$"
a ansible_user="a@b;c"  =>  1:16+7 wrong-type 'ansible_user' contains an invalid character: ";"
a ansible_user=  =>  1:15+1 wrong-type 'ansible_user' is empty
a my-var=1  =>  1:3+6 bad-variable-name 'my-var' cannot be the name of a variable: letters, digits and _ only, not beginning with a digit; use 'my_var'
`),
  )('%s', (text, expected) => {
    expect(shown(load(text))).toBe(expected)
    expect(untrueHints(text, diagnosticsOf(load(text)), (edited) => diagnosticsOf(load(edited)))).toEqual([])
  })

  test('a cycle is shown as the way around', () => {
    const [cycle] = diagnosticsOf(load('a\n[b:children]\nc\n[c:children]\nd\n[d:children]\nb'))
    expect(cycle?.message).toBe("the group 'b' contains itself: b > c > d > b")
  })

  test('hosts with the same mistake are folded into one message', () => {
    const found = diagnosticsOf(load('[g]\na[1-9]\na[2-5]'))
    expect(found.map(({ message }) => message)).toEqual(['a[2-5] is listed twice in the group g'])
  })

  test('all mistakes come at once', () => {
    const found = diagnosticsOf(load('[g]\na b\na[2-1]\n[h:vars]\nx\n[i:oops]\nignored here\n[j:children]\nk'))
    expect(found.map(codeOf).sort()).toEqual([
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

test('a decimal keeps its digits inside a string and is a number elsewhere', () => {
  const { vars } = valueOf(load('a ver=2.0 price=1.10 plain=1.5 big=1e3\n[all:vars]\nrel=3.0 # c')).hosts.get('a')!
  expect(Object.values(vars).map(String)).toEqual(['3.0', '2.0', '1.10', '1.5', '1e3'])
  expect(JSON.stringify(vars)).toBe('{"rel":3,"ver":2,"price":1.1,"plain":1.5,"big":"1e3"}')
})
