// Cases of writeCni.
import { absent, file, holding, program, SOON, type TaskCases } from './kit.ts'

const bridge = { conf: { type: 'bridge', bridge: 'crane0', ipam: { type: 'host-local', subnet: '10.88.0.0/24' } } }
const portmap = { conf: { type: 'portmap', snat: true } }
const delegates = [bridge, portmap]
/** A pipeline for each device of a GRES. */
const rdma = (conf: object, confFromArgs?: object) => ({
  name: 'rdma',
  ifNamePrefix: 'rdma',
  delegates: [{ conf: { type: 'sriov', ...conf }, ...(confFromArgs && { confFromArgs }) }],
})
const path = '/etc/cni/net.d/00-crane.conf'

const plugins = (...names: string[]) => Object.fromEntries(names.map((name) => [`/opt/cni/bin/${name}`, program()]))
const build = { 'build /opt/cni/bin': 'pipelines' }
const all = { ...plugins('crane-meta', 'bridge', 'host-local', 'portmap'), ...build }

const text = `{
  "cniVersion": "1.0.0",
  "name": "crane-meta",
  "type": "crane-meta",
  "capabilities": {
    "portMappings": true
  },
  "logLevel": "info",
  "timeoutSeconds": 4,
  "pipelines": [
    {
      "name": "ethernet",
      "ifName": "eth0",
      "delegates": [
        {
          "name": "bridge",
          "conf": {
            "type": "bridge",
            "bridge": "crane0",
            "ipam": {
              "type": "host-local",
              "subnet": "10.88.0.0/24"
            }
          }
        },
        {
          "name": "portmap",
          "conf": {
            "type": "portmap",
            "snat": true
          }
        }
      ]
    }
  ]
}
`

const G1 = `{
  "cniVersion": "1.0.0",
  "name": "crane-meta",
  "type": "meta-cni",
  "capabilities": {
    "portMappings": true,
    "bandwidth": true
  },
  "logLevel": "debug",
  "timeoutSeconds": 10,
  "runtimeOverride": {
    "args": [
      "-K8S_POD_UID"
    ]
  },
  "resultMode": "chained",
  "delegates": [
    {
      "name": "calico",
      "conf": {
        "type": "calico",
        "capabilities": {
          "portMappings": true
        }
      }
    },
    {
      "name": "bandwidth",
      "conf": {
        "type": "bandwidth"
      }
    }
  ]
}
`

export default {
  decide: [
    {
      it: 'it is written',
      params: { delegates },
      observed: { ...all, file: file(text), files: [], entries: holding('00-crane.conf') },
      expect: { kind: 'ok' },
    },
    {
      it: 'it is not',
      params: { delegates },
      observed: { ...all, file: absent, files: [], entries: holding('10-calico.conflist') },
      expect: {
        kind: 'change',
        says: `write ${path}`,
        after: {
          file: { text, changedAt: SOON },
          entries: { entries: [{ name: '00-crane.conf', changedAt: SOON }, { name: '10-calico.conflist' }] },
        },
        steps: ['make /etc/cni/net.d', `write ${path}`],
      },
    },
    {
      it: 'plug-ins are missing',
      params: { delegates },
      observed: {
        ...all,
        '/opt/cni/bin/portmap': absent,
        '/opt/cni/bin/bridge': absent,
        file: absent,
        files: [],
        entries: holding(),
      },
      expect: { kind: 'refuse', says: 'bridge, portmap are not in /opt/cni/bin', hint: 'binDirs' },
    },
    {
      it: 'a plug-in is a link to nothing',
      params: { delegates },
      observed: {
        ...all,
        '/opt/cni/bin/bridge': { type: 'dangling-link' },
        file: absent,
        files: [],
        entries: holding(),
      },
      expect: { kind: 'refuse', says: '/opt/cni/bin/bridge is a symbolic link to nothing', hint: 'what it points to' },
    },
    {
      it: 'a plug-in cannot be run',
      params: { delegates },
      observed: {
        ...all,
        '/opt/cni/bin/bridge': program({ mode: '0644' }),
        file: absent,
        files: [],
        entries: holding(),
      },
      expect: { kind: 'refuse', says: '/opt/cni/bin/bridge is not executable', hint: 'chmod +x' },
    },
    {
      it: 'the Meta CNI plug-in itself is missing',
      params: { delegates },
      observed: {
        ...all,
        '/opt/cni/bin/crane-meta': absent,
        file: file(text),
        files: [],
        entries: holding('00-crane.conf'),
      },
      expect: { kind: 'refuse', says: 'crane-meta is not in /opt/cni/bin', hint: 'cranesched-frontend' },
    },
    {
      it: 'a plug-in is in the second folder',
      params: { delegates: [portmap], binDirs: ['/opt/cni/bin', '/usr/lib/cni/'] },
      observed: {
        ...plugins('crane-meta'),
        ...build,
        'build /usr/lib/cni': 'absent',
        '/opt/cni/bin/portmap': absent,
        '/usr/lib/cni/crane-meta': absent,
        '/usr/lib/cni/portmap': program(),
        file: absent,
        files: [],
        entries: holding(),
      },
      expect: { kind: 'change' },
    },
    {
      it: 'the old schema, as the builds of early 2026 read it',
      params: {
        generation: 'G1',
        type: 'meta-cni',
        logLevel: 'debug',
        timeoutSeconds: 10,
        runtimeOverride: { args: ['-K8S_POD_UID'] },
        delegates: [
          { conf: { type: 'calico', capabilities: { portMappings: true } } },
          { conf: { type: 'bandwidth' } },
        ],
      },
      observed: {
        ...plugins('meta-cni', 'calico', 'bandwidth'),
        'build /opt/cni/bin': 'delegates',
        file: file(G1),
        files: [],
        entries: holding('00-crane.conf'),
      },
      expect: {
        kind: 'ok',
        warnings: ['timeoutSeconds 10 is never used up: CraneSched gives a pod 5 seconds in all'],
      },
    },
    {
      it: 'the plug-in is an older build: it would accept the file in silence and make no network',
      params: { delegates },
      observed: { ...all, 'build /opt/cni/bin': 'delegates', file: absent, files: [], entries: holding() },
      expect: { kind: 'refuse', says: '/opt/cni/bin/crane-meta reads delegates', hint: 'set generation to G1' },
    },
    {
      it: 'the plug-in is a newer build, and the file is in place',
      params: { delegates, generation: 'G1' },
      observed: { ...all, file: file(text), files: [], entries: holding('00-crane.conf') },
      expect: { kind: 'refuse', says: 'reads pipelines, and generation G1 has delegates', hint: 'generation to G3' },
    },
    {
      it: 'the plug-in is of G2',
      params: { delegates, generation: 'G1' },
      observed: { ...all, 'build /opt/cni/bin': 'confFromArgs', file: absent, files: [], entries: holding() },
      expect: { kind: 'refuse', says: 'reads pipelines, and generation G1 has delegates', hint: 'generation to G2' },
    },
    {
      it: 'the plug-in is of G2, which reads pipelines too',
      params: { delegates },
      observed: { ...all, 'build /opt/cni/bin': 'confFromArgs', file: absent, files: [], entries: holding() },
      expect: { kind: 'change' },
    },
    {
      it: 'the plug-in is of G2, and the file has templates of G3',
      params: { pipelines: [rdma({ deviceID: '{{.Gres.Device}}' })] },
      observed: {
        ...plugins('crane-meta', 'sriov'),
        'build /opt/cni/bin': 'confFromArgs',
        file: absent,
        files: [],
        entries: holding(),
      },
      expect: { kind: 'refuse', says: 'is of generation G2 and does not render {{ }}', hint: 'confFromArgs' },
    },
    {
      it: 'a file of G2 for a build of G2',
      params: { generation: 'G2', pipelines: [rdma({}, { deviceID: '$gres.device' })] },
      observed: {
        ...plugins('crane-meta', 'sriov'),
        'build /opt/cni/bin': 'confFromArgs',
        file: absent,
        files: [],
        entries: holding(),
      },
      expect: { kind: 'change' },
    },
    {
      it: 'a file of G2 for a build of G3',
      params: { generation: 'G2', pipelines: [rdma({}, { deviceID: '$gres.device' })] },
      observed: { ...plugins('crane-meta', 'sriov'), ...build, file: absent, files: [], entries: holding() },
      expect: { kind: 'refuse', says: 'does not know confFromArgs', hint: 'G3' },
    },
    {
      it: 'a directory that comes later has a build of another generation, which is not used',
      params: { delegates, generation: 'G1', binDirs: ['/opt/cni/old', '/opt/cni/bin'] },
      observed: {
        ...all,
        '/opt/cni/old/crane-meta': program(),
        '/opt/cni/old/bridge': absent,
        '/opt/cni/old/host-local': absent,
        '/opt/cni/old/portmap': absent,
        'build /opt/cni/old': 'delegates',
        file: absent,
        files: [],
        entries: holding(),
      },
      expect: { kind: 'change' },
    },
    {
      it: 'the build of the plug-in cannot be told',
      params: { delegates },
      observed: { ...all, 'build /opt/cni/bin': 'unknown', file: absent, files: [], entries: holding() },
      expect: { kind: 'change' },
    },
    {
      it: 'templates that are rendered, and a capability that is off on purpose',
      params: {
        pipelines: [
          rdma({
            deviceID: '{{.Gres.Device}}',
            name: 'd{{ .Gres.Index }}',
            vlan: '{{ index .Args "VLAN-ID" }}{{.Args.X}}',
          }),
        ],
        capabilities: { 'io.kubernetes.cri.pod-annotations': false },
      },
      observed: { ...plugins('crane-meta', 'sriov'), ...build, file: absent, files: [], entries: holding() },
      expect: { kind: 'change' },
    },
    {
      it: 'another file comes first',
      params: { delegates, file: '10-crane.conf' },
      observed: { ...all, file: absent, files: [], entries: holding('00-old.conflist', '01-notes.txt') },
      expect: {
        kind: 'change',
        warnings: ['/etc/cni/net.d/00-old.conflist comes first by name: 10-crane.conf has no effect'],
      },
    },
    {
      it: 'a template needs the annotations of the pod',
      params: {
        pipelines: [
          {
            name: 'rdma',
            ifNamePrefix: 'rdma',
            delegates: [{ conf: { type: 'sriov', deviceID: '{{.Gres.Device}}' } }],
          },
        ],
      },
      observed: { ...plugins('crane-meta', 'sriov'), ...build, file: absent, files: [], entries: holding() },
      expect: { kind: 'change' },
    },
  ],
  wrong: [
    { params: {}, path: '', says: 'one of delegates and pipelines' },
    { params: { delegates: [{ conf: { bridge: 'x' } }] }, path: '/delegates/0/conf', says: 'type' },
    { params: { delegates, file: '../x.conf' }, path: '/file', says: '.conf' },
    { params: { delegates, generation: 'G3', resultMode: 'chained' }, path: '/resultMode', says: 'no resultMode' },
    {
      params: { generation: 'G1', pipelines: [{ name: 'a', ifName: 'eth0', delegates }] },
      path: '/pipelines',
      says: 'knows no pipelines',
    },
    {
      params: { pipelines: [rdma({}, { deviceID: '$gres.device' })] },
      path: '/pipelines/0/delegates/0/confFromArgs',
      says: 'generation G3 does not know confFromArgs',
    },
    {
      params: { generation: 'G2', pipelines: [rdma({ deviceID: '{{.Gres.Device}}' })] },
      path: '/pipelines/0/delegates/0/conf',
      says: 'generation G2 does not render templates',
    },
    ...(
      [
        [{ etcd_endpoints: 'http://etcd1:2379' }, 'ttl', 'needs ttl, 1 to 86400'],
        [{ etcd_endpoints: 'http://etcd1:2379', ttl: 90_000 }, 'ttl', 'needs ttl'],
        [{ etcd_endpoints: [], ttl: 60 }, 'etcd_endpoints', 'needs etcd_endpoints'],
        [{ etcd_endpoints: 'http://etcd1:2379', ttl: 60, lease_ttl: 30 }, 'lease_ttl', 'at least ttl'],
      ] as const
    ).map(([conf, key, says]) => ({
      params: { delegates: [bridge, { conf: { type: 'dns-register', ...conf } }] },
      path: `/delegates/1/conf/${key}`,
      says,
    })),
    {
      params: { delegates: [{ conf: { type: 'dns-register', etcd_endpoints: 'http://etcd1:2379', ttl: 60 } }, bridge] },
      path: '/delegates/0',
      says: 'must come after a plug-in that gives the interface an IPv4 address',
    },
    {
      params: { delegates: [{ conf: { type: 'crane-meta' } }] },
      path: '/delegates/0/conf/type',
      says: 'crane-meta would call itself',
    },
    {
      params: { delegates, capabilities: { bandwidth: true } },
      path: '/capabilities',
      says: 'capabilities lacks portMappings',
    },
    {
      params: { delegates: [{ conf: { type: 'sriov', deviceID: '{{.Gres.Device}}' } }] },
      path: '/delegates/0/conf',
      says: 'only in a pipeline with ifNamePrefix',
    },
    ...['{{.Gres.Name}}', '{{.Gres.Device}', '{{ .Device }}'].map((deviceID) => ({
      params: { pipelines: [rdma({ deviceID })] },
      path: '/pipelines/0/delegates/0/conf',
      says: `cannot render '${deviceID}'`,
    })),
    { params: { pipelines: [{ name: 'a', delegates }] }, path: '/pipelines/0', says: 'one of ifName and ifNamePrefix' },
    {
      params: {
        pipelines: [
          { name: 'a', ifName: 'eth0', delegates },
          { name: 'b', ifName: 'eth0', delegates },
        ],
      },
      path: '/pipelines/1',
      says: 'two pipelines have the interface eth0',
    },
    {
      params: { delegates, runtimeOverride: { envs: ['NO_PROXY=svc.local'] } },
      path: '/runtimeOverride/envs/0',
      says: "NO_PROXY='svc.local'",
    },
    {
      params: { delegates: [{ ...portmap, runtimeOverride: { args: ['K8S POD'] } }] },
      path: '/delegates/0/runtimeOverride/args/0',
      says: '-KEY to remove it',
    },
    {
      params: { delegates: [{ ...portmap, runtimeOverride: { ifName: 'x' } }] },
      path: '/delegates/0/runtimeOverride',
      says: 'ifName',
    },
  ],
  live: [
    {
      it: 'writes the file of a bridge',
      setup: 'printf "#!/bin/sh\\n" >/opt/cni/bin/law-meta; chmod 755 /opt/cni/bin/law-meta',
      params: { type: 'law-meta', directory: '/etc/law-cni', delegates },
      proof: 'grep -q law-meta /etc/law-cni/00-crane.conf && [ "$(ls -A /etc/law-cni)" = 00-crane.conf ]',
    },
  ],
} satisfies TaskCases
