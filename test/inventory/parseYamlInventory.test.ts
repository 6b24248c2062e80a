// YAML inventories: what they give, and each mistake with the text it underlines.
import { describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { untrueHints } from '../text/applyHint.ts'
import { memoryFiles } from './memoryFiles.ts'
import { cases, diagnosticsOf, codeOf, valueOf, shown } from './shown.ts'

const load = (text: string, name = 'hosts.yml') =>
  loadInventory({ sources: [name], files: memoryFiles({ [name]: text }) })

const whole = `all:
  vars:
    site: north
  hosts:
    login:
      ansible_host: 10.77.0.9
  children:
    crane:
      children:
        control:
          hosts:
            crane01:
        compute:
          hosts:
            crane[02-04]:
              ansible_port: 2222
          vars:
            site: south
`

describe('parseYamlInventory', () => {
  test('groups, hosts and variables, nested', () => {
    const { groups, hosts, origin } = valueOf(load(whole))
    expect([...hosts.keys()]).toEqual(['login', 'crane01', 'crane02', 'crane03', 'crane04'])
    expect(groups.get('crane')).toEqual({
      name: 'crane',
      hosts: ['crane01', 'crane02', 'crane03', 'crane04'],
      children: ['control', 'compute'],
    })
    expect(hosts.get('crane03')).toMatchObject({
      groups: ['compute', 'crane'],
      vars: { site: 'south', ansible_port: 2222 },
      connection: { port: 2222, address: 'crane03' },
    })
    expect(hosts.get('login')).toMatchObject({ groups: ['ungrouped'], connection: { address: '10.77.0.9' } })
    expect(origin('crane01', 'site')).toMatchObject({ file: 'hosts.yml', line: 3, column: 11, length: 5 })
    expect(origin('crane02', 'site')).toMatchObject({ line: 18 })
  })

  test.each([
    ['without all', 'g:\n  hosts:\n    a:', 'hosts.yaml'],
    ['as JSON', '{"g": {"hosts": {"a": null}}}', 'hosts.json'],
    ['known by its content', '# c\n\ng:\n  hosts:\n    a:', 'hosts'],
    ['known by its first line', '---\ng: {hosts: {a: }}', 'inventory'],
    ['one host as a text', 'g:\n  hosts: a', 'x.yml'],
    ['with a merge', 'h:\n  hosts: &h\n    a:\ng:\n  hosts:\n    <<: *h', 'x.yml'],
  ])('%s', (_case, text, name) => {
    expect(valueOf(load(text, name)).groups.get('g')?.hosts).toEqual(['a'])
  })

  test('an alias gives the same value, which stands where the anchor is', () => {
    const { hosts, origin } = valueOf(load('g:\n  vars:\n    x: &x [1, 2]\n    y: *x\n  hosts: {a: }'))
    expect(hosts.get('a')?.vars).toEqual({ x: [1, 2], y: [1, 2] })
    expect(origin('a', 'y')).toMatchObject({ line: 3, column: 11 })
  })

  test.each(
    cases(String.raw`
g:⏎→hosts:  =>  2:1+1 tab-indentation YAML is indented with spaces; this line starts with a tab; replace the tab with spaces
g:⏎  hosts:⏎    a:⏎    b:⏎    a:  =>  5:5+1 duplicate-key 'a' is set twice in one map; keep one of the two: the first is on line 3
g:⏎  hosts: {a: }⏎g:⏎  vars: {}  =>  3:1+1 duplicate-key 'g' is set twice in one map; keep one of the two: the first is on line 1
g: {vars: {x: "y}}  =>  1:19+1 yaml-syntax this is not YAML: missing closing "quote; close the quotes
g: {hosts: a}⏎---⏎h:  =>  2:1+3 yaml-syntax the file contains more than one YAML document; remove the '---' between them, or put each document in its own file
- hosts: all⏎  tasks: []  =>  1:1+12 bad-inventory an inventory must be a map of groups, not a list; begin with 'all:' or another group; a list is a playbook
crane01  =>  1:1+7 bad-inventory an inventory must be a map of groups, not the string 'crane01'
g:⏎  host: {a: }⏎  hosts: {a: }  =>  2:3+4 unknown-key unknown key 'host' in a group: expected hosts, children, vars; did you mean 'hosts'?
g:⏎  compute:⏎    hosts: {a: }⏎h: {hosts: b}  =>  2:3+7 unknown-key unknown key 'compute' in a group: expected hosts, children, vars; put groups inside 'g' under 'children' and variables under 'vars'
g:⏎  hosts:⏎    - a⏎h: {hosts: b}  =>  3:5+3 wrong-type 'hosts' must be a map, not a list; write each name as a key: a colon after it, no dash before it
g:⏎  hosts: a⏎  vars: [x]  =>  3:9+3 wrong-type 'vars' must be a map, not a list; write each name as a key: a colon after it, no dash before it
g:⏎  hosts:⏎    a: x  =>  3:8+1 wrong-type the host a must be a map, not the string 'x'
g:⏎  hosts:⏎    "a[3-1]":⏎    b:  =>  3:8+3 bad-host the range '3-1' runs backwards
g:⏎  hosts:⏎    a[1-3]:⏎    a2:  =>  4:5+2 duplicate-host a2 is listed twice in the group g; keep one of them: the first is at hosts.yml:3
g:⏎  hosts: {a: {x: 1}}⏎h:⏎  hosts: {a: {x: 2}}  =>  4:18+1 conflicting-host-variable 'x' of a is set twice, to different values; keep one of them: the first is at hosts.yml:2
g:⏎  children:⏎    h:⏎h:⏎  children:⏎    g:⏎  hosts: a  =>  6:5+1 group-cycle the group 'g' contains itself: g > h > g
g:⏎  hosts: a⏎  vars:⏎    x: !vault |⏎      $ANSIBLE_VAULT;1.1  =>  4:8+6 vault-unsupported values encrypted with Ansible Vault are not supported yet; give the secret at run time, for example with -e @FILE, and keep that file out of the repository
$ANSIBLE_VAULT;1.1;AES256⏎6162  =>  1:1+14 vault-unsupported values encrypted with Ansible Vault are not supported yet; give the secret at run time, for example with -e @FILE, and keep that file out of the repository
g:⏎  hosts: a⏎  vars:⏎    x: !secret y  =>  4:8+7 unknown-tag unknown YAML tag !secret; remove the tag
g:⏎  hosts: a⏎  vars:⏎    x: *y  =>  4:8+2 unknown-anchor no anchor 'y' above this line
plugin: {hosts: {a: }}⏎g:⏎  hosts: a⏎  vars: [x]  =>  4:9+3 wrong-type 'vars' must be a map, not a list; write each name as a key: a colon after it, no dash before it
g:⏎  hosts: {a: {ansible_user: 1000}}  =>  2:29+4 wrong-type 'ansible_user' must be a string; put the value in quotes
g:⏎  hosts: {a: {ansible_port: 0}}  =>  2:29+1 wrong-type 'ansible_port' must be a port number (1 to 65535)
`),
  )('%s', (text, expected) => {
    expect(shown(load(text))).toBe(expected)
    expect(untrueHints(text, diagnosticsOf(load(text)), (edited) => diagnosticsOf(load(edited)))).toEqual([])
  })

  test('the configuration of a plug-in names what does it here', () => {
    expect(shown(load('plugin: amazon.aws.aws_ec2\nregions: [a]'))).toBe(
      "1:9+18 inventory-plugin inventory plug-ins are not supported: 'amazon.aws.aws_ec2'; with -i name a program that prints the hosts as JSON, such as a script with `exec ansible-inventory -i FILE --list`",
    )
  })

  test('a small text of aliases cannot stand for billions of values', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `    l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`)}]`)
    const result = load(`g:\n  hosts: a\n  vars:\n    l0: &l0 [1]\n${levels.join('\n')}`)
    expect(diagnosticsOf(result).map(({ code }) => code)).toEqual(['too-many-aliases'])
  })

  test('yes and no are texts, with a warning; for ansible_become they are truths', () => {
    const result = load("g:\n  hosts: a\n  vars:\n    x: yes\n    y: 'no'\n    z: true\n    ansible_become: yes")
    expect(diagnosticsOf(result).map(codeOf)).toEqual(['~hosts.yml:4:8+3 yaml-yes-no'])
    const host = valueOf(result).hosts.get('a')
    expect(host?.vars).toMatchObject({ x: 'yes', y: 'no', z: true })
    expect(host?.connection.become).toEqual({ enabled: true, user: 'root' })
  })
})
