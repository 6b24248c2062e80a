/** The stand-in's reading of config.yaml: what CraneSched's daemons accept, refuse, abort on and never look at. */
import { expect, test } from 'vitest'
import { craneConfig } from '../../../lab/craneConfig.ts'
import { type ReadResult, readCraneConfig, type Role } from '../../../lab/stand-in/readCraneConfig.ts'

const good = craneConfig(4)
const container = (lines: string) => `${good}Container:\n${lines.replace(/^/gm, '  ')}\n`
const enabled = (more = '') => container(`Enabled: true\nRuntimeEndpoint: /run/containerd/containerd.sock\n${more}`)
const without = (key: string) => good.replace(new RegExp(`^${key}:.*\\n(?:[ -].*\\n)*`, 'm'), '')
const read = (text: string, role: Role = 'craned', host = 'crane02'): ReadResult => readCraneConfig(text, role, host)
const brief = (result: ReadResult) => (result.kind === 'ok' ? 'ok' : `${result.kind}: ${result.message}`)

const cases: [name: string, text: string, role: Role, host: string, expected: string][] = [
  ['the lab’s own file, for craned', good, 'craned', 'crane02', 'ok'],
  ['the lab’s own file, for cranectld', good, 'cranectld', 'crane01', 'ok'],
  ['an unknown key', `${good}Nonsense: 1\n`, 'craned', 'crane02', 'ok'],
  ['no cluster name', without('ClusterName'), 'craned', 'crane02', 'exit: ClusterName is not configured.'],
  ['no control machine', without('ControlMachine'), 'craned', 'crane02', 'exit: ControlMachine is not configured.'],
  ['no supervisor', without('Supervisor'), 'craned', 'crane02', 'exit: No Supervisor configuration found.'],
  ['no supervisor, for cranectld', without('Supervisor'), 'cranectld', 'crane01', 'ok'],
  ['a host not in Nodes', good, 'craned', 'crane09', 'exit: This machine crane09 is not contained in Nodes!'],
  [
    'no partitions',
    without('Partitions'),
    'craned',
    'crane02',
    "exit: This machine crane02 doesn't belong to any partition",
  ],
  [
    'a bad level',
    good.replace('DebugLevel: info', 'DebugLevel: loud'),
    'cranectld',
    'crane01',
    'exit: Illegal debug-level format: loud',
  ],
  ['memory in T', good.replace('memory: 2G', 'memory: 2T'), 'craned', 'crane02', 'exit: Illegal memory format.'],
  [
    'a bad node list',
    good.replace('crane[02-04]', 'crane[a-b]'),
    'craned',
    'crane02',
    'exit: Illegal node name string format.',
  ],
  [
    'an unknown node in a partition',
    good.replace('nodes: ALL', 'nodes: cn15'),
    'cranectld',
    'crane01',
    'exit: Node cn15 of partition DEBUG is unknown.',
  ],
  ['an unknown node, for craned', good.replace('nodes: ALL', 'nodes: cn15'), 'craned', 'crane02', 'ok'],
  [
    'an unknown default partition',
    good.replace('DefaultPartition: CPU', 'DefaultPartition: GPU'),
    'cranectld',
    'crane01',
    'exit: Unknown default partition GPU',
  ],
  ['Enabled misspelt', container('Enabled: yess'), 'cranectld', 'crane01', 'abort: yaml-cpp: error: bad conversion'],
  ['Enabled empty', container('Enabled:'), 'craned', 'crane02', 'abort: yaml-cpp: error: bad conversion'],
  ['no endpoint', container('Enabled: true'), 'craned', 'crane02', 'exit: RuntimeEndpoint is not configured.'],
  ['no endpoint, for cranectld', container('Enabled: true'), 'cranectld', 'crane01', 'ok'],
  ['nonsense in a section that is off', container('Enabled: off\nSubId: { Managed: yess }'), 'craned', 'crane02', 'ok'],
  [
    'a server that is no IPv4',
    enabled('Dns: { Servers: ["::1"] }'),
    'craned',
    'crane02',
    'exit: Container.Dns.Servers: ::1 is not a valid IPv4 address.',
  ],
  [
    'managed ids without a table',
    enabled('SubId: { Managed: true }'),
    'craned',
    'crane02',
    'exit: Container.SubId.UidMappings must not be empty when SubId is managed.',
  ],
  [
    'an incomplete mapping',
    enabled('SubId: { Managed: true, UidMappings: [{ Id: 0, IdCount: 1, SubIdStart: 1 }] }'),
    'craned',
    'crane02',
    'exit: Container.SubId.UidMappings[0].SubIdSize is required.',
  ],
  [
    'mappings that overlap',
    enabled(
      'SubId:\n  Managed: true\n  UidMappings:\n    - { Id: 0, IdCount: 10, SubIdStart: 1000, SubIdSize: 10 }\n    - { Id: 5, IdCount: 1, SubIdStart: 9000, SubIdSize: 10 }',
    ),
    'craned',
    'crane02',
    'exit: Container.SubId.UidMappings[1] overlaps.',
  ],
]

test.each(cases)('%s', (_, text, role, host, expected) => {
  expect(brief(read(text, role, host))).toBe(expected)
})

test('a syntax error aborts, with its place', () => {
  expect(brief(read('a: [1'))).toMatch(/^abort: yaml-cpp: error at line 1, column \d+: /)
})

test('the scheme is put before whatever is written as the endpoint', () => {
  const endpoint = (text: string) => {
    const result = read(text)
    return result.kind === 'ok' ? result.config.container?.runtimeEndpoint : brief(result)
  }
  expect(endpoint(enabled())).toBe('unix:///run/containerd/containerd.sock')
  expect(endpoint(container('Enabled: on\nRuntimeEndpoint: unix:///run/x.sock'))).toBe('unix://unix:///run/x.sock')
  expect(endpoint(container('Enabled: on\nRuntimeEndpoint:'))).toBe('unix://null')
})

test('the daemons compare keys, order and text, but no comments', () => {
  const crc = (text: string) => {
    const result = read(text)
    return result.kind === 'ok' ? result.config.crc : brief(result)
  }
  expect(crc(`# a comment\n${good}`)).toBe(crc(good))
  expect(crc(good.replace('PriorityFavorSmall: true', 'PriorityFavorSmall: yes'))).not.toBe(crc(good))
  expect(crc(`${good}Extra: 1\n`)).not.toBe(crc(good))
  expect(crc(`${without('DefaultPartition')}DefaultPartition: CPU\n`)).toBe(crc(good))
  expect(crc(`DefaultPartition: CPU\n${without('DefaultPartition')}`)).not.toBe(crc(good))
})
