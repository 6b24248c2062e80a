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
const NODES = `Nodes:\n${Array.from({ length: 2000 }, (_, i) => `  - { name: cn${i}, cpu: 64, memory: 256G }\n`).join('')}`
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
          'Container.UserNsEnabledByDefault is "yess", and must be true or false',
        ],
        ['a key without a value', 'ImageEndpoint:', 'Container.ImageEndpoint is null, and must be a string'],
        [
          'an IPv6 resolver',
          'Dns: { Servers: ["fd00::53"] }',
          'Container.Dns.Servers.0 is "fd00::53", and must be an IPv4 address',
        ],
        ['a word for a resolver', 'Dns: { Servers: [resolver] }', 'Container.Dns.Servers.0'],
        ['an address out of range', 'Dns: { Servers: [10.0.0.256] }', 'Container.Dns.Servers.0'],
        [
          'one resolver without a list',
          'Dns: { Servers: 10.0.0.53 }',
          'Container.Dns.Servers is "10.0.0.53", and must be a list',
        ],
        [
          'search domains without a list',
          'Dns: { Searches: a.example }',
          'Container.Dns.Searches is "a.example", and must be a list',
        ],
        [
          'options that are a map',
          'Dns: { Options: { ndots: 5 } }',
          'Container.Dns.Options is {"ndots":5}, and must be a list',
        ],
        [
          'a domain without a value',
          'Dns: { ClusterDomain: }',
          'Container.Dns.ClusterDomain is null, and must be a string',
        ],
        ['Dns that is a word', 'Dns: no', 'Container.Dns is "no", and must be a map'],
        ['a directory without a value', 'TempDir:', 'Container.TempDir is null, and must be a string'],
        ['a time-out of 0', 'CriRequestTimeout: 0', 'Container.CriRequestTimeout is 0, and must be at least 1'],
        [
          'a time-out that is no number',
          'ImagePullingTimeout: abc',
          'Container.ImagePullingTimeout is "abc", and must be an integer',
        ],
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
          'managed ids, and a word for it',
          'SubId: { Managed: si }',
          'Container.SubId.Managed is "si", and must be true or false',
        ],
        ['managed ids of users alone', 'SubId: { Managed: true, UidMappings: [MAPPING] }', 'has no GidMappings'],
        [
          'an empty list of mappings',
          'SubId: { Managed: true, UidMappings: [], GidMappings: [MAPPING] }',
          'UidMappings',
        ],
        [
          'no subordinate ids',
          'SubId: { Managed: true, UidMappings: [{ Id: 0, IdCount: 1, SubIdStart: 1, SubIdSize: 0 }] }',
          'Container.SubId.UidMappings.0.SubIdSize',
        ],
        [
          'a negative id',
          'SubId: { Managed: true, UidMappings: [{ Id: -1, IdCount: 1, SubIdStart: 1, SubIdSize: 1 }] }',
          'Container.SubId.UidMappings.0.Id',
        ],
        [
          'ids of two mappings',
          'SubId: { Managed: true, UidMappings: [MAPPING, { Id: 9, IdCount: 1, SubIdStart: 4000000000, SubIdSize: 1 }], GidMappings: [MAPPING] }',
          'Container.SubId.UidMappings.1 has ids of an earlier mapping',
        ],
        [
          'subordinate ids of two mappings',
          'SubId: { Managed: true, UidMappings: [MAPPING], GidMappings: [MAPPING, { Id: 9000, IdCount: 1, SubIdStart: 100000, SubIdSize: 1 }] }',
          'Container.SubId.GidMappings.1 has subordinate ids of an earlier mapping',
        ],
        [
          'subordinate ids that there are not',
          'SubId: { Managed: true, UidMappings: [{ Id: 0, IdCount: 70000, SubIdStart: 100000, SubIdSize: 65536 }], GidMappings: [MAPPING] }',
          'above 4294967295',
        ],
        [
          'BindFs, and a word for it',
          'BindFs: { Enabled: perhaps }',
          'Container.BindFs.Enabled is "perhaps", and must be true or false',
        ],
        [
          'a program without a value',
          'BindFs: { BindfsBinary: }',
          'Container.BindFs.BindfsBinary is null, and must be a string',
        ],
        [
          'a mount directory without a value',
          'BindFs: { MountBaseDir: }',
          'Container.BindFs.MountBaseDir is null, and must be a string',
        ],
      ] as const
    ).map(([it, line, says]) => ({
      it: `the file itself has what makes craned end: ${it}`,
      params: { container: { Enabled: true, RuntimeEndpoint: socket } },
      observed: { file: file(`${base}Container:\n  ${line.replaceAll('MAPPING', JSON.stringify(mapping))}\n`) },
      expect: {
        kind: 'refuse' as const,
        says: says.startsWith('Container') ? `craned would not start with it: ${says}` : says,
      },
    })),
    {
      it: 'the file has a truth value that is none, and the task does not set it',
      params: { container: { ImagePullingTimeout: 600 } },
      observed: { file: file(`${base}Container:\n  Enabled: yess\n  RuntimeEndpoint: ${socket}\n`) },
      expect: {
        kind: 'refuse',
        says: 'craned would not start with it: Container.Enabled is "yess", and must be true or false',
      },
    },
    {
      it: 'the file has an endpoint with a scheme: craned starts, and reaches no runtime',
      params: { container: { Enabled: true, RuntimeEndpoint: socket } },
      observed: { file: file(`${base}Container:\n  ImageEndpoint: unix:///run/x.sock\n`) },
      expect: {
        kind: 'refuse',
        says: 'Container.ImageEndpoint is "unix:///run/x.sock", and must be the plain path of a socket',
      },
    },
    {
      it: 'the file has a relative program: craned starts, and mounts fail',
      params: { container: { Enabled: true, RuntimeEndpoint: socket } },
      observed: {
        file: file(
          `${base}Container:\n  BindFs: { Enabled: true, BindfsBinary: bindfs, FusermountBinary: /usr/bin/fusermount3 }\n`,
        ),
      },
      expect: { kind: 'refuse', says: 'Container.BindFs.BindfsBinary is "bindfs", and must be an absolute path' },
    },
    {
      it: 'mappings that nobody reads are wrong',
      params: { container },
      observed: { file: file(`${base}Container:\n  SubId: { Managed: false, UidMappings: [{ Id: 0 }] }\n`) },
      expect: { kind: 'change' },
    },
    {
      it: 'a section that is off is not read any further',
      params: { container: { Enabled: false } },
      observed: { file: file(`${base}Container:\n  CriRequestTimeout: abc\n`) },
      expect: { kind: 'change' },
    },
    {
      it: 'an anchor: what refers to it stays',
      params: { container: { Enabled: true, RuntimeEndpoint: socket } },
      observed: { file: file(`x-dns: &dns { Servers: [10.0.0.53] }\n${base}Container:\n  Dns: *dns\n`) },
      expect: {
        kind: 'change',
        after: {
          file: {
            text: `x-dns: &dns { Servers: [10.0.0.53] }\n${base}Container:\n  Dns: *dns\n  Enabled: true\n  RuntimeEndpoint: ${socket}\n`,
          },
        },
      },
    },
    {
      it: 'an anchor, and one of its keys is set: the others are written out',
      params: { container: { Enabled: true, RuntimeEndpoint: socket, Dns: { Servers: ['10.0.0.54'] } } },
      observed: {
        file: file(`x-dns: &dns { Servers: [10.0.0.53], ClusterDomain: site }\n${base}Container:\n  Dns: *dns\n`),
      },
      expect: {
        kind: 'change',
        after: {
          file: {
            text: `x-dns: &dns { Servers: [10.0.0.53], ClusterDomain: site }\n${base}Container:\n  Dns:\n    Servers:\n      - 10.0.0.54\n    ClusterDomain: site\n  Enabled: true\n  RuntimeEndpoint: ${socket}\n`,
          },
        },
      },
    },
    {
      it: 'a merge key, which yaml-cpp takes for a key like others',
      params: { container },
      observed: { file: file(`x: &off { Enabled: false }\n${base}Container:\n  <<: *off\n`) },
      expect: { kind: 'change', warnings: ['CraneSched ignores Container.<<'] },
    },
    {
      it: 'lines that end with CRLF, in a file with other indentation',
      params: { container: { Enabled: true } },
      observed: {
        file: file(
          `Partitions:\r\n- name: CPU\r\nNodes:\r\n     -    name: "cn[1-4]"\r\n          cpu:  2\r\nContainer:\r\n       RuntimeEndpoint: ${socket}\r\n       Enabled:   false   # off\r\n       Dns: { Servers: [10.0.0.53] }\r\nTail: 1\r\n`,
        ),
      },
      expect: {
        kind: 'change',
        after: {
          file: {
            text: `Partitions:\r\n- name: CPU\r\nNodes:\r\n     -    name: "cn[1-4]"\r\n          cpu:  2\r\nContainer:\r\n       RuntimeEndpoint: ${socket}\r\n       Enabled:   true   # off\r\n       Dns: { Servers: [10.0.0.53] }\r\nTail: 1\r\n`,
          },
        },
      },
    },
    {
      it: '2,000 nodes of their own',
      params: { container },
      observed: { file: file(base + NODES) },
      expect: { kind: 'change', after: { file: { text: base + NODES + section } } },
    },
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
      it: 'keys that CraneSched ignores further below, in the file too',
      params: { container: { ...container, Dns: { ...container.Dns, Server: ['10.0.0.54'] } } },
      observed: { file: file(`${base}Container:\n  BindFs: { BindFsBinary: /x }\n`) },
      expect: { kind: 'change', warnings: ['CraneSched ignores Container.BindFs.BindFsBinary, Container.Dns.Server'] },
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
