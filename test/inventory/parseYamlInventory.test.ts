// YAML inventories: what they give, and each mistake with the text it underlines.
import { describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from './memoryFiles.ts'
import { diagnosticsOf, tell, underlined, valueOf } from './tell.ts'

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

  test.each([
    ['a tab', 'g:\n\thosts:', 'tab-indentation', '\t', 'spaces'],
    ['a key twice', 'g:\n  hosts:\n    a:\n    b:\n    a:', 'duplicate-key', 'a', 'the first is on line 3'],
    ['a group twice', 'g:\n  hosts: {a: }\ng:\n  vars: {}', 'duplicate-key', 'g', 'the first is on line 1'],
    ['a quote that does not close', 'g: {vars: {x: "y}}', 'yaml-syntax', undefined, 'close the quotes'],
    ['a second document', 'g: {hosts: a}\n---\nh:', 'yaml-syntax', '---', 'in its own file'],
    ['a playbook', '- hosts: all\n  tasks: []', 'bad-inventory', '- hosts: all', 'playbook'],
    ['a text', 'crane01', 'bad-inventory', 'crane01', undefined],
    ['an unknown part', 'g:\n  host: {a: }\n  hosts: {a: }', 'unknown-key', 'host', "did you mean 'hosts'?"],
    [
      'a group where none can be',
      'g:\n  compute:\n    hosts: {a: }\nh: {hosts: b}',
      'unknown-key',
      'compute',
      "'children'",
    ],
    ['hosts as a list', 'g:\n  hosts:\n    - a\nh: {hosts: b}', 'wrong-type', '- a', 'as a key'],
    ['variables as a list', 'g:\n  hosts: a\n  vars: [x]', 'wrong-type', '[x]', 'as a key'],
    ['variables of a host as a text', 'g:\n  hosts:\n    a: x', 'wrong-type', 'x', undefined],
    ['a bad range in a quoted key', 'g:\n  hosts:\n    "a[3-1]":\n    b:', 'bad-host', '3-1', undefined],
    ['a host in a range and alone', 'g:\n  hosts:\n    a[1-3]:\n    a2:', 'duplicate-host', 'a2', 'hosts.yml:3'],
    [
      'a host torn between groups',
      'g:\n  hosts: {a: {x: 1}}\nh:\n  hosts: {a: {x: 2}}',
      'conflicting-host-variable',
      '2',
      'hosts.yml:2',
    ],
    ['a cycle', 'g:\n  children:\n    h:\nh:\n  children:\n    g:\n  hosts: a', 'group-cycle', 'g', undefined],
    [
      'a vault',
      'g:\n  hosts: a\n  vars:\n    x: !vault |\n      $ANSIBLE_VAULT;1.1',
      'vault-unsupported',
      '!vault',
      '-e @FILE',
    ],
    ['a file that is a vault', '$ANSIBLE_VAULT;1.1;AES256\n6162', 'vault-unsupported', '$ANSIBLE_VAULT', '-e @FILE'],
    ['an unknown tag', 'g:\n  hosts: a\n  vars:\n    x: !secret y', 'unknown-tag', '!secret', 'remove the tag'],
    ['an alias without its anchor', 'g:\n  hosts: a\n  vars:\n    x: *y', 'unknown-anchor', '*y', undefined],
    ['a number as the user', 'g:\n  hosts: {a: {ansible_user: 1000}}', 'wrong-type', '1000', 'quotes'],
    ['a port that is none', 'g:\n  hosts: {a: {ansible_port: 0}}', 'wrong-type', '0', undefined],
  ] as const)('%s is a mistake', (_case, text, code, marked, hint) => {
    const result = load(text)
    expect(result.ok).toBe(false)
    const [first, ...others] = diagnosticsOf(result)
    expect(others.map(tell)).toEqual([])
    expect(first).toMatchObject({ severity: 'error', code })
    if (marked !== undefined) expect(first && underlined(first)).toBe(marked)
    if (hint === undefined) expect(first?.hint).toBeUndefined()
    else expect(first?.hint).toContain(hint)
  })

  test('a small text of aliases cannot stand for billions of values', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `    l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`)}]`)
    const result = load(`g:\n  hosts: a\n  vars:\n    l0: &l0 [1]\n${levels.join('\n')}`)
    expect(diagnosticsOf(result).map(({ code }) => code)).toEqual(['too-many-aliases'])
  })

  test('yes and no are texts, with a warning; for ansible_become they are truths', () => {
    const result = load("g:\n  hosts: a\n  vars:\n    x: yes\n    y: 'no'\n    z: true\n    ansible_become: yes")
    expect(diagnosticsOf(result).map(tell)).toEqual(['~hosts.yml:4:8+3 yaml-yes-no'])
    const host = valueOf(result).hosts.get('a')
    expect(host?.vars).toMatchObject({ x: 'yes', y: 'no', z: true })
    expect(host?.connection.become).toEqual({ enabled: true, user: 'root' })
  })
})
