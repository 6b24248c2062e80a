// What an inventory is gathered from: sources, variables in files, connections, programs; and what wins or is refused.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { memoryFiles } from './memoryFiles.ts'
import { diagnosticsOf, codeOf, valueOf } from './shown.ts'

type Files = Readonly<Record<string, string>>
const load = (files: Files, sources = ['hosts'], playbookDirs: string[] = [], modes = {}) =>
  loadInventory({ sources, playbookDirs, files: memoryFiles(files, modes), home: '/home/me' })

describe('sources', () => {
  test.each([
    ['a list', ['crane01,crane[02-04]'], {}, 'crane01 crane02 crane03 crane04'],
    ['a list of one', ['crane01,'], {}, 'crane01'],
    ['a file with a comma in its path', ['one,two/hosts'], { 'one,two/hosts': 'a' }, 'a'],
    ['a directory with brackets', ['rack[1]'], { 'rack[1]/hosts': 'a' }, 'a'],
    ['a node set that is not a file', ['crane[02:04]'], {}, 'crane02 crane03 crane04'],
    ['a node set with a comma inside', ['crane[02,04]'], {}, 'crane02 crane04'],
    ['several, in their order', ['b,', 'hosts', 'a,'], { hosts: 'c' }, 'b c a'],
    ['a host in two of them', ['a,b', 'hosts'], { hosts: 'b\nc' }, 'a b c'],
    ['a directory, sorted', ['inv'], { 'inv/20': 'b', 'inv/10.yml': 'g: {hosts: a}', 'inv/30.ini': 'c' }, 'a b c'],
    [
      'what lies about in a directory',
      ['inv'],
      {
        'inv/a': 'a',
        'inv/.b': 'b',
        'inv/c~': 'c',
        'inv/README.md': 'd',
        'inv/e.bak': 'e',
        'inv/group_vars/all.yml': 'x: 1',
      },
      'a',
    ],
  ] as const)('%s', (_case, sources, files, hosts) => {
    expect([...valueOf(load(files, [...sources])).hosts.keys()].join(' ')).toBe(hosts)
  })

  test('a later source overrides an earlier one', () => {
    const files = { one: '[g]\na x=1 y=1\n[g:vars]\nz=1\nv=1', two: '[g]\na x=2\n[g:vars]\nz=2' }
    const { hosts, origin } = valueOf(load(files, ['one', 'two']))
    expect(hosts.get('a')?.vars).toEqual({ x: 2, y: 1, z: 2, v: 1 })
    expect(origin('a', 'z')).toMatchObject({ file: 'two', line: 4 })
    expect(origin('a', 'y')).toMatchObject({ file: 'one', line: 2 })
  })

  test('a group of one source may be named in another', () => {
    const { groups } = valueOf(load({ one: '[top:children]\ng', two: '[g]\na' }, ['one', 'two']))
    expect(groups.get('top')?.hosts).toEqual(['a'])
  })

  test.each([
    ['no source', [], {}, ['no-inventory']],
    ['a file that is not there', ['hosts'], {}, ['no-such-inventory']],
    ['a file without hosts', ['hosts'], { hosts: '# none\n[g]\n' }, ['no-hosts']],
    ['an empty file', ['hosts'], { hosts: '' }, ['no-hosts']],
    ['a list that is broken', ['a,b[2-1],c'], {}, ['-i:1:5+3 bad-host']],
    ['a name that passes for an option', ['a,-oX'], {}, ['-i:1:3+3 bad-host']],
    ['bytes', ['hosts'], { hosts: 'a\0' }, ['not-text']],
    [
      'all of them together',
      ['nowhere', 'hosts', 'b[', 'a,'],
      { hosts: '[g:nope]' },
      ['no-such-inventory', 'hosts:1:4+4 bad-section', '-i:1:2+1 bad-host'],
    ],
  ] as const)('%s is a mistake', (_case, sources, files, expected) => {
    const result = load(files, [...sources])
    expect(result.ok).toBe(false)
    expect(diagnosticsOf(result).map(codeOf)).toEqual(expected)
  })

  test('a single word that is no file gets the comma as a hint', () => {
    expect(diagnosticsOf(load({}, ['crane01']))[0]?.hint).toContain('-i crane01,')
  })

  test.each([
    ['inv', { 'inv/hosts': 'a' }, ['inv/host'], "did you mean 'inv/hosts'?"],
    ['.', { hosts: 'a', 'group_vars/low.yml': 'x: 1', 'host_vars/a.yml': 'x: 1' }, ['host'], "did you mean 'hosts'?"],
  ])(
    'a misspelt file in %s gets the one beside it as a hint, and what follows from it is not said',
    (_in, files, sources, hint) => {
      expect(diagnosticsOf(load(files, sources)).map((one) => [codeOf(one), one.hint])).toEqual([
        ['no-such-inventory', hint],
      ])
    },
  )

  test('directories inside an inventory directory are not read in silence', () => {
    const result = load({ 'inv/a': 'a', 'inv/more/b': 'b' }, ['inv'])
    expect(diagnosticsOf(result).map(codeOf)).toEqual(['~directory-skipped'])
  })
})

describe('group_vars and host_vars', () => {
  const hosts = '[low]\na\nb\n[mid:children]\nlow\n[low:vars]\nx=file\n[all:vars]\nx=file-all'
  test.each([
    ['the file, deeper group', {}, 'file'],
    ['group_vars/all of the inventory', { 'group_vars/all.yml': 'x: inv-all' }, 'inv-all'],
    [
      'group_vars/all of the playbook',
      { 'group_vars/all.yml': 'x: inv-all', 'play/group_vars/all.yml': 'x: play-all' },
      'play-all',
    ],
    [
      'a group of the inventory before all of the playbook',
      { 'group_vars/mid.yml': 'x: inv-mid', 'play/group_vars/all.yml': 'x: play-all' },
      'inv-mid',
    ],
    ['a deeper group', { 'group_vars/mid.yml': 'x: inv-mid', 'group_vars/low.yml': 'x: inv-low' }, 'inv-low'],
    [
      'a group of the playbook',
      { 'group_vars/low.yml': 'x: inv-low', 'play/group_vars/mid.yml': 'x: play-mid' },
      'play-mid',
    ],
    [
      'host_vars of the inventory',
      { 'host_vars/a.yml': 'x: inv-a', 'play/group_vars/low.yml': 'x: play-low' },
      'inv-a',
    ],
    ['host_vars of the playbook', { 'host_vars/a.yml': 'x: inv-a', 'play/host_vars/a.yml': 'x: play-a' }, 'play-a'],
    ['a file without an ending', { 'group_vars/low': 'x: bare' }, 'bare'],
    ['JSON', { 'group_vars/low.json': '{"x": "json"}' }, 'json'],
    ['.yaml', { 'group_vars/low.yaml': 'x: yaml' }, 'yaml'],
    [
      'a directory, sorted, and directories in it',
      {
        'group_vars/low/b.yml': 'x: b',
        'group_vars/low/a.yml': 'x: a',
        'group_vars/low/c/d.yml': 'x: d',
        'group_vars/low/.z.yml': 'x: z',
      },
      'd',
    ],
    ['an empty file sets nothing', { 'group_vars/low.yml': '# nothing yet\n' }, 'file'],
  ] as const)('%s', (_case, files, x) => {
    const result = load({ hosts, ...files }, ['hosts'], ['play'])
    expect(valueOf(result).hosts.get('a')?.vars.x).toBe(x)
    expect(diagnosticsOf(result)).toEqual([])
  })

  test('a variable on the host line is stronger than any group', () => {
    const { hosts: all } = valueOf(load({ hosts: '[g]\na x=line\nb', 'group_vars/g.yml': 'x: group' }))
    expect([all.get('a')?.vars.x, all.get('b')?.vars.x]).toEqual(['line', 'group'])
  })

  test('beside a directory of inventories, in the directory', () => {
    const files = { 'inv/hosts': '[g]\na', 'inv/group_vars/g.yml': 'x: 1', 'inv/host_vars/a.yml': 'y: {z: 2}' }
    expect(valueOf(load(files, ['inv'])).hosts.get('a')?.vars).toEqual({ x: 1, y: { z: 2 } })
  })

  test('of several inventories the later wins, and a directory is read once', () => {
    const files = {
      'a/hosts': '[g]\nh',
      'b/hosts': '[g]\nh',
      'a/group_vars/g.yml': 'x: a\ny: a',
      'b/group_vars/g.yml': 'x: b',
    }
    expect(valueOf(load(files, ['a/hosts', 'b/hosts'])).hosts.get('h')?.vars).toEqual({ x: 'b', y: 'a' })
    expect(valueOf(load(files, ['a/hosts', 'b/hosts'], ['a'])).hosts.get('h')?.vars).toEqual({ x: 'a', y: 'a' })
  })

  test('a map is replaced as a whole', () => {
    const files = { hosts: '[g]\na', 'group_vars/all.yml': 'm: {a: 1, b: 1}', 'group_vars/g.yml': 'm: {b: 2}' }
    expect(valueOf(load(files)).hosts.get('a')?.vars).toEqual({ m: { b: 2 } })
  })

  test('hosts with nothing of their own share one frozen object', () => {
    const { hosts: all } = valueOf(load({ hosts: '[g]\na[1-3]\nb x=1', 'group_vars/g.yml': 'y: 1' }))
    expect(all.get('a1')?.vars).toBe(all.get('a3')?.vars)
    expect(Object.isFrozen(all.get('a1')?.vars)).toBe(true)
    expect(all.get('b')?.vars).toEqual({ x: 1, y: 1 })
  })

  test('a key called __proto__ is a key', () => {
    const { hosts: all } = valueOf(load({ hosts: 'a', 'group_vars/all.yml': 'm: {__proto__: {x: 1}}' }))
    expect(Object.keys(all.get('a')?.vars.m as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  test.each([
    ['a list', { 'group_vars/all.yml': '- x' }, ['group_vars/all.yml:1:1+3 wrong-type']],
    ['a name of a variable', { 'group_vars/all.yml': 'a-b: 1' }, ['group_vars/all.yml:1:1+3 bad-variable-name']],
    ['broken YAML', { 'host_vars/a.yml': 'x: "1' }, ['host_vars/a.yml:1:6+1 yaml-syntax']],
    ['a key twice', { 'host_vars/a.yml': 'x: 1\nx: 1' }, ['host_vars/a.yml:2:1+1 duplicate-key']],
    ['a wrong type', { 'group_vars/g.yml': 'ansible_port: abc' }, ['group_vars/g.yml:1:15+3 wrong-type']],
    ['a misspelt group', { 'group_vars/grup.yml': 'x: 1' }, ['~unknown-group']],
    ['hosts that are not there', { 'host_vars/a1.yml': 'x: 1', 'host_vars/a2.yml': 'x: 1' }, ['~unknown-host']],
    ['two files for one group', { 'group_vars/g.yml': 'x: 1', 'group_vars/g.json': '{}' }, ['~shadowed-file']],
  ] as const)('%s is reported', (_case, files, expected) => {
    expect(diagnosticsOf(load({ hosts: '[g]\na\n[group]', ...files })).map(codeOf)).toEqual(expected)
  })

  test('the strangers are named', () => {
    const files = {
      hosts: '[compute]\na',
      'group_vars/comptue.yml': 'x: 1',
      'host_vars/b1.yml': '',
      'host_vars/b2.yml': '',
    }
    const [group, host] = diagnosticsOf(load(files))
    expect(group).toMatchObject({ hint: "did you mean 'compute'?" })
    expect(group?.message).toContain('group_vars/comptue.yml')
    expect(host?.message).toContain('b[1-2]')
  })
})

describe('groups that disagree', () => {
  const hosts = '[g]\na[1-3]\n[h]\na[2-4]'
  const torn = { hosts, 'group_vars/g.yml': 'x: 1', 'group_vars/h.yml': 'x: 2' }

  test('unrelated ones are a mistake that names both places and the hosts', () => {
    const result = load(torn)
    expect(diagnosticsOf(result).map(codeOf)).toEqual(['group_vars/h.yml:1:1+1 conflicting-groups'])
    const [found] = diagnosticsOf(result)
    expect(found?.message).toBe(
      "'x' of a[2-3] gets different values from the group g (group_vars/g.yml:1) and the group h (group_vars/h.yml:1)",
    )
    expect(found?.hint).toContain('ansible_group_priority')
  })

  test('in the inventory file too', () => {
    const result = load({ hosts: `${hosts}\n[g:vars]\nx=1\n[h:vars]\nx=2` })
    expect(diagnosticsOf(result).map(codeOf)).toEqual(['hosts:8:1+1 conflicting-groups'])
  })

  test.each([
    ['the same value', { ...torn, 'group_vars/h.yml': 'x: 1' }, 1],
    ['a priority in group_vars', { ...torn, 'group_vars/g.yml': 'x: 1\nansible_group_priority: 2' }, 1],
    ['a priority in the file', { ...torn, hosts: `${hosts}\n[g:vars]\nansible_group_priority=2` }, 1],
    ['a lower priority', { ...torn, 'group_vars/h.yml': 'x: 2\nansible_group_priority: 0' }, 1],
    ['a word of the host', { ...torn, 'host_vars/a2.yml': 'x: 3', 'host_vars/a3.yml': 'x: 3' }, 3],
    ['one inside the other', { ...torn, hosts: `[g]\na[1-3]\n[h]\na[2-4]\n[g:children]\nh` }, 2],
    ['one deeper than the other', { ...torn, hosts: `${hosts}\n[top:children]\nh` }, 2],
    [
      'a stronger place',
      { ...torn, hosts: `${hosts}\n[k]\na[1-4]\n[g:children]\nk\n[h:children]\nk`, 'group_vars/k.yml': 'x: 4' },
      4,
    ],
  ] as const)('%s settles it', (_case, files, x) => {
    const { vars } = valueOf(load(files)).hosts.get('a2')!
    expect(vars.x).toBe(x)
    expect(vars).not.toHaveProperty('ansible_group_priority')
  })

  test('no name decides: the order of the groups changes nothing', () => {
    const other = { ...torn, hosts: '[h]\na[2-4]\n[g]\na[1-3]' }
    expect(diagnosticsOf(load(other)).map(({ code }) => code)).toEqual(['conflicting-groups'])
  })
})

describe('how a host is reached', () => {
  test.each([
    ['nothing said', 'a', { transport: 'auto', address: 'a', become: { enabled: false, user: 'root' } }],
    [
      'the usual',
      'a ansible_host=10.0.0.1 ansible_port=22 ansible_user=me',
      { address: '10.0.0.1', port: 22, user: 'me' },
    ],
    ['a port behind the name', 'a:2222', { port: 2222, address: 'a' }],
    ['an address with a port', '[fe80::1]:2222', { port: 2222, address: 'fe80::1' }],
    [
      'old names',
      'a ansible_ssh_host=b ansible_ssh_port=23 ansible_ssh_user=me ansible_ssh_pass=p',
      { address: 'b', port: 23, user: 'me', password: 'p' },
    ],
    ['local', 'a ansible_connection=local', { transport: 'local' }],
    ['ssh', 'a ansible_connection=ssh', { transport: 'auto' }],
    ['a collection', 'a ansible_connection=ansible.builtin.local', { transport: 'local' }],
    ['openssh', 'a ansible_connection=openssh', { transport: 'openssh' }],
    [
      'become',
      'a ansible_become=yes ansible_become_user=crane ansible_become_password=p ansible_become_method=sudo',
      { become: { enabled: true, user: 'crane' }, becomePassword: 'p' },
    ],
    ['a key beside the inventory', 'a ansible_ssh_private_key_file=keys/id', { privateKeyFile: 'inv/keys/id' }],
    ['a key at home', 'a ansible_ssh_private_key_file=~/.ssh/id', { privateKeyFile: '/home/me/.ssh/id' }],
    ['a key somewhere', 'a ansible_private_key_file=/etc/id', { privateKeyFile: '/etc/id' }],
  ])('%s', (_case, text, expected) => {
    const [host] = valueOf(load({ 'inv/hosts': text }, ['inv/hosts'])).hosts.values()
    expect(host?.connection).toMatchObject(expected)
  })

  test('a key named in group_vars lies beside the inventory too', () => {
    const files = { 'inv/hosts': 'a', 'inv/group_vars/all.yml': 'ansible_ssh_private_key_file: id' }
    expect(valueOf(load(files, ['inv/hosts'])).hosts.get('a')?.connection.privateKeyFile).toBe('inv/id')
  })
})

describe('what somebody else could have written is not read', () => {
  const files = { 'inv/hosts': '[g]\na', 'inv/group_vars/g/x.yml': 'x: 1' }
  const mates = { inv: 7, 'inv/hosts': 7, 'inv/group_vars': 7, 'inv/group_vars/g': 7, 'inv/group_vars/g/x.yml': 7 }
  test.each([
    ['the directory of the inventory', { inv: 0o777 }, {}, 'nothing is read from inv: everybody can write to it'],
    ['the inventory', { 'inv/hosts': 0o666 }, {}, 'inv/hosts is not read: everybody can write to it'],
    ['group_vars', { 'inv/group_vars': 0o777 }, {}, 'nothing is read from inv/group_vars: everybody'],
    ['a directory in it', { 'inv/group_vars/g': 0o777 }, {}, 'nothing is read from inv/group_vars/g: everybody'],
    ['a file in it', { 'inv/group_vars/g/x.yml': 0o646 }, {}, 'inv/group_vars/g/x.yml is not read: everybody'],
    ['a directory above', { '.': 0o777 }, {}, 'nothing is read from .: everybody'],
    [
      "another's file in a sticky one",
      { inv: 0o1777 },
      { 'inv/hosts': 7 },
      'inv/hosts is not read: it belongs to another',
    ],
    ["another's group_vars there", { inv: 0o1777 }, { 'inv/group_vars': 7 }, 'inv/group_vars is not read: it belongs'],
    [
      'a file that cannot be read',
      { 'inv/group_vars/g/x.yml': 0 },
      {},
      'cannot read inv/group_vars/g/x.yml: permission',
    ],
    ['an inventory that cannot be read', { 'inv/hosts': 0 }, {}, 'cannot read inv/hosts: permission denied'],
  ])('%s', (_case, modes, owners, message) => {
    const result = loadInventory({ sources: ['inv/hosts'], files: memoryFiles(files, modes, owners) })
    expect(result.ok).toBe(false)
    const errors = diagnosticsOf(result).filter(({ severity }) => severity === 'error')
    expect([...new Set(errors.map((each) => each.message))]).toEqual([expect.stringContaining(message)])
    expect(errors[0]?.code === 'untrusted-file' ? errors[0].hint : 'check it').toContain('check it')
  })

  test.each([
    ['a sticky directory with files of mine', { inv: 0o1777 }, {}],
    ["a colleague's directory that is named", { inv: 0o775 }, mates],
    ["root's files", { inv: 0o1777 }, { 'inv/hosts': 0, 'inv/group_vars': 0 }],
  ])('%s is fine', (_case, modes, owners) => {
    const result = loadInventory({ sources: ['inv/hosts'], files: memoryFiles(files, modes, owners) })
    expect(valueOf(result).hosts.get('a')?.vars).toEqual({ x: 1 })
  })
})

describe('executables', () => {
  const directories: string[] = []
  const place = (name: string, text: string, mode: number): string => {
    const directory = mkdtempSync(join(tmpdir(), 'inventory-'))
    directories.push(directory)
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }
  afterEach(() => {
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
  })
  const printing = (json: unknown) =>
    `#!/bin/sh\n[ "$*" = --list ] || exit 9\ncat <<'END'\n${JSON.stringify(json)}\nEND\n`
  const output = {
    _meta: { hostvars: { a1: { x: 1, ansible_port: 22 }, alone: {} } },
    g: { hosts: ['a1', 'a2'], vars: { y: [2] }, children: ['h'] },
    h: ['a2', 'b'],
  }

  test('a named one is run, and what it prints is the inventory', () => {
    const { hosts, groups } = valueOf(loadInventory({ sources: [place('inv', printing(output), 0o755)] }))
    expect([...hosts.keys()]).toEqual(['a1', 'a2', 'b', 'alone'])
    expect(hosts.get('a1')).toMatchObject({ vars: { x: 1, y: [2] }, connection: { port: 22 }, groups: ['g'] })
    expect(groups.get('g')?.hosts).toEqual(['a1', 'a2', 'b'])
  })

  test.each([
    ['a mode bit alone', printing(output).replace(/^#!.*\n[^]*/, 'a\n'), 0o755, 'a'],
    ['the first line alone', '#!/bin/sh\na\n', 0o644, 'a'],
  ])('%s does not make a program', (_case, text, mode, host) => {
    expect([...valueOf(loadInventory({ sources: [place('inv', text, mode)] })).hosts.keys()]).toEqual([host])
  })

  test.each([
    [
      'in a directory',
      'inv/x',
      printing(output),
      0o755,
      'is executable, and an executable inventory runs only when -i names it',
    ],
    ['that everybody can write', 'x', printing(output), 0o757, 'everybody can write'],
    ['that fails', 'x', '#!/bin/sh\necho no database >&2\nexit 3\n', 0o755, 'status 3'],
    ['that hangs', 'x', '#!/bin/sh\nexec sleep 60\n', 0o755, 'did not finish within 0.2 s'],
    ['that prints a text', 'x', '#!/bin/sh\necho hello\n', 0o755, 'did not print JSON'],
    ['that prints a list', 'x', printing([]), 0o755, 'not a map of groups'],
    ['that prints no hostvars', 'x', printing({ g: ['a'] }), 0o755, '_meta.hostvars'],
    ['that prints a bad group', 'x', printing({ ...output, k: { hots: [] } }), 0o755, "'hots' of the group k"],
    ['that prints a name like an option', 'x', printing({ ...output, k: ['-oX'] }), 0o755, 'cannot begin with -'],
    ['that cannot be run', 'x', '#!/nonexistent/sh\n', 0o755, 'cannot be executed'],
  ])('one %s is a mistake', (_case, name, text, mode, message) => {
    const path = place(name, text, mode)
    const source = name === 'x' ? path : dirname(path)
    const result = loadInventory({ sources: [source], scriptDeadlineMs: text.includes('sleep') ? 200 : 20_000 })
    expect(result.ok).toBe(false)
    expect(diagnosticsOf(result).map((each) => each.message)).toEqual([expect.stringContaining(message)])
  })

  test('what a failing one wrote is the hint', () => {
    const path = place('x', '#!/bin/sh\necho no database >&2\nexit 3\n', 0o755)
    expect(diagnosticsOf(loadInventory({ sources: [path] }))[0]?.hint).toContain('no database')
  })
})

test('the example inventory of the product', () => {
  const result = loadInventory({ sources: ['inventory/hosts'] })
  const { groups, hosts } = valueOf(result)
  expect(diagnosticsOf(result)).toEqual([])
  expect(groups.get('control')?.hosts).toEqual(['crane01'])
  expect(groups.get('compute')?.hosts).toEqual(['crane02', 'crane03', 'crane04'])
  expect(groups.get('crane')?.hosts).toHaveLength(4)
  expect(hosts.get('crane04')?.connection.user).toBe('root')
})

test.each(['hosts', 'hosts.yml'])('any text as %s gives an inventory, or mistakes that point into it', (name) => {
  const pieces = [
    'a',
    'g',
    '[',
    ']',
    ':',
    '\n',
    '\n  ',
    '=',
    ' ',
    '1',
    '-',
    ',',
    '"',
    "'",
    '#',
    '{',
    '}',
    ':children]\n',
    ':vars]\n',
  ]
  const yaml = ['hosts:', 'all:', 'children:', 'vars:', '&x ', '*x', '<<: ', '!vault ', '\t', '? ', '| ']
  const text = fc.array(fc.constantFrom(...pieces, ...(name === 'hosts' ? [] : yaml)), { maxLength: 25 })
  fc.assert(
    fc.property(text, (parts) => {
      const whole = parts.join('')
      const result = loadInventory({ sources: [name], files: memoryFiles({ [name]: whole }) })
      if (result.ok) expect(result.value.hosts.size).toBeGreaterThan(0)
      else expect(result.diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
      for (const { at } of diagnosticsOf(result)) {
        if (!at) continue
        const line = whole.split(/\r?\n/)[at.line - 1]
        expect(line).toBe(at.text)
        expect(at.length).toBeGreaterThanOrEqual(1)
        expect(at.column - 1 + at.length).toBeLessThanOrEqual(Math.max(at.column, at.text.length))
      }
    }),
    { numRuns: 3000 },
  )
})

test('10,000 hosts with lines and variables of their own', () => {
  const lines = Array.from({ length: 10_000 }, (_, i) => `n${i} rack=${i % 40} ansible_host=10.${i >> 8}.${i & 255}.1`)
  const files = { hosts: `[compute]\n${lines.join('\n')}\n[crane:children]\ncompute`, 'group_vars/crane.yml': 'x: 1' }
  const { hosts, origin } = valueOf(load(files))
  expect(hosts.size).toBe(10_000)
  expect(hosts.get('n9999')).toMatchObject({ vars: { rack: 39, x: 1 }, connection: { address: '10.39.15.1' } })
  expect(origin('n9999', 'rack')).toMatchObject({ line: 10_001, column: 12 })
})
