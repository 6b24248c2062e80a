// Cases of craneConfig: each rule of CraneSched's parsers broken once.
import { absent, file, SOON, type TaskCases } from './kit.ts'

const path = '/etc/crane/config.yaml'
const base = 'ClusterName: c\nPartitions: # all\n  - name: CPU\n'
const socket = '/run/containerd/containerd.sock'
const container = { Enabled: true, RuntimeEndpoint: socket, Dns: { Servers: ['10.0.0.53'] } }
const section = `Container:
  Enabled: true
  RuntimeEndpoint: ${socket}
  Dns:
    Servers:
      - 10.0.0.53
`
const mapping = { Id: 0, IdCount: 2000, SubIdStart: 100000, SubIdSize: 65536 }
const wrongSubId = (...UidMappings: object[]) => ({ container: { SubId: { Managed: true, UidMappings } } })
const wrong = (keys: object, at: string, says: string) => ({
  params: { container: keys },
  path: `/container/${at}`,
  says,
})

export default {
  decide: [
    { it: 'it is set', params: { container }, observed: { file: file(base + section) }, expect: { kind: 'ok' } },
    {
      it: 'it is not: every other line stays',
      params: { container },
      observed: { file: file(base) },
      expect: {
        kind: 'change',
        says: `set keys of Container in ${path}`,
        after: { file: { text: base + section, changedAt: SOON } },
        steps: [`write ${path}`],
      },
    },
    {
      it: 'the section is removed, and the file is as it was',
      params: { state: 'absent' },
      observed: { file: file(base + section) },
      expect: { kind: 'change', says: `remove Container from ${path}`, after: { file: { text: base } } },
    },
    {
      it: 'what stands around the section stays, to the byte',
      params: { state: 'absent' },
      observed: { file: file(`# head\r\n${section.replaceAll('\n', '\r\n')}# tail\r\nPartitions: []\r\n`) },
      expect: { kind: 'change', after: { file: { text: '# head\r\n# tail\r\nPartitions: []\r\n' } } },
    },
    {
      it: 'there is no section to remove',
      params: { state: 'absent' },
      observed: { file: file(base) },
      expect: { kind: 'ok' },
    },
    {
      it: 'another key refers to the section',
      params: { state: 'absent' },
      observed: { file: file('Container: &c\n  Enabled: true\nOther: *c\nPartitions: []\n') },
      expect: { kind: 'refuse', says: 'cannot be removed', hint: 'by hand' },
    },
    ...(
      [
        [
          'a truth value that is none',
          'UserNsEnabledByDefault: yess',
          'Container.UserNsEnabledByDefault must be true or false, and is "yess"',
        ],
        ['a key without a value', 'ImageEndpoint:', 'Container.ImageEndpoint must be a string, and is null'],
        ['an IPv6 resolver', 'Dns: { Servers: ["fd00::53"] }', 'Container.Dns.Servers.0'],
        ['a time-out of 0', 'CriRequestTimeout: 0', 'Container.CriRequestTimeout'],
        [
          'a time-out that is no number',
          'ImagePullingTimeout: abc',
          'Container.ImagePullingTimeout must be an integer, and is "abc"',
        ],
        ['an endpoint with a scheme', 'ImageEndpoint: unix:///run/x.sock', 'Container.ImageEndpoint'],
        [
          'a mapping without a size',
          'SubId: { Managed: true, UidMappings: [{ Id: 0, IdCount: 1, SubIdStart: 1 }] }',
          'Container.SubId.UidMappings.0',
        ],
        [
          'a mapping of no ids',
          'SubId: { Managed: true, UidMappings: [{ Id: 0, IdCount: 0, SubIdStart: 1, SubIdSize: 1 }] }',
          'Container.SubId.UidMappings.0.IdCount',
        ],
        ['managed ids without mappings', 'SubId: { Managed: true }', 'Container.SubId'],
        [
          'a relative program',
          'BindFs: { Enabled: true, BindfsBinary: bindfs, FusermountBinary: /usr/bin/fusermount3 }',
          'Container.BindFs.BindfsBinary',
        ],
      ] as const
    ).map(([it, line, says]) => ({
      it: `the file itself has what makes craned end: ${it}`,
      params: { container: { Enabled: true, RuntimeEndpoint: socket } },
      observed: { file: file(`${base}Container:\n  ${line}\n`) },
      expect: { kind: 'refuse' as const, says },
    })),
    {
      it: 'the file spells truth values and numbers as yaml-cpp takes them',
      params: { container },
      observed: { file: file(`${base}Container:\n  UserNsEnabledByDefault: yes\n  ImagePullingTimeout: "600"\n`) },
      expect: { kind: 'change' },
    },
    {
      it: 'the resolvers are left at the default, which cannot work',
      params: { container: { Enabled: true, RuntimeEndpoint: socket } },
      observed: { file: file(base) },
      expect: {
        kind: 'change',
        warnings: ['names do not resolve in pods: Container.Dns.Servers is 127.0.0.1, which is the pod itself'],
      },
    },
    {
      it: 'a key that CraneSched ignores',
      params: { container: { ...container, RuntimeEndPoint: '/x' } },
      observed: { file: file(base) },
      expect: { kind: 'change', warnings: ['CraneSched ignores Container.RuntimeEndPoint'] },
    },
    {
      it: 'containers would be on without a runtime: craned ends',
      params: { container: { Enabled: true } },
      observed: { file: file(base) },
      expect: { kind: 'refuse', says: 'Container.RuntimeEndpoint is missing', hint: 'socket' },
    },
    {
      it: 'BindFs would be on without the paths of its programs',
      params: { container: { ...container, BindFs: { Enabled: true } } },
      observed: { file: file(base) },
      expect: {
        kind: 'refuse',
        says: 'Container.BindFs needs BindfsBinary and FusermountBinary',
        hint: '/usr/bin/bindfs',
      },
    },
    {
      it: 'the file brings the paths itself',
      params: { container: { ...container, BindFs: { Enabled: true } } },
      observed: {
        file: file(
          `${base}Container:\n  BindFs: { BindfsBinary: /usr/bin/bindfs, FusermountBinary: /usr/bin/fusermount3 }\n`,
        ),
      },
      expect: { kind: 'change' },
    },
    {
      it: 'without Partitions craned does not read the section',
      params: { container },
      observed: { file: file('ClusterName: c\n') },
      expect: { kind: 'refuse', says: 'has no Partitions', hint: 'Container' },
    },
    {
      it: 'there is no CraneSched',
      params: { container },
      observed: { file: absent },
      expect: { kind: 'refuse', says: `${path} does not exist`, hint: 'install CraneSched' },
    },
    {
      it: 'the file is broken',
      params: { container },
      observed: { file: file('a: [\n') },
      expect: { kind: 'refuse', says: 'is not a valid YAML map', hint: 'by hand' },
    },
  ],
  wrong: [
    { params: {}, path: '', says: 'container' },
    wrong({ Enabled: 'yess' }, 'Enabled', 'boolean'),
    wrong({ RuntimeEndpoint: `unix://${socket}` }, 'RuntimeEndpoint', 'without unix://'),
    wrong({ ImageEndpoint: 'run/x.sock' }, 'ImageEndpoint', 'without unix://'),
    wrong({ ImagePullingTimeout: 0 }, 'ImagePullingTimeout', '>= 1'),
    wrong({ CriRequestTimeout: 2147483648 }, 'CriRequestTimeout', '<= 2147483647'),
    wrong({ Dns: { Servers: ['fd00::53'] } }, 'Dns/Servers/0', 'IPv4'),
    wrong({ Dns: { Servers: '10.0.0.1' } }, 'Dns/Servers', 'array'),
    wrong({ BindFs: { BindfsBinary: 'bindfs' } }, 'BindFs/BindfsBinary', 'absolute path'),
    wrong({ SubId: { UidMappings: [] } }, 'SubId/UidMappings', 'fewer than 1'),
    wrong({ SubId: { GidMappings: [{ Id: 0, IdCount: 1, SubIdStart: 1 }] } }, 'SubId/GidMappings/0', 'SubIdSize'),
    wrong({ SubId: { UidMappings: [{ ...mapping, IdCount: 0 }] } }, 'SubId/UidMappings/0/IdCount', '>= 1'),
    {
      params: wrongSubId(mapping, { ...mapping, SubIdStart: 4e9, IdCount: 1, SubIdSize: 1 }),
      path: '/container/SubId/UidMappings/1',
      says: 'ids of an earlier',
    },
    {
      params: wrongSubId(mapping, { ...mapping, Id: 2000, IdCount: 1 }),
      path: '/container/SubId/UidMappings/1',
      says: 'subordinate ids of an earlier',
    },
    {
      params: wrongSubId({ ...mapping, IdCount: 70000 }),
      path: '/container/SubId/UidMappings/0',
      says: 'above 4294967295',
    },
  ],
  live: [
    {
      it: 'sets a section and keeps a comment',
      setup: 'mkdir -p /etc/law-crane && printf "# ours\\nPartitions: [{ name: CPU }]\\n" >/etc/law-crane/config.yaml',
      params: { path: '/etc/law-crane/config.yaml', container },
      proof:
        'grep -q "^# ours" /etc/law-crane/config.yaml && grep -q "RuntimeEndpoint: /run" /etc/law-crane/config.yaml',
    },
  ],
} satisfies TaskCases
