// containerd: whether it runs and has CRI as CraneSched needs it.
import { CRANE_CONFIG, CRI_IMAGES, CRI_RUNTIME, CRI_STREAMS, defineChecks, isOlder, mapAt, nodeRuntime, runtimeProbes } from 'crane-play/container'
import { reading, textFile, unit } from 'crane-play/task'

const LOADED = `command -v ctr >/dev/null && ctr plugins ls 2>/dev/null | awk '$1 ~ /cri/ || $2 ~ /cri/ { print $1, $2, $NF }'`

export default defineChecks({
  title: 'containerd',
  on: ['compute'],
  observe: () => ({
    ...runtimeProbes,
    unit: unit('containerd'),
    crane: textFile(CRANE_CONFIG),
    plugins: reading('doctor containerd plugins', LOADED),
  }),
  read: ({ unit: { active }, crane, plugins, ...answers }) => {
    const { used, containerd } = nodeRuntime(answers)
    // A node whose CraneSched uses CRI-O has nothing to do with a containerd beside it.
    if (used !== 'containerd') return undefined
    const values = containerd?.values ?? {}
    const tables = mapAt(values, 'plugins')
    const runtime = mapAt(tables, Number(values['version'] ?? 2) > 2 ? CRI_RUNTIME : CRI_STREAMS)
    return { version: containerd?.version, values, runtime, active, plugins, handsOutCdi: crane.type === 'file' && /DeviceCDI(Regex|List)/.test(crane.text ?? '') }
  },
  checks: [
    {
      name: 'containerdDown',
      symptom: 'container jobs fail at once; the log of the pod has [gRPC:14]',
      cause: 'containerd does not run',
      fix: 'start it, and enable it',
      playbook: 'runtime.yml',
      find: ({ active }) => (active !== 'active' ? `containerd.service is ${active}` : undefined),
    },
    {
      name: 'containerdTooOld',
      symptom: 'a step stays running after its container ended, until its time limit',
      cause: 'containerd before 1.7 sends no events when a container ends',
      fix: 'install containerd 1.7 or newer: containerd_version, or containerd.io of the vendor',
      playbook: 'runtime.yml',
      find: ({ version }) => (version !== undefined && isOlder(version, '1.7') ? `containerd ${version}` : undefined),
    },
    {
      name: 'containerdVersionRefused',
      symptom: 'newer builds of craned end when they start: Container runtime version is unsupported',
      cause: 'they cannot read a version with a ~, as Debian writes it',
      fix: 'install containerd.io from its vendor',
      find: ({ version }) => (version?.includes('~') ? `containerd ${version}` : undefined),
    },
    {
      name: 'criDisabled',
      symptom: 'container jobs fail: unknown service runtime.v1.RuntimeService',
      cause: "the CRI plug-in of containerd is disabled, as in the file of the vendor's package",
      fix: 'remove it from disabled_plugins',
      playbook: 'runtime.yml',
      find: ({ values }) => {
        const disabled = Array.isArray(values['disabled_plugins']) ? values['disabled_plugins'].map(String) : []
        const cri = disabled.filter((name) => ['cri', CRI_STREAMS, CRI_RUNTIME, CRI_IMAGES].includes(name))
        return cri.length > 0 ? `disabled_plugins: ${cri.join(', ')}` : undefined
      },
    },
    {
      name: 'criNotLoaded',
      symptom: 'containerd runs, but has no CRI: unknown service runtime.v1.RuntimeService',
      cause: 'the CRI plug-in could not be loaded, for instance with both bin_dir and bin_dirs set',
      fix: "read journalctl -u containerd for 'failed to load plugin', and correct that key",
      find: ({ plugins, active }) => (active === 'active' ? plugins.split('\n').find((line) => line.endsWith(' error')) : undefined),
    },
    {
      name: 'cniDirectoriesTwice',
      symptom: 'containerd runs, but has no CRI',
      cause: 'bin_dir and bin_dirs are both set, which containerd refuses without ending',
      fix: 'leave one of them',
      playbook: 'runtime.yml',
      find: ({ runtime }) => {
        const { bin_dir: one, bin_dirs: several } = mapAt(runtime, 'cni')
        return one && Array.isArray(several) && several.length > 0 ? `bin_dir: ${JSON.stringify(one)}, bin_dirs: ${JSON.stringify(several)}` : undefined
      },
    },
    {
      name: 'systemdCgroup',
      symptom: 'container jobs fail: expected cgroupsPath to be of format "slice:prefix:name"',
      cause: "the default runtime uses systemd's cgroup driver, and CraneSched names a cgroup by its path",
      fix: 'set SystemdCgroup to false',
      playbook: 'runtime.yml',
      find: ({ runtime }) => {
        const table = mapAt(runtime, 'containerd')
        const name = String(table['default_runtime_name'] ?? 'runc')
        return mapAt(table, 'runtimes', name, 'options')['SystemdCgroup'] === true ? `SystemdCgroup of ${name} is true` : undefined
      },
    },
    {
      name: 'criOverTcp',
      symptom: 'whoever reaches the node can become root on it',
      cause: "containerd's own interface is offered over TCP, without any authentication",
      fix: 'remove tcp_address of [grpc], and set disable_tcp_service to true',
      find: ({ values }) => {
        const address = mapAt(values, 'grpc')['tcp_address']
        return address && mapAt(values, 'plugins', CRI_STREAMS)['disable_tcp_service'] === false ? `tcp_address: ${String(address)}` : undefined
      },
    },
    {
      name: 'cdiOff',
      symptom: 'a container does not see the device that its job was given',
      cause: 'containerd 1.7 asks for CDI to be turned on, and CraneSched hands out CDI names',
      fix: 'set enable_cdi',
      playbook: 'runtime.yml',
      find: ({ version, runtime, handsOutCdi }) => (version !== undefined && isOlder(version, '2.0') && runtime['enable_cdi'] !== true && handsOutCdi ? `enable_cdi: ${JSON.stringify(runtime['enable_cdi'] ?? false)}` : undefined),
    },
  ],
})
