// Commands that plant faults on hosts of the lab: those of test/checks/plants.ts that are the text of a file, and others.
import { PLANTS, type Plant } from '../../checks/plants.ts'
import { quoteShell } from '../../../src/model/quoteShell.ts'
import { away, both, type Commands, compute, control, instead, keep, write } from './plantCommands.ts'
import type { LabPlant } from './plantFaults.ts'

const CRANE = '/etc/crane/config.yaml'
const CONTAINERD = '/etc/containerd/config.toml'
const NETWORKS = '/etc/cni/net.d'

/** Which file of a host an answer is the text of, by area and name of the answer. */
const FILES: Readonly<Record<string, string>> = {
  'craneConfiguration file': CRANE,
  'craneSettings file': CRANE,
  'craneNodes file': CRANE,
  'craneDaemons config': CRANE,
  'containerd crane': CRANE,
  'userNamespaces config': CRANE,
  'containerdFile file': CONTAINERD,
}

/** What shows it is more than the text, or another host. */
const NOT_A_TEXT = new Set([
  'configurationDiffers',
  'configurationNotInForce',
  'configurationNotRead',
  'containerDisabledOnNode',
  'deviceProgramMissing',
  'importUndoes',
  'subIdsMissing',
])
/** The text alone shows it on a host of the lab. */
const TEXT_IS_ENOUGH = new Set(['deviceMissing', 'subIdsDiffer'])

function commandsFor(area: string, check: string, { observed }: Plant): Commands | undefined {
  const [[name = '', value], ...more] = Object.entries(observed) as [[string, unknown], ...unknown[]]
  if (more.length > 0 && !TEXT_IS_ENOUGH.has(check)) return undefined
  const path = FILES[`${area} ${name}`]
  const text = (value as { readonly text?: string } | undefined)?.text
  if (path !== undefined && text !== undefined) {
    const { save, back } = keep(path)
    return { plant: `${save}; ${write(path, text)}`, undo: back }
  }
  if (area === 'recentFailures') {
    const file = '/var/crane/supervisor/7777.0.log'
    const [, line = ''] = /^\S+: (.*\n)$/.exec(String(value)) ?? []
    return { plant: write(file, line), undo: `rm ${file}` }
  }
  if (area === 'network' && name === 'files') {
    const files = [...String(value).matchAll(/([\w.-]+)\t\d+\n(.*)\n/g)]
    if (files.length === 0) return undefined
    const writes = files.map(([, file = '', content = '']) => write(`${NETWORKS}/${file}`, content))
    return {
      plant: `cp -a ${NETWORKS} /root/kept-networks; ${writes.join('; ')}`,
      undo: `rm -r ${NETWORKS}; mv /root/kept-networks ${NETWORKS}`,
    }
  }
  return undefined
}

const TEXTS: readonly LabPlant[] = Object.entries(PLANTS).flatMap(([area, plants]) =>
  Object.entries(plants).flatMap(([check, one]) => {
    const commands = NOT_A_TEXT.has(check) ? undefined : commandsFor(area, check, one)
    if (!commands) return []
    // The accounts of the lab's hosts are its own.
    const seen = check === 'subIdsDiffer' ? 'admin:100000:65536' : one.seen
    return [{ check, control: one.roles?.includes('control') === true, seen, ...commands }]
  }),
)

/** The configuration that is in force, as sed changes it, in place of the file. */
const toml = (expression: string): Commands => {
  const { save, back } = keep(CONTAINERD)
  const change = `containerd config dump | sed ${quoteShell(expression)} >/root/changed; cat /root/changed >${CONTAINERD}`
  return { plant: `${save}; ${change}`, undo: back }
}
const yaml = (expression: string): Commands => {
  const { save, back } = keep(CRANE)
  return { plant: `${save}; sed -i ${quoteShell(expression)} ${CRANE}`, undo: back }
}
const awayAndReload = (path: string): Commands => {
  const { plant, undo } = away(path)
  return { plant: `${plant}; systemctl daemon-reload`, undo: `${undo}; systemctl daemon-reload` }
}
/** As a vendor's package has it: of version 1, because it does not say. */
const vendorFile = (text: string): Commands => {
  const { save, back } = keep(CONTAINERD)
  return { plant: `${save}; ${write(CONTAINERD, text)}`, undo: back }
}
const PAUSE = `$(containerd config dump | sed -n 's/.*sandbox_image = "\\(.*\\)"/\\1/p')`

const registryTwice = `printf '%s\\n' '[plugins."io.containerd.grpc.v1.cri".registry]' 'config_path = "/etc/containerd/certs.d"' '[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]' 'endpoint = ["https://m"]' >>${CONTAINERD}`
const restarted = ({ plant, undo }: Commands): Commands => ({
  plant: `${plant}; systemctl restart containerd`,
  undo: `${undo}; systemctl restart containerd`,
})
const userNamespaces = yaml('s/UserNsEnabledByDefault: false/UserNsEnabledByDefault: true/')
const IDS = '{ Id: 0, IdCount: 2000, SubIdStart: 100000, SubIdSize: 65536 }'
/** Gives the nodes of the configuration a device. */
const gres = (more: string) => yaml(`/^    memory: 2G/a\\    gres: [{ name: gpu, type: lab, ${more} }]`)

const OTHERS: readonly LabPlant[] = [
  compute('containerdDown', 'inactive', {
    plant: 'systemctl stop containerd',
    undo: 'systemctl start containerd',
  }),
  compute(
    'containerdTooOld',
    '1.6.20',
    instead('containerd', '[ "$1" != --version ] || { echo containerd x 1.6.20 y; exit; }'),
  ),
  compute('criDisabled', 'cri', vendorFile('disabled_plugins = ["cri"]\n')),
  compute(
    'criOverTcp',
    '1234',
    toml('s/tcp_address = ""/tcp_address = "0.0.0.0:1234"/;s/disable_tcp_service = true/disable_tcp_service = false/'),
  ),
  compute('streamsLocal', '127.0.0.1', toml('s/stream_server_address = .*/stream_server_address = "127.0.0.1"/')),
  compute('streamsAnywhere', '0.0.0.0', toml('s/stream_server_address = .*/stream_server_address = "0.0.0.0"/')),
  compute(
    'streamAddressForeign',
    '192.0.2.99',
    toml('s/stream_server_address = .*/stream_server_address = "192.0.2.99"/'),
  ),
  compute('streamPortRandom', '0', toml('s/stream_server_port = .*/stream_server_port = "0"/')),
  compute('streamCertificateHalf', 'key: ""', toml('s/tls_key_file = .*/tls_key_file = ""/')),
  compute('streamsUnprotected', 'without TLS', toml('s/enable_tls_streaming = .*/enable_tls_streaming = false/')),
  compute('registryMirrorsIgnored', 'registry.mirrors', {
    plant: `${keep(CONTAINERD).save}; ${registryTwice}`,
    undo: keep(CONTAINERD).back,
  }),
  compute('daemonNotAtBoot', 'craned', awayAndReload('/etc/systemd/system/multi-user.target.wants/craned.service')),
  compute('portNotOpen', '10999', yaml('s/CranedListenPort: .*/CranedListenPort: "10999"/')),
  compute('hostnameNotANode', 'elsewhere', {
    plant: 'hostname >/root/kept-name; hostname elsewhere',
    undo: 'hostname "$(cat /root/kept-name)"',
  }),
  compute('loopbackMissing', 'loopback', away('/opt/cni/bin/loopback')),
  compute('subIdsMissing', '/etc/subuid', both(userNamespaces, away('/etc/subuid'))),
  compute('pauseImageMissing', 'pause', {
    plant: `ctr -n k8s.io images tag ${PAUSE} kept.example/pause:1 && ctr -n k8s.io images rm ${PAUSE}`,
    undo: `ctr -n k8s.io images tag kept.example/pause:1 ${PAUSE} && ctr -n k8s.io images rm kept.example/pause:1`,
  }),
  compute('imageRoom', '% used', {
    plant: 'mount -t tmpfs -o size=4m tmpfs /var/lib/containerd; head -c 3900000 /dev/zero >/var/lib/containerd/full',
    undo: 'umount /var/lib/containerd',
  }),
  compute('crictlEndpoint', '/run/containerd', {
    plant:
      '[ ! -e /etc/crictl.yaml ] || cp -p /etc/crictl.yaml /root/kept-crictl; echo runtime-endpoint: /run/containerd/containerd.sock >/etc/crictl.yaml',
    undo: 'rm /etc/crictl.yaml; [ ! -e /root/kept-crictl ] || mv /root/kept-crictl /etc/crictl.yaml',
  }),
  compute('configurationMissing', 'absent', away(CRANE)),
  compute(
    'criNotLoaded',
    'cri error',
    restarted({
      plant: `${keep(CONTAINERD).save}; ${registryTwice}`,
      undo: keep(CONTAINERD).back,
    }),
  ),
  // As nvidia-ctk does it.
  compute('importUndoes', 'stream_server_port is "10351", the file says "10350"', {
    plant: `${keep(CONTAINERD).save}; mkdir /etc/containerd/conf.d; printf '%s\\n' 'version = 2' '[plugins."io.containerd.grpc.v1.cri"]' 'stream_server_port = "10351"' >/etc/containerd/conf.d/99-nvidia.toml; sed -i '1i imports = ["/etc/containerd/conf.d/*.toml"]' ${CONTAINERD}`,
    undo: `${keep(CONTAINERD).back}; rm -r /etc/containerd/conf.d`,
  }),
  compute(
    'networkDirectoryElsewhere',
    '/etc/other/net.d',
    toml('s|conf_dir = "/etc/cni/net.d"|conf_dir = "/etc/other/net.d"|'),
  ),
  compute(
    'metaGeneration',
    'the file has pipelines, the plug-in reads delegates',
    both(away('/opt/cni/bin/crane-meta'), {
      plant: 'cp /opt/lab/cni-g1/crane-meta /opt/cni/bin/crane-meta',
      undo: 'rm /opt/cni/bin/crane-meta',
    }),
  ),
  compute('etcdUnreachable', 'http://127.0.0.1:2379', {
    plant: write(`${NETWORKS}/99-calico.conflist`, '{ "plugins": [{ "etcd_endpoints": "http://127.0.0.1:2379" }] }\n'),
    undo: `rm ${NETWORKS}/99-calico.conflist`,
  }),
  compute('gpuWithoutCdi', 'a device of NVIDIA, and no nvidia.com in /etc/cdi', {
    plant: `mknod /dev/nvidia0 c 195 0; ${gres('DeviceFileList: [/dev/nvidia0]').plant}`,
    undo: `${gres('').undo}; rm /dev/nvidia0`,
  }),
  compute(
    'cdiNameUnknown',
    'nvidia.com/gpu=GPU0; defined: nvidia.com/gpu=0',
    both(gres('DeviceCDIList: ["nvidia.com/gpu=GPU0"]'), {
      plant: `mkdir -p /etc/cdi; ${write('/etc/cdi/x.yaml', 'kind: nvidia.com/gpu\ndevices: [{ name: "0" }]\n')}`,
      undo: 'rm -r /etc/cdi',
    }),
  ),
  // Whatever this machine has: control groups of version 2 alone, and both versions at once.
  compute(
    'deviceProgramMissing',
    'cgroup_dev_bpf.o',
    both(gres('DeviceFileList: [/dev/null]'), {
      plant: 'mount -t cgroup2 cgroup2 /sys/fs/cgroup',
      undo: 'umount /sys/fs/cgroup',
    }),
  ),
  compute('cgroupsUnusable', 'hybrid', {
    plant:
      'mount -t tmpfs tmpfs /sys/fs/cgroup; mkdir /sys/fs/cgroup/unified; mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified',
    undo: 'umount -R /sys/fs/cgroup',
  }),
  // The name of an old kernel over that of this machine's own.
  compute(
    'kernelTooOldForUserNamespaces',
    'Linux 5.10.0-28-amd64',
    both(userNamespaces, {
      plant: 'echo 5.10.0-28-amd64 >/root/kernel; mount --bind /root/kernel /proc/sys/kernel/osrelease',
      undo: 'umount /proc/sys/kernel/osrelease',
    }),
  ),
  // As from a directory service: useradd has given it no subordinate ids.
  compute(
    'usersNotMapped',
    'ada (70000:70000)',
    both(
      yaml(
        `s/UserNsEnabledByDefault: false/UserNsEnabledByDefault: true\\n  SubId: { Managed: true, UidMappings: [${IDS}], GidMappings: [${IDS}] }/`,
      ),
      {
        plant: 'cp -p /etc/passwd /root/kept-passwd; echo ada:x:70000:70000::/home/ada:/bin/bash >>/etc/passwd',
        undo: 'mv /root/kept-passwd /etc/passwd',
      },
    ),
  ),
  control('databaseConfigurationMissing', 'is missing', away('/etc/crane/database.yaml')),
  control('cranectldDown', 'inactive', { plant: 'systemctl stop cranectld', undo: 'systemctl start cranectld' }),
]

export const LAB_PLANTS: readonly LabPlant[] = [...TEXTS, ...OTHERS]

/** With containerd 2.1 or newer. */
export const MODERN_PLANTS: readonly LabPlant[] = [
  compute(
    'cniDirectoriesTwice',
    'bin_dirs: ["/opt/cni/bin"]',
    toml("s|bin_dir = .*|bin_dir = '/opt/cni/bin'|;s|bin_dirs = .*|bin_dirs = ['/opt/cni/bin']|"),
  ),
]
