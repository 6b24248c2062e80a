// CRI-O as it is configured: what `crio config` prints for its file and its drop-ins.
import { CRANE_CONFIG, craneConfigFile, defineChecks, isOlder, mapAt } from 'crane-play/container'
import { parseToml, reading, textFile, unit } from 'crane-play/task'

const DUMP = `if command -v crio >/dev/null; then crio --version | head -n 3; echo ==; crio status config 2>/dev/null || crio config 2>/dev/null; fi`

export default defineChecks({
  title: 'CRI-O',
  on: ['compute'],
  observe: () => ({
    unit: unit('crio'),
    crane: textFile(CRANE_CONFIG),
    dump: reading('doctor crio', DUMP),
    stray: reading('doctor crio drop-ins', 'ls -d /etc/crio/conf.d/*.toml /etc/crio/conf.d/*.conf 2>/dev/null'),
  }),
  read: ({ dump, stray, ...facts }) => {
    if (dump.trim() === '') return undefined
    const [head = '', text = ''] = dump.split(/^==\n/m)
    const crio = mapAt(parseToml(text), 'crio')
    const endpoint = String(craneConfigFile(facts.crane)?.container['RuntimeEndpoint'] ?? '')
    return { ...facts, endpoint, stray: stray.trim().split('\n').filter(Boolean), version: /(\d+\.\d+\.\d+\S*)/.exec(head)?.[1] ?? '0', api: mapAt(crio, 'api'), runtime: mapAt(crio, 'runtime'), network: mapAt(crio, 'network') }
  },
  checks: [
    {
      name: 'crioDown',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: 'CRI-O does not run, and CraneSched uses it',
      fix: 'start it, and enable it',
      playbook: 'runtime.yml',
      find: ({ endpoint, unit: { active } }) => (/crio/.test(endpoint) && active !== 'active' ? `crio.service is ${active}` : undefined),
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
      find: ({ runtime }) => (runtime['cgroup_manager'] !== 'cgroupfs' ? `cgroup_manager: ${JSON.stringify(runtime['cgroup_manager'] ?? 'systemd')}` : undefined),
    },
    {
      name: 'crioPodEvents',
      symptom: 'a step stays running after its container ended; the log repeats: Container event stream disconnected',
      cause: 'CRI-O sends events of containers only with enable_pod_events',
      fix: 'set enable_pod_events to true',
      playbook: 'runtime.yml',
      find: ({ runtime }) => (runtime['enable_pod_events'] !== true ? 'enable_pod_events: false' : undefined),
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
      name: 'crioStreamsLocal',
      symptom: 'ccon attach and exec fail from other hosts: connection refused',
      cause: 'CRI-O offers the streams of containers on the loopback interface, or at an address that each client takes for itself',
      fix: "set stream_address to the node's own address",
      playbook: 'streaming.yml',
      find: ({ api }) => (/^(127\.|0\.0\.0\.0|::1?$|$)/.test(String(api['stream_address'] ?? '')) ? `stream_address: ${JSON.stringify(api['stream_address'] ?? '')}` : undefined),
    },
    {
      name: 'crioStreamPortRandom',
      symptom: 'ccon attach and exec fail where a firewall is active',
      cause: 'the port of the streams is another after each restart, so no firewall can open it',
      fix: 'set stream_port',
      playbook: 'streaming.yml',
      find: ({ api }) => (String(api['stream_port'] ?? '0') === '0' ? 'stream_port: 0' : undefined),
    },
    {
      name: 'crioStreamsAskForCertificate',
      symptom: 'ccon attach and exec fail',
      cause: 'CRI-O asks clients for a certificate, and ccon has none',
      fix: 'leave stream_tls_ca empty',
      playbook: 'streaming.yml',
      find: ({ api }) => (api['stream_tls_ca'] ? `stream_tls_ca: ${String(api['stream_tls_ca'])}` : undefined),
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
