// Every fact: what it makes of a host's answers, and that its script answers here in the shells that hosts have.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UNKNOWN } from '../../src/model/computed.ts'
import type { Json } from '../../src/model/inventory.ts'
import { loadFacts } from '../../src/run/loadFacts.ts'
import type { FactType } from '../../src/task/defineFact.ts'
import { GarbledAnswer } from '../../src/task/probes/probe.ts'

const facts = await loadFacts()
const factOf = (name: string): FactType => {
  const fact = facts.get(name)
  if (!fact) throw new Error(`no fact ${name}`)
  return fact
}
const ajv = new Ajv({ strict: false })
const fits = (fact: FactType, value: Json): unknown => {
  const valid = ajv.compile(fact.type)
  return valid(value) ? [] : valid.errors
}

const ubuntu = 'ubuntu\ndebian\n24.04\nnoble\nUbuntu 24.04 LTS\n'
const rocky = 'rocky\nrhel centos fedora\n9.4\n\nRocky Linux 9.4 (Blue Onyx)\n'
const inodeOf = {
  owner: 'root',
  group: 'root',
  uid: 0,
  gid: 0,
  mode: '0644',
  size: 3,
  changedAt: 1,
  writtenAt: 1_700_000_000_999_999,
  link: false,
}

test.each<[string, unknown, Json]>([
  ['os', ubuntu, { family: 'debian', id: 'ubuntu', version: '24.04', codename: 'noble', pretty: 'Ubuntu 24.04 LTS' }],
  ['os', rocky, { family: 'redhat', id: 'rocky', version: '9.4', codename: '', pretty: 'Rocky Linux 9.4 (Blue Onyx)' }],
  ['os', 'void\n\n\n\nVoid\n', { family: 'void', id: 'void', version: '', codename: '', pretty: 'Void' }],
  ['os', 'SLES\n\n12\n\nSUSE\n', { family: 'suse', id: 'sles', version: '12', codename: '', pretty: 'SUSE' }],
  ['os', 'x\nFedora\n\n\nX\n', { family: 'redhat', id: 'x', version: '', codename: '', pretty: 'X' }],
  ['kernel', '6.1.0-18-amd64\n', '6.1.0-18-amd64'],
  ['architecture', 'aarch64\n', 'aarch64'],
  ['hostname', 'crane02.cluster\n', 'crane02'],
  ['fqdn', 'crane02.cluster\n', 'crane02.cluster'],
  ['cpu', '4\nAMD EPYC 7543\nfpu sse avx2\n', { count: 4, model: 'AMD EPYC 7543', flags: ['fpu', 'sse', 'avx2'] }],
  ['cpu', '0\n\n\n', { count: 0, model: '', flags: [] }],
  ['memory', 'MemTotal:       16 kB\nMemFree: 1 kB\nSwapTotal:  2 kB\n', { total: 16_384, swap: 2048 }],
  [
    'addresses',
    '192.0.2.1 via 10.0.0.1 dev eth0 src 10.0.0.7 uid 0\n\n1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet6 fe80::1/64 scope link\n2: eth0    inet 10.0.0.7/24 scope global\n',
    { default: '10.0.0.7', interfaces: { lo: ['127.0.0.1'], eth0: ['fe80::1', '10.0.0.7'] } },
  ],
  ['addresses', '\n', { default: '', interfaces: {} }],
  [
    'mounts',
    'nas:/a\\040b /mnt/a\\040b nfs4 rw,hard 0 0\n',
    { '/mnt/a b': { source: 'nas:/a b', type: 'nfs4', options: ['rw', 'hard'] } },
  ],
  [
    'disks',
    'sda 2000 1\nnvme0n1 4000 0\n',
    { sda: { size: 1_024_000, rotational: true }, nvme0n1: { size: 2_048_000, rotational: false } },
  ],
  ['virtualization', 'none\n', 'none'],
  ['virtualization', '', 'none'],
  ['cgroups', '2\n', 2],
  ['serviceManager', 'systemd\n', 'systemd'],
  ['packageManager', 'apt\n', 'apt'],
  ['packageManager', '', ''],
  ['selinux', '1', 'enforcing'],
  ['selinux', '0', 'permissive'],
  ['selinux', '', 'disabled'],
  [
    'login',
    'ann\n1000\n/home/ann\nann wheel\n',
    { user: 'ann', uid: 1000, home: '/home/ann', groups: ['ann', 'wheel'] },
  ],
  ['boot', 'b078-1\ncpu 1 2\nbtime 1795736901\n', { id: 'b078-1', time: 1_795_736_901 }],
  [
    'gpus',
    '0000:01:00.0 0x030200 0x10de\n0000:c1:00.0 0x120000 0x19e5\n',
    [
      { address: '0000:01:00.0', class: 'display', vendor: 'nvidia' },
      { address: '0000:c1:00.0', class: 'accelerator', vendor: 'huawei' },
    ],
  ],
  ['command', '/usr/bin/sh\n', { exists: true, path: '/usr/bin/sh' }],
  ['command', '', { exists: false, path: '' }],
  [
    'service',
    { load: 'loaded', active: 'active', sub: 'running', file: 'enabled', startedAt: 1, needsReload: false },
    { exists: true, active: 'active', enabled: true, state: 'enabled' },
  ],
  ['package', { manager: 'apt', version: '1.2', candidate: null }, { installed: true, version: '1.2' }],
  ['package', { manager: 'apt', version: null, candidate: null }, { installed: false, version: '' }],
  ['file', { type: 'absent' }, { exists: false, type: 'absent', mode: '', owner: '', group: '', size: 0, mtime: 0 }],
  [
    'file',
    { type: 'file', text: null, sha256: null, ...inodeOf },
    { exists: true, type: 'file', mode: '0644', owner: 'root', group: 'root', size: 3, mtime: 1_700_000_000 },
  ],
])('%s of %j', (name, answer, value) => {
  const fact = factOf(name)
  expect(fact.read(answer)).toEqual(value)
  expect(fits(fact, value)).toEqual([])
})

const plain = [...facts.values()].filter(({ key, name }) => key === undefined || name === 'command')

test.each(plain)('$name: any answer gives a value of its type', (fact) => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'RHEL',
      'centos',
      'Void',
      '0x030200',
      '1: lo inet ::1',
      'sda 9 1',
      'btime 7',
      '',
      'a b c d',
      '-1',
      '0.5',
      '1e400',
    ),
  )
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      expect(fits(fact, fact.read(lines.join('\n')))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

const SHELLS = [['sh'], ['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(([program = '']) =>
  ['/bin/', '/usr/bin/'].some((directory) => existsSync(directory + program)),
)

describe.each(SHELLS)('%s', (...words) => {
  const [program = '', ...options] = words
  test('the scripts of all facts about a host answer in one', () => {
    const probes = plain.map((fact) => fact.probe('sh'))
    const kind = probes[0]?.kind
    if (!kind) throw new Error('no facts')
    const functions = Object.entries(kind.functions).map(([name, body]) => `${name}() {\n${body}\n}\n`)
    const script = functions.join('') + kind.script(probes as never)
    const run = spawnSync(program, [...options, '-c', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
    })
    const values = kind.read(run.stdout, probes as never)
    const known = Object.fromEntries(plain.map((fact, i) => [fact.name, fact.read(values[i])]))
    for (const fact of plain) expect([fact.name, fits(fact, known[fact.name] ?? null)]).toEqual([fact.name, []])
    expect(known).toMatchObject({
      kernel: spawnSync('uname', ['-r'], { encoding: 'utf8' }).stdout.trim(),
      login: { uid: process.getuid?.() },
      command: { exists: true },
    })
    expect((known.cpu as { count: number }).count).toBeGreaterThan(0)
    expect((known.memory as { total: number }).total).toBeGreaterThan(0)
  })
})

test('the last write of a file that check mode predicts is not known', () => {
  const { writtenAt: _, ...predicted } = inodeOf
  expect(factOf('file').read({ type: 'file', ...predicted })).toMatchObject({ exists: true, size: 3, mtime: UNKNOWN })
})

test('an answer that the script cannot have written is garbled', () => {
  const probe = factOf('os').probe('')
  for (const text of ['', '9\nabc', 'x\nabc', '-1\n'])
    expect(() => probe.kind.read(Buffer.from(text), [probe] as never)).toThrow(GarbledAnswer)
})
