// What healthy hosts answer to the questions of doctor, as recorded from the lab, and how to change one answer.
import type { FileFact, UnitFact } from '../../src/task/index.ts'

const INODE = { mode: '0644', owner: 'root', group: 'root', uid: 0, gid: 0, size: 1, link: false }

export const file = (text: string, changedAt = 1000): FileFact => ({
  ...INODE,
  type: 'file',
  text,
  sha256: `digest of ${text}`,
  changedAt,
})
export const ABSENT: FileFact = { type: 'absent' }

export const running = (more: Partial<UnitFact> = {}): UnitFact => ({
  load: 'loaded',
  active: 'active',
  sub: 'running',
  file: 'enabled',
  startedAt: 2000,
  needsReload: false,
  ...more,
})
export const NO_UNIT = running({ load: 'not-found', active: 'inactive', sub: 'dead', file: '', startedAt: null })
export const STOPPED = running({ active: 'failed', sub: 'failed', startedAt: null })

export const CRANE = `ControlMachine: crane01
ClusterName: crane_lab
CraneBaseDir: /var/crane/
CraneCtldListenPort: "10011"
CraneCtldForInternalListenPort: "10013"
CraneCtldForeground: true
CranedListenPort: "10010"
CranedForeground: true
Supervisor:
  Path: /usr/libexec/csupervisor
Nodes:
  - name: "crane[02-04]"
    cpu: 2
    memory: 2G
Partitions:
  - name: CPU
    nodes: "crane[02-04]"
  - name: DEBUG
    nodes: ALL
DefaultPartition: CPU
Container:
  Enabled: true
  TempDir: supervisor/containers/
  RuntimeEndpoint: /run/containerd/containerd.sock
  ImageEndpoint: /run/containerd/containerd.sock
  UserNsEnabledByDefault: false
  Dns:
    Servers: [192.0.2.53]
  BindFs:
    Enabled: false
    BindfsBinary: /usr/bin/bindfs
    FusermountBinary: /usr/bin/fusermount3
    MountBaseDir: /mnt/crane
`

export const CONTAINERD = `containerd github.com/containerd/containerd 1.7.24 88bf19b2105c
==
version = 2
disabled_plugins = []
[grpc]
  address = "/run/containerd/containerd.sock"
  tcp_address = ""
[plugins]
  [plugins."io.containerd.grpc.v1.cri"]
    disable_tcp_service = true
    enable_cdi = false
    enable_tls_streaming = false
    sandbox_image = "registry.k8s.io/pause:3.8"
    stream_server_address = "192.0.2.12"
    stream_server_port = "10350"
    [plugins."io.containerd.grpc.v1.cri".cni]
      bin_dir = "/opt/cni/bin"
    [plugins."io.containerd.grpc.v1.cri".containerd]
      default_runtime_name = "runc"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
    [plugins."io.containerd.grpc.v1.cri".registry]
      config_path = "/etc/containerd/certs.d"
`

export const CRIO = `crio version 1.34.0
==
[crio]
[crio.api]
stream_address = "192.0.2.12"
stream_port = "10350"
stream_tls_ca = ""
[crio.runtime]
cgroup_manager = "cgroupfs"
conmon_cgroup = "pod"
enable_pod_events = true
[crio.image]
insecure_registries = ["127.0.0.0/8"]
pause_command = "/pause"
[crio.network]
network_dir = "/etc/cni/net.d/"
plugin_dirs = ["/opt/cni/bin/"]
`

export const META = JSON.stringify({
  cniVersion: '1.0.0',
  name: 'crane-meta',
  type: 'crane-meta',
  capabilities: { portMappings: true, bandwidth: true },
  logLevel: 'info',
  timeoutSeconds: 4,
  pipelines: [
    {
      name: 'ethernet',
      ifName: 'eth0',
      delegates: [
        { name: 'bridge', conf: { type: 'bridge', ipam: { type: 'host-local' } } },
        { name: 'portmap', conf: { type: 'portmap', snat: true } },
        { name: 'bandwidth', conf: { type: 'bandwidth' } },
      ],
    },
  ],
})

/** As the probe prints them. */
export const cniFiles = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .map(([name, text]) => `${name}\t${Buffer.byteLength(text)}\n${text}\n`)
    .join('')

export const PLUGINS = ['crane-meta', 'bridge', 'host-local', 'loopback', 'portmap', 'bandwidth']
  .map((name) => `/opt/cni/bin/${name}\n`)
  .join('')

const UNITS = `cranectld After=network.target nss-lookup.target
cranectld Environment=
craned After=network.target containerd.service
craned Environment=
`

const RUNTIME = {
  endpoints: '/run/containerd/containerd.sock /run/containerd/containerd.sock 660\n',
  containerd: CONTAINERD,
  crio: '',
}
const CRIO_RUNTIME = { endpoints: '/run/crio/crio.sock /run/crio/crio.sock 660\n', containerd: '', crio: CRIO }

/** By area. */
export const HEALTHY: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  craneConfiguration: { file: file(CRANE) },
  craneSettings: { file: file(CRANE), tlsFiles: '', vault: '' },
  craneNodes: { file: file(CRANE), hostname: 'crane02\n', devices: '', names: '' },
  craneDaemons: {
    cranectld: running(),
    craned: running(),
    containerd: running(),
    crio: NO_UNIT,
    config: file(CRANE),
    database: ABSENT,
    ebpf: ABSENT,
    hostname: 'crane02\n',
    supervisor: file(''),
    words: '',
    drift: '',
    cgroups: '2 cpuset cpu io memory pids \n',
    settings: UNITS,
    listening: '0.0.0.0:10010\n0.0.0.0:10011\n[::]:10013\n',
  },
  runtime: { ...RUNTIME, containerdUnit: running(), crioUnit: NO_UNIT },
  containerd: { ...RUNTIME, unit: running(), crane: file(CRANE), plugins: 'io.containerd.grpc.v1 cri ok\n' },
  containerdFile: { ...RUNTIME, unit: running(), file: file('version = 2\n') },
  streams: { ...RUNTIME, files: '', hostname: 'crane02\n', addresses: '127.0.0.1/8\n192.0.2.12/24\n' },
  crio: { ...CRIO_RUNTIME, unit: running(), stray: '', filters: '/usr/sbin/nft\n' },
  network: {
    ...RUNTIME,
    files: cniFiles({ '00-crane.conf': META }),
    plugins: PLUGINS,
    build: 'crane-meta pipelines\n',
    etcd: '',
  },
  userNamespaces: {
    ...RUNTIME,
    config: file(CRANE),
    subuid: ABSENT,
    subgid: ABSENT,
    kernel: '6.1.0\n',
    accounts: '',
    programs: 'BindfsBinary missing /usr/bin/bindfs\nFusermountBinary here\n',
  },
  imagesAndDevices: {
    config: file(CRANE),
    containerd: running(),
    hostname: 'crane02\n',
    pause: 'here registry.k8s.io/pause:3.8\n',
    room: '/var/lib/containerd 20000000 40%\n',
    devices: '',
    specifications: '',
  },
  firewall: {
    ...RUNTIME,
    rules: 'firewalld\n10010-10013/tcp 10350/tcp\n',
  },
  recentFailures: { logs: '' },
  loginHosts: {
    ccon: '/usr/bin/ccon\n',
    cfored: NO_UNIT,
    crictl: file('runtime-endpoint: unix:///run/containerd/containerd.sock\n'),
    environment: '',
  },
}

/** What the control node has and others have not. */
export const HEALTHY_CONTROL: typeof HEALTHY = { craneDaemons: { database: { ...file(''), mode: '0600' } } }

/** The same with CRI-O. */
export const HEALTHY_CRIO: typeof HEALTHY = {
  runtime: { ...CRIO_RUNTIME, containerdUnit: NO_UNIT, crioUnit: running() },
  containerd: { ...CRIO_RUNTIME, unit: NO_UNIT },
  containerdFile: { ...CRIO_RUNTIME, unit: NO_UNIT, file: ABSENT },
  streams: CRIO_RUNTIME,
  network: CRIO_RUNTIME,
  userNamespaces: CRIO_RUNTIME,
  firewall: CRIO_RUNTIME,
  craneDaemons: { containerd: NO_UNIT, crio: running(), settings: UNITS.replace('containerd', 'crio') },
}
