// For each check the fault it is for: the answers of a host that has it, as they differ from those of a healthy one.
import type { Role } from '../../src/container/index.ts'
import {
  ABSENT,
  CONTAINERD,
  CRANE,
  CRIO,
  cniFiles,
  file,
  HEALTHY,
  HEALTHY_CRIO,
  META,
  NO_UNIT,
  running,
  STOPPED,
} from './healthy.ts'

export interface Plant {
  readonly observed: Readonly<Record<string, unknown>>
  /** Default compute. */
  readonly roles?: readonly Role[]
  /** What another host answers, where only the two together show it. */
  readonly beside?: Readonly<Record<string, unknown>>
  /** A part of the evidence. */
  readonly seen: string
}

const crane = (from: string | RegExp, to: string) => {
  const text = CRANE.replace(from, to)
  if (text === CRANE) throw new Error(`nothing to replace: ${String(from)}`)
  return file(text)
}
const dump = (from: string | RegExp, to: string) => {
  const text = CONTAINERD.replace(from, to)
  if (text === CONTAINERD) throw new Error(`nothing to replace: ${String(from)}`)
  return text
}
const config = (from: string | RegExp, to: string, seen: string, roles: readonly Role[] = ['compute']): Plant => ({
  observed: { file: crane(from, to) },
  roles,
  seen,
})
const toml = (from: string | RegExp, to: string, seen: string): Plant => ({
  observed: { containerd: dump(from, to) },
  seen,
})
const crio = (from: string, to: string, seen: string): Plant => {
  if (!CRIO.includes(from)) throw new Error(`nothing to replace: ${from}`)
  return { observed: { crio: CRIO.replace(from, to) }, seen }
}
const cni = (change: object, seen: string): Plant => ({
  observed: { files: cniFiles({ '00-crane.conf': JSON.stringify({ ...JSON.parse(META), ...change }) }) },
  seen,
})
const node = (more: string, seen: string, observed: object = {}): Plant => ({
  observed: { file: crane('    memory: 2G', `    memory: 2G\n${more}`), ...observed },
  seen,
})
const gres = (more: string) => `    gres:\n      - { name: gpu, type: a100, ${more} }`
const log = (line: string): Plant => ({ observed: { logs: `supervisor/7.0.log: [ERROR] ${line}\n` }, seen: line })
const encrypted = (certificate: string, key: string) =>
  `${dump('enable_tls_streaming = false', 'enable_tls_streaming = true')}[plugins."io.containerd.grpc.v1.cri".x509_key_pair_streaming]
tls_cert_file = "${certificate}"
tls_key_file = "${key}"
`
const certificate = (files: string, seen: string): Plant => ({
  observed: {
    containerd: encrypted('/c', '/k'),
    files: `${files}
`,
  },
  seen,
})
const SUBID =
  'UserNsEnabledByDefault: true\n  SubId: { Managed: true, UidMappings: &ids [{ Id: 0, IdCount: 2000, SubIdStart: 100000, SubIdSize: 65536 }], GidMappings: *ids }'
const userns = crane('UserNsEnabledByDefault: false', 'UserNsEnabledByDefault: true')
const managed = crane('UserNsEnabledByDefault: false', SUBID)
const bindFs = crane('BindFs:\n    Enabled: false', 'BindFs:\n    Enabled: true')

/** By area and check. */
export const PLANTS: Readonly<Record<string, Readonly<Record<string, Plant>>>> = {
  craneConfiguration: {
    configurationMissing: { observed: { file: ABSENT }, seen: 'absent' },
    configurationInvalid: { observed: { file: file(`${CRANE}ClusterName: twice\n`) }, seen: 'YAML' },
    containerDisabled: config('  Enabled: true\n  TempDir', '  Enabled: false\n  TempDir', 'Container.Enabled: false', [
      'control',
    ]),
    containerDisabledOnNode: config('  Enabled: true\n  TempDir', '  TempDir', 'Container.Enabled: not set'),
    configurationDiffers: config('cpu: 2', 'cpu: 3', 'differs from that of crane01'),
    endpointScheme: config('RuntimeEndpoint: /run', 'RuntimeEndpoint: unix:///run', 'unix://'),
    containerRefused: config('Servers: [192.0.2.53]', 'Servers: [fd00::53]', 'Container.Dns.Servers.0'),
    containerIgnored: config('  TempDir', '  RunTimeEndpoint: /x\n  TempDir', 'Container.RunTimeEndpoint'),
    podsCannotResolve: config('192.0.2.53', '127.0.0.1', '127.0.0.1'),
    requiredKeyMissing: config('CraneCtldForInternalListenPort: "10013"\n', '', 'CraneCtldForInternalListenPort'),
  },
  craneSettings: {
    valueRefused: config(
      'ClusterName',
      'CompressedRpc: yess\nPriorityWeightAge:\nClusterName',
      'CompressedRpc: "yess", PriorityWeightAge: null',
    ),
    listenAddressRefused: config('ClusterName', 'CraneCtldListenAddr: crane01\nClusterName', 'crane01', ['control']),
    healthCheckWithoutProgram: config('ClusterName', 'HealthCheck: { Interval: 60 }\nClusterName', 'no Program'),
    prologFlagsConflict: config(
      'ClusterName',
      'JobLifecycleHook: { PrologFlags: "RunInJob,Serial" }\nClusterName',
      'RunInJob',
    ),
    settingsCapped: config('ClusterName', 'PriorityMaxAge: 14-0\nClusterName', '14-0', ['control']),
    tlsFileMissing: {
      observed: {
        file: crane('ClusterName', 'TLS: { Enabled: true }\nClusterName'),
        tlsFiles: '/etc/crane/tls/ca.pem\n',
      },
      seen: 'ca.pem',
    },
    tlsWithoutVault: config('ClusterName', 'TLS: { Enabled: true }\nClusterName', 'Vault.Enabled: not set', [
      'control',
    ]),
    foregroundOff: config('CranedForeground: true', 'CranedForeground: false', 'CranedForeground: false'),
    baseDirectorySlash: config('/var/crane/', '/var/crane', '/var/crane'),
    ignoredListenAddress: config('CranedListenPort', 'CranedListenAddr: 192.0.2.12\nCranedListenPort', '192.0.2.12'),
    debugLevelUnknown: config('CranedForeground', 'CranedDebugLevel: verbose\nCranedForeground', 'verbose'),
    keepalivedWithoutDirectory: config(
      'ClusterName',
      'Keepalived: { CraneCtldAliveFile: x }\nClusterName',
      'CraneSharedBaseDir',
      ['control'],
    ),
    preemptHalfSet: config('ClusterName', 'Preempt: { PreemptType: qos }\nClusterName', 'PreemptType: qos'),
  },
  craneNodes: {
    hostListRefused: config('name: "crane[02-04]"', 'name: "crane[02-x]"', "'crane[02-x]'"),
    hostListSurprises: config('nodes: "crane[02-04]"', 'nodes: "crane[02-04],crane[4-2]"', 'runs backwards'),
    hostnameNotANode: { observed: { hostname: 'crane02.example.org\n' }, seen: 'crane02.example.org' },
    nodeInNoPartition: {
      observed: {
        file: crane(
          /Partitions:[^]*DefaultPartition/,
          'Partitions:\n  - { name: CPU, nodes: crane02 }\nDefaultPartition',
        ),
      },
      seen: 'crane03, crane04',
    },
    partitionOfUnknownNode: config('nodes: "crane[02-04]"', 'nodes: "crane[02-05]"', 'crane05'),
    defaultPartitionUnknown: config('DefaultPartition: CPU', 'DefaultPartition: GPU', 'GPU'),
    partitionMemoryTwice: config(
      '  - name: DEBUG',
      '  - name: DEBUG\n    DefaultMemPerCpu: 1\n    DefaultMemPerNode: 1',
      'DEBUG',
    ),
    memoryMisread: config('memory: 2G', 'memory: 1.5G', '1.5G'),
    cpuQuoted: config('cpu: 2', 'cpu: "2"', 'cpu "2"'),
    namesUnresolved: { observed: { names: 'unresolved crane04\n' }, seen: 'crane04' },
    nodeTwice: config('Partitions:', '  - { name: crane03, cpu: 1, memory: 1G }\nPartitions:', 'crane03'),
    gresIncomplete: node('    gres: [{ name: gpu, DeviceFileRegex: /dev/x0 }]', 'gpu no type'),
    deviceMissing: node(gres('DeviceFileRegex: "/dev/nvidia[0-1]"'), '/dev/nvidia1', { devices: '/dev/nvidia0\n' }),
    cdiNamesDoNotMatch: node(
      gres('DeviceFileRegex: "/dev/x[0-1]", DeviceCDIList: [nvidia.com/gpu=0]'),
      '2 devices, 1 CDI names',
    ),
    pipelineNeedsCdi: node(gres('DeviceFileRegex: "/dev/x0", DeviceCniPipeline: rdma'), 'gpu a100'),
    injectorUnknown: node(gres('DeviceFileRegex: "/dev/x0", EnvInjector: cuda'), 'cuda'),
    devicesWithoutCdi: node(gres('DeviceFileRegex: "/dev/x[0-1]", EnvInjector: nvidia'), 'gpu a100'),
  },
  craneDaemons: {
    cranectldDown: {
      observed: { cranectld: STOPPED, words: 'cranectld [ERROR] bad\n' },
      roles: ['control'],
      seen: 'failed: [ERROR] bad',
    },
    cranedDown: {
      observed: { craned: STOPPED, words: 'craned RuntimeEndpoint is not configured.\n' },
      seen: 'RuntimeEndpoint',
    },
    daemonNotAtBoot: { observed: { craned: running({ file: 'disabled' }) }, seen: 'craned' },
    configurationNotRead: { observed: { config: file(CRANE, 3000) }, seen: 'craned' },
    driftLogged: {
      observed: { drift: 'CranedNode #crane03 appears to have a diffrent config.yaml than the CraneCtld.\n' },
      roles: ['control'],
      seen: 'crane03',
    },
    databaseConfigurationExposed: {
      observed: { database: { ...file(''), mode: '0644' } },
      roles: ['control'],
      seen: '0644',
    },
    databaseConfigurationMissing: {
      observed: { database: ABSENT },
      roles: ['control'],
      seen: 'database.yaml is missing',
    },
    deviceProgramMissing: {
      observed: { config: crane('memory: 2G', 'memory: 2G\n    gres: [{ name: gpu }]') },
      seen: 'cgroup_dev_bpf.o',
    },
    supervisorMissing: { observed: { supervisor: ABSENT }, seen: 'csupervisor' },
    portNotOpen: { observed: { listening: '0.0.0.0:22\n' }, seen: '10010' },
    cranedBeforeRuntime: { observed: { settings: 'craned After=network.target\n' }, seen: 'containerd.service' },
    proxyInUnit: {
      observed: { settings: 'craned After=containerd.service\ncraned Environment=HTTP_PROXY=http://proxy:3128\n' },
      seen: 'HTTP_PROXY',
    },
    cgroupsUnusable: { observed: { cgroups: '2 memory pids\n' }, seen: 'cpuset, cpu, io' },
  },
  runtime: {
    runtimeMissing: { observed: { containerd: '', endpoints: '', containerdUnit: NO_UNIT }, seen: 'neither' },
    socketMissing: {
      observed: { endpoints: '/run/k3s/containerd.sock /run/k3s/containerd.sock missing\n' },
      seen: '/run/k3s',
    },
    socketForEveryone: {
      observed: { endpoints: '/run/crane-runtime.sock /run/containerd/containerd.sock 666\n' },
      seen: 'containerd.sock has mode 666',
    },
  },
  containerd: {
    containerdDown: { observed: { unit: STOPPED }, seen: 'failed' },
    containerdTooOld: toml('1.7.24', '1.6.20', '1.6.20'),
    containerdVersionRefused: toml('1.7.24', '1.7.24~ds1', '1.7.24~ds1'),
    criDisabled: toml('disabled_plugins = []', 'disabled_plugins = ["cri"]', 'cri'),
    criNotLoaded: { observed: { plugins: 'io.containerd.grpc.v1 cri error\n' }, seen: 'error' },
    cniDirectoriesTwice: toml(
      'bin_dir = "/opt/cni/bin"',
      'bin_dir = "/opt/cni/bin"\n      bin_dirs = ["/opt/cni/bin"]',
      'bin_dirs',
    ),
    systemdCgroup: toml('SystemdCgroup = false', 'SystemdCgroup = true', 'runc'),
    criOverTcp: {
      observed: {
        containerd: dump('tcp_address = ""', 'tcp_address = "0.0.0.0:1234"').replace(
          'disable_tcp_service = true',
          'disable_tcp_service = false',
        ),
      },
      seen: '1234',
    },
    cdiOff: {
      observed: { crane: crane('memory: 2G', 'memory: 2G\n    gres: [{ DeviceCDIRegex: x }]') },
      seen: 'enable_cdi: false',
    },
  },
  containerdFile: {
    containerdFileInvalid: { observed: { file: file('version = = 2\n') }, seen: 'TOML' },
    configurationNotInForce: { observed: { file: file('version = 2\n', 3000) }, seen: 'newer' },
    importUndoes: {
      observed: {
        file: file(
          `version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nstream_server_port = "10351"\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\nSystemdCgroup = true\n`,
        ),
      },
      seen: 'the file says "10351"; SystemdCgroup is false, the file says true',
    },
    tablesMisplaced: {
      observed: { file: file("version = 3\n[plugins.'io.containerd.grpc.v1.cri']\nenable_cdi = true\n") },
      seen: 'enable_cdi',
    },
    tablesUnknown: {
      observed: { file: file('version = 2\n[plugins.cri]\nenable_cdi = true\n') },
      seen: '[plugins.cri]',
    },
    registryMirrorsIgnored: {
      observed: {
        containerd: `${CONTAINERD}[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\nendpoint = ["https://m"]\n`,
      },
      seen: 'registry.mirrors',
    },
  },
  streams: {
    streamsLocal: toml('"192.0.2.12"', '"127.0.0.1"', 'stream_server_address: "127.0.0.1"'),
    streamsAnywhere: toml('"192.0.2.12"', '"0.0.0.0"', '0.0.0.0'),
    streamAddressForeign: { observed: { addresses: '127.0.0.1/8\n192.0.2.13/24\n' }, seen: '192.0.2.12' },
    streamPortRandom: toml('"10350"', '"0"', '0'),
    streamsAskForCertificate: {
      observed: { ...HEALTHY_CRIO['streams'], crio: CRIO.replace('stream_tls_ca = ""', 'stream_tls_ca = "/ca"') },
      seen: '/ca',
    },
    streamCertificateHalf: {
      observed: { containerd: encrypted('/c', '') },
      seen: 'certificate: "/c", key: ""',
    },
    streamCertificateExpires: certificate('cert expires Nov_28_00:00:00_2026_GMT /c', 'Nov 28'),
    streamCertificateForeign: certificate(
      'cert names ,DNS:crane03,IPAddress:192.0.2.13, /c',
      'it is for DNS:crane03, IPAddress:192.0.2.13',
    ),
    streamKeyForeign: certificate(`cert public ${'a'.repeat(64)} /c\nkey public ${'b'.repeat(64)} /k`, 'differ'),
    streamKeyReadable: certificate('key mode 644 /k', '644'),
  },
  crio: {
    crioDown: { observed: { unit: STOPPED }, seen: 'failed' },
    crioFileInvalid: { observed: { crio: 'crio version 1.34.0\n==\n' }, seen: 'crio config' },
    crioTooOld: crio('1.34.0', '1.25.4', '1.25.4'),
    crioCgroupManager: crio('cgroup_manager = "cgroupfs"', 'cgroup_manager = "systemd"', 'systemd'),
    crioPodEvents: crio('enable_pod_events = true', 'enable_pod_events = false', 'enable_pod_events'),
    crioConmonCgroup: crio('conmon_cgroup = "pod"', 'conmon_cgroup = "system.slice"', 'system.slice'),
    crioPauseCommand: crio('"/pause"', '"/pause --now"', '/pause --now'),
    crioRegistriesIgnored: crio('"127.0.0.0/8"', '"127.0.0.0/8", "registry.example.org"', ': registry.example.org'),
    crioWithoutPacketFilter: { observed: { filters: '' }, seen: 'iptables' },
    crioEndsWithPorts: { observed: { filters: '/usr/sbin/iptables\n' }, seen: '/usr/sbin/iptables' },
    crioStrayDropIn: { observed: { stray: '/etc/crio/conf.d/99-nvidia.toml\n' }, seen: '99-nvidia.toml' },
  },
  network: {
    networkMissing: { observed: { files: '' }, seen: '/etc/cni/net.d' },
    networkDirectoryElsewhere: {
      observed: { ...HEALTHY_CRIO['network'], crio: CRIO.replace('/etc/cni/net.d/', '/etc/crio/net.d/') },
      seen: '/etc/crio/net.d',
    },
    networkInvalid: { observed: { files: cniFiles({ '00-crane.conf': '{ "name": ' }) }, seen: '00-crane.conf' },
    networkHidden: {
      observed: { files: cniFiles({ '00-crane.conf': META, '00-a.conflist': '{ "plugins": [] }' }) },
      seen: '00-a.conflist comes before 00-crane.conf',
    },
    networkFilesInvalid: {
      observed: { files: cniFiles({ '00-crane.conf': META, '99-x.conf': 'x' }) },
      seen: '99-x.conf',
    },
    pluginMissing: {
      observed: {
        plugins: String(HEALTHY['network']?.['plugins']).replace('/opt/cni/bin/bridge', '/usr/lib/cni/bridge'),
      },
      seen: 'bridge (in the directory of its package only)',
    },
    loopbackMissing: {
      observed: { plugins: String(HEALTHY['network']?.['plugins']).replace('/opt/cni/bin/loopback\n', '') },
      seen: 'loopback',
    },
    metaGeneration: { observed: { build: 'crane-meta delegates\n' }, seen: 'reads delegates' },
    networkTooSlow: cni({ timeoutSeconds: 10 }, '10'),
    capabilitiesMisplaced: cni({ capabilities: { bandwidth: true } }, 'portMappings'),
    pipelinesRefused: cni(
      { name: undefined, pipelines: [{ name: 'a', ifName: 'eth0', ifNamePrefix: 'eth', delegates: [{}] }] },
      'the file has no name; pipeline a needs one of ifName and ifNamePrefix',
    ),
    editsUnquoted: cni(
      { runtimeOverride: { envs: ['NO_PROXY=svc.local', "A=''", '-K8S_POD_NAME', 'B=/etc/x'] } },
      'NO_PROXY=svc.local',
    ),
    logLevelUnknown: cni({ logLevel: 'warn' }, '"warn"'),
    dnsRegisterRefused: cni(
      { pipelines: [{ name: 'a', ifName: 'eth0', delegates: [{ conf: { type: 'dns-register', ttl: 0 } }] }] },
      'dns-register comes first; etcd_endpoints: not set; ttl: 0',
    ),
    etcdUnreachable: { observed: { etcd: 'unreachable http://192.0.2.9:2379\n' }, seen: '192.0.2.9' },
    networkDebugs: cni({ logLevel: 'debug' }, 'debug'),
    etcdUnencrypted: cni({ etcd_endpoints: 'http://192.0.2.9:2379' }, 'http://192.0.2.9'),
  },
  userNamespaces: {
    kernelTooOldForUserNamespaces: { observed: { kernel: '5.10.0-28-amd64\n', config: managed }, seen: '5.10' },
    subIdsMissing: {
      observed: { config: userns },
      seen: '/etc/subuid',
    },
    subIdsDiffer: {
      observed: { config: managed, subuid: file('ada:100000:65536\n'), accounts: 'ada:1000:1000\n' },
      seen: 'ada:100000:65536',
    },
    usersNotMapped: { observed: { config: managed, accounts: 'ada:70000:70000\n' }, seen: 'ada (70000:70000)' },
    subIdsDifferBetweenNodes: {
      observed: { config: userns, subuid: file('ada:100000:65536\n') },
      beside: { config: userns, subuid: file('ada:200000:65536\n') },
      seen: 'crane01',
    },
    mountsNeedNewerContainerd: { observed: { config: userns }, seen: 'containerd 1.7.24' },
    bindFsMissing: { observed: { config: bindFs }, seen: '/usr/bin/bindfs' },
    bindFsDirectoryShared: {
      observed: { config: file(String((bindFs as { text: string }).text).replace('/mnt/crane', '/home')) },
      seen: '/home',
    },
  },
  imagesAndDevices: {
    pauseImageMissing: { observed: { pause: 'missing registry.k8s.io/pause:3.8\n' }, seen: 'pause:3.8' },
    imageRoom: { observed: { room: '/var/lib/containerd 20000 99%\n' }, seen: '99% used' },
    gpuWithoutCdi: {
      observed: {
        devices: '0x10de\n0x1002\n',
        config: crane(
          'memory: 2G',
          'memory: 2G\n    gres: [{ name: gpu, type: a, DeviceFileList: [/dev/nvidia0] }, { name: gpu, type: b, DeviceFileList: [/dev/dri/renderD128] }]',
        ),
      },
      seen: 'NVIDIA, and no nvidia.com in /etc/cdi or /var/run/cdi; a device of AMD, and no amd.com',
    },
    cdiNameUnknown: {
      observed: {
        specifications: '==== specification /etc/cdi/nvidia.yaml\nkind: nvidia.com/gpu\ndevices: [{ name: "0" }]\n',
        config: crane(
          'memory: 2G',
          'memory: 2G\n    gres: [{ name: gpu, type: a100, DeviceCDIList: ["nvidia.com/gpu=GPU0"] }]',
        ),
      },
      seen: 'nvidia.com/gpu=GPU0; defined: nvidia.com/gpu=0',
    },
    cdiFileInvalid: {
      observed: { specifications: '==== specification /etc/cdi/nvidia.yaml\nkind: [\n' },
      seen: '/etc/cdi/nvidia.yaml',
    },
  },
  firewall: {
    portsClosed: { observed: { rules: 'firewalld\n10350/tcp\n' }, seen: '10010' },
    streamPortClosed: {
      observed: { rules: 'ufw\nStatus: active\n10010:10013/tcp            ALLOW       192.0.2.0/24\n' },
      seen: 'ufw does not open 10350',
    },
    streamsUnprotected: { observed: { rules: '' }, seen: '192.0.2.12:10350, without TLS' },
  },
  recentFailures: {
    failedToReachRuntime: log('Failed to run pod sandbox: [gRPC:14] connection refused'),
    podTooSlow: log('Failed to run pod sandbox: [gRPC:4] Deadline Exceeded'),
    imageNotPulled: log('Failed to pull image: not found'),
    pullTooSlow: log('Supervisor not responding when execute step'),
    criUnknown: log('unknown service runtime.v1.RuntimeService'),
    cgroupsPathRefused: log('expected cgroupsPath to be of format "slice:prefix:name"'),
    eventsLost: log('Container event stream disconnected'),
    cniSwallowed: log('unexpected end of JSON input'),
    cniNotReady: log('cni plugin not initialized'),
    userNotMapped: log('uid 70000 is not covered by Container.SubId.UidMappings'),
    bindFsFailed: log('/usr/bin/bindfs: spawn failed'),
    mountRefused: log('mount source /data: Permission denied'),
    portTaken: log('Port 8080 is already in use'),
    commandNotStarted: log('Failed to start container 7.1'),
    cdiUnresolved: log('unresolvable CDI devices nvidia.com/gpu=0'),
    nodeDisabled: log('Container is not enabled in this craned.'),
  },
  loginHosts: {
    cconMissing: { observed: { ccon: '' }, roles: ['login'], seen: 'ccon' },
    cforedDown: { observed: { cfored: STOPPED }, roles: ['login'], seen: 'failed' },
    crictlEndpoint: {
      observed: { crictl: file('runtime-endpoint: /run/containerd/containerd.sock\n') },
      seen: '/run/containerd',
    },
    proxyForEveryone: { observed: { environment: 'http_proxy=http://me:secret@proxy:3128\n' }, seen: 'http://…@proxy' },
  },
}
