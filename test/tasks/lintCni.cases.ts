// Cases of lintCni: two files that fight, a plug-in that is missing, and what is not JSON.
import type { TaskCases } from './kit.ts'

const meta = JSON.stringify({
  name: 'crane-meta',
  type: 'crane-meta',
  capabilities: { portMappings: true },
  pipelines: [
    {
      name: 'ethernet',
      ifName: 'eth0',
      delegates: [{ conf: { type: 'bridge', ipam: { type: 'host-local' } } }, { conf: { type: 'portmap' } }],
    },
  ],
})
const old = JSON.stringify({ name: 'crane-meta', type: 'crane-meta', delegates: [{ conf: { type: 'bridge' } }] })
const calico = JSON.stringify({ name: 'k8s-pod-network', plugins: [{ type: 'calico', ipam: { type: 'calico-ipam' } }] })
const bin = '/opt/cni/bin'
const all = ['bridge', 'crane-meta', 'host-local', 'portmap']
const seen = (...files: [name: string, text: string][]) => ({
  files: files.map(([name, text]) => ({ name, text })),
  [bin]: all,
})

export default {
  decide: [
    {
      it: 'one file counts, and its plug-ins are there',
      params: { file: '00-crane.conf' },
      observed: seen(['00-crane.conf', meta]),
      expect: {
        kind: 'ok',
        says: '00-crane.conf: crane-meta, bridge, host-local, portmap',
        data: {
          file: '00-crane.conf',
          network: 'crane-meta',
          plugins: ['crane-meta', 'bridge', 'host-local', 'portmap'],
        },
      },
    },
    {
      it: 'it counts, and pods miss something by it',
      params: {},
      observed: {
        ...seen([
          '00-crane.conf',
          JSON.stringify({
            name: 'crane-meta',
            type: 'crane-meta',
            timeoutSeconds: 30,
            pipelines: [
              {
                name: 'ethernet',
                ifName: 'eth0',
                delegates: [
                  { conf: { type: 'bridge', capabilities: { bandwidth: true } } },
                  { conf: { type: 'dns-register', etcd_endpoints: 'http://etcd1:2379' } },
                ],
              },
              { name: 'rdma', ifNamePrefix: 'rdma', delegates: [{ type: 'host-local' }] },
            ],
          }),
        ]),
        [bin]: [...all, 'dns-register'],
      },
      expect: {
        kind: 'ok',
        warnings: [
          '/etc/cni/net.d: 00-crane.conf: capabilities at the top level lack bandwidth, io.kubernetes.cri.pod-annotations: the runtime does not hand that on to the plug-ins',
          '/etc/cni/net.d: 00-crane.conf: timeoutSeconds 30 is never used up: CraneSched gives a pod 5 seconds in all',
          '/etc/cni/net.d: 00-crane.conf: dns-register needs ttl, 1 to 86400 seconds',
        ],
      },
    },
    {
      it: 'others come after it',
      params: {},
      observed: seen(['00-crane.conf', meta], ['05-old.conf', old], ['10-calico.conflist', calico], ['99-x.json', '{']),
      expect: {
        kind: 'ok',
        warnings: [
          '/etc/cni/net.d: 05-old.conf names the network crane-meta too, and has no effect: 00-crane.conf comes first',
          '/etc/cni/net.d: 10-calico.conflist has no effect: 00-crane.conf comes first',
          '/etc/cni/net.d: 99-x.json is not a JSON object',
        ],
      },
    },
    {
      it: 'another file comes before the one that should count',
      params: { file: '10-crane.conf' },
      observed: seen(['00-calico.conflist', calico], ['10-crane.conf', meta]),
      expect: {
        kind: 'refuse',
        says: '/etc/cni/net.d/00-calico.conflist comes first by name: 10-crane.conf has no effect',
        hint: 'remove 00-calico.conflist',
      },
    },
    {
      it: 'plug-ins are missing',
      params: {},
      observed: { ...seen(['10-calico.conflist', calico]), [bin]: ['calico-ipam'] },
      expect: { kind: 'refuse', says: 'pods get no network: 10-calico.conflist needs calico, which is not there' },
    },
    {
      it: 'plug-ins are in the second directory',
      params: { binDirs: [bin, '/usr/lib/cni'] },
      observed: { ...seen(['10-calico.conflist', calico]), '/usr/lib/cni': ['calico', 'calico-ipam'] },
      expect: { kind: 'ok' },
    },
    {
      it: 'the first file is not JSON',
      params: {},
      observed: seen(['00-crane.conf', `${meta},`], ['10-calico.conflist', calico]),
      expect: { kind: 'refuse', says: '00-crane.conf comes first and is not a JSON object' },
    },
    {
      it: 'a list has the name of a single configuration, and a single one that of a list',
      params: {},
      observed: seen(['00-list.conf', calico]),
      expect: { kind: 'refuse', says: '00-list.conf is a list of plug-ins: its name must end with .conflist' },
    },
    {
      it: 'it names nothing',
      params: {},
      observed: seen(['00-x.conflist', '{}']),
      expect: {
        kind: 'refuse',
        says: '00-x.conflist has no name; 00-x.conflist is not a list of plug-ins; 00-x.conflist names no',
      },
    },
    {
      it: 'there is none',
      params: {},
      observed: seen(),
      expect: { kind: 'refuse', says: '/etc/cni/net.d has no network configuration', hint: 'writeCni' },
    },
  ],
  wrong: [
    { params: { directory: 'net.d' }, path: '/directory', says: 'absolute' },
    { params: { binDirs: [] }, path: '/binDirs', says: '1' },
  ],
  live: [
    {
      it: 'finds a file and its plug-ins',
      first: 'ok',
      setup: `mkdir -p /etc/law-lint; printf '%s' '{ "name": "x", "type": "bridge",
 "ipam": { "type": "host-local" } }' >/etc/law-lint/10-x.conf`,
      params: { directory: '/etc/law-lint' },
    },
  ],
} satisfies TaskCases
