// CRI-O as it is configured: what `crio config` prints for its file and its drop-ins.
import { defineChecks, isOlder, mapAt, nodeRuntime, runtimeProbes } from 'crane-play/container'
import { reading, unit } from 'crane-play/task'

export default defineChecks({
  title: 'CRI-O',
  on: ['compute'],
  observe: () => ({
    ...runtimeProbes,
    unit: unit('crio'),
    stray: reading('doctor crio drop-ins', 'ls -d /etc/crio/conf.d/*.toml /etc/crio/conf.d/*.conf 2>/dev/null'),
    filters: reading('doctor packet filters', 'for filter in iptables nft; do command -v $filter; done'),
  }),
  read: ({ unit: { active }, stray, filters, ...answers }) => {
    const { used, crio } = nodeRuntime(answers)
    if (used !== 'CRI-O' || crio === undefined) return undefined
    const table = mapAt(crio.values, 'crio')
    return { active, stray: stray.trim().split('\n').filter(Boolean), filters: filters.trim(), version: crio.version ?? '0', isRead: crio.values !== undefined, runtime: mapAt(table, 'runtime'), image: mapAt(table, 'image') }
  },
  checks: [
    {
      name: 'crioDown',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: 'CRI-O does not run, and CraneSched uses it',
      fix: 'start it, and enable it',
      playbook: 'runtime.yml',
      find: ({ active }) => (active !== 'active' ? `crio.service is ${active}` : undefined),
    },
    {
      name: 'crioFileInvalid',
      symptom: 'CRI-O does not start any more',
      cause: 'its file, or a drop-in of it, is not valid TOML, or has a value of the wrong type',
      fix: 'correct it by hand: `crio config` names the file',
      find: ({ isRead }) => (isRead ? undefined : '`crio config` fails'),
    },
    {
      name: 'crioTooOld',
      symptom: 'a step stays running after its container ended, until its time limit',
      cause: 'CRI-O before 1.26 sends no events when a container ends',
      fix: 'install CRI-O 1.26 or newer',
      playbook: 'runtime.yml',
      find: ({ version }) => (isOlder(version, '1.26') ? `CRI-O ${version}` : undefined),
    },
    {
      name: 'crioCgroupManager',
      symptom: 'container jobs fail: did not receive slice as parent',
      cause: "CRI-O uses systemd's cgroup driver, and CraneSched names a cgroup by its path",
      fix: 'set cgroup_manager to cgroupfs',
      playbook: 'runtime.yml',
      find: ({ runtime, isRead }) => (isRead && runtime['cgroup_manager'] !== 'cgroupfs' ? `cgroup_manager: ${JSON.stringify(runtime['cgroup_manager'] ?? 'systemd')}` : undefined),
    },
    {
      name: 'crioPodEvents',
      symptom: 'a step stays running after its container ended; the log repeats: Container event stream disconnected',
      cause: 'CRI-O sends events of containers only with enable_pod_events',
      fix: 'set enable_pod_events to true',
      playbook: 'runtime.yml',
      find: ({ runtime, isRead }) => (isRead && runtime['enable_pod_events'] !== true ? 'enable_pod_events: false' : undefined),
    },
    {
      name: 'crioConmonCgroup',
      symptom: 'containers do not start with the cgroupfs driver',
      cause: 'conmon_cgroup names a slice, which that driver refuses',
      fix: 'set conmon_cgroup to pod',
      playbook: 'runtime.yml',
      find: ({ runtime }) => (runtime['cgroup_manager'] === 'cgroupfs' && !['', 'pod', undefined].includes(runtime['conmon_cgroup'] as string | undefined) ? `conmon_cgroup: ${String(runtime['conmon_cgroup'])}` : undefined),
    },
    {
      name: 'crioPauseCommand',
      symptom: 'every container job fails: the pod does not start',
      cause: 'pause_command is taken for the path of one program, and has arguments',
      fix: "leave pause_command empty for the image's own, or write one path",
      find: ({ image }) => (/\s/.test(String(image['pause_command'] ?? '')) ? `pause_command: ${String(image['pause_command'])}` : undefined),
    },
    {
      name: 'crioRegistriesIgnored',
      symptom: 'images are not pulled from a registry without TLS',
      cause: 'insecure_registries of CRI-O has no effect any more',
      fix: 'set `insecure = true` for the registry in /etc/containers/registries.conf.d',
      find: ({ image }) => {
        const set = Array.isArray(image['insecure_registries']) ? (image['insecure_registries'] as unknown[]).map(String) : []
        // CRI-O itself prints the loopback network.
        const registries = set.filter((one) => one !== '127.0.0.0/8')
        return registries.length > 0 ? `insecure_registries: ${registries.join(', ')}` : undefined
      },
    },
    {
      name: 'crioWithoutPacketFilter',
      symptom: "CRI-O does not start: can't create HostPortManager",
      cause: 'CRI-O needs iptables or nft for the ports of pods, and the node has neither',
      fix: 'install nftables',
      playbook: 'runtime.yml',
      find: ({ filters }) => (filters === '' ? 'neither iptables nor nft is installed' : undefined),
    },
    {
      name: 'crioEndsWithPorts',
      symptom: 'CRI-O ends with a panic in hostport when a pod has a mapped port',
      cause: 'it expects nft even where it uses iptables, as 1.34 does',
      fix: 'install nftables, and restart CRI-O',
      playbook: 'runtime.yml',
      find: ({ filters }) => (filters !== '' && !/\/nft$/m.test(filters) ? `only ${filters} is installed` : undefined),
    },
    {
      name: 'crioStrayDropIn',
      symptom: 'containers do not see GPUs though the toolkit of the vendor is configured',
      cause: 'nvidia-ctk 1.18.0 to 1.19.0 write to /etc/crio/conf.d, which CRI-O does not read',
      fix: 'move the file to /etc/crio/crio.conf.d, or run nvidia-ctk with --drop-in-config',
      find: ({ stray }) => (stray.length > 0 ? stray.join(', ') : undefined),
    },
  ],
})
