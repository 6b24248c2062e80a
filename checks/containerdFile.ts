// containerd's file beside what is in force: what it says in vain.
import { CRI_IMAGES, CRI_RUNTIME, CRI_STREAMS, type CraneMap, defineChecks, mapAt, nodeRuntime, runtimeProbes } from 'crane-play/container'
import { parseToml, textFile, unit } from 'crane-play/task'

const PATH = '/etc/containerd/config.toml'

/** What nvidia-ctk writes as it found it when it ran, by table and key. */
const OFTEN_UNDONE = (runtime: string, images: string): readonly (readonly string[])[] => [
  [CRI_STREAMS, 'stream_server_address'],
  [CRI_STREAMS, 'stream_server_port'],
  [CRI_STREAMS, 'enable_tls_streaming'],
  [runtime, 'containerd', 'runtimes', 'runc', 'options', 'SystemdCgroup'],
  [runtime, 'enable_cdi'],
  [images, 'sandbox_image'],
  [images, 'registry', 'config_path'],
]

export default defineChecks({
  title: "containerd's file",
  on: ['compute'],
  observe: () => ({ ...runtimeProbes, unit: unit('containerd'), file: textFile(PATH) }),
  read: ({ unit: { startedAt }, file, ...answers }) => {
    const { used, containerd } = nodeRuntime(answers)
    if (used !== 'containerd') return undefined
    const text = file.type === 'file' ? (file.text ?? '') : ''
    const own = parseToml(text) as CraneMap | undefined
    return { file, startedAt, own, version: Number(own?.['version'] ?? 0), values: containerd?.values, isModern: Number(containerd?.values?.['version'] ?? 2) > 2 }
  },
  checks: [
    {
      name: 'containerdFileInvalid',
      symptom: 'containerd does not start any more',
      cause: `${PATH}, or a file that it imports, is not valid TOML`,
      fix: 'correct it by hand: `containerd config dump` names the line',
      find: ({ own, values }) => (own === undefined ? `${PATH} cannot be read as TOML` : values === undefined ? '`containerd config dump` fails' : undefined),
    },
    {
      name: 'configurationNotInForce',
      symptom: 'a setting of containerd has no effect',
      cause: 'containerd was started before its configuration was changed',
      fix: 'restart containerd',
      playbook: 'runtime.yml',
      find: ({ file, startedAt }) => ('changedAt' in file && startedAt !== null && startedAt < file.changedAt ? `${PATH} is newer than containerd` : undefined),
    },
    {
      name: 'importUndoes',
      symptom: 'a setting of containerd has no effect',
      cause: 'a file that is imported sets the key too, and has the last word; nvidia-ctk writes such files',
      fix: 'remove the key from the imported file',
      find: ({ own, values, isModern }) => {
        const [runtime, images] = isModern ? [CRI_RUNTIME, CRI_IMAGES] : [CRI_STREAMS, CRI_STREAMS]
        const undone = OFTEN_UNDONE(runtime, images).flatMap((path) => {
          const [wanted, got] = [own, values].map((from) => mapAt(from, 'plugins', ...path.slice(0, -1))[path.at(-1) ?? ''])
          return wanted !== undefined && got !== undefined && wanted !== got ? [`${path.at(-1)} is ${JSON.stringify(got)}, the file says ${JSON.stringify(wanted)}`] : []
        })
        return undone.join('; ') || undefined
      },
    },
    {
      name: 'tablesMisplaced',
      symptom: 'a setting of containerd has no effect',
      cause: 'a table of version 2 of the file stands in a later one, where containerd ignores it',
      fix: `move it to [plugins.'${CRI_RUNTIME}']`,
      find: ({ own, version }) => {
        const lost = version < 3 ? [] : ['containerd', 'cni', 'registry', 'enable_cdi', 'sandbox_image'].filter((key) => key in mapAt(own, 'plugins', CRI_STREAMS))
        return lost.length > 0 ? `in [plugins.'${CRI_STREAMS}']: ${lost.join(', ')}` : undefined
      },
    },
    {
      name: 'tablesUnknown',
      symptom: 'settings of containerd have no effect, or it does not start',
      cause: 'a table is named as in version 1 of the file; in a later one containerd 2 ignores it, and 1.7 refuses the file',
      fix: `name it by the full name of its plug-in, such as [plugins.'${CRI_STREAMS}']`,
      find: ({ own, version }) => {
        const short = version < 2 ? [] : Object.keys(mapAt(own, 'plugins')).filter((name) => !/^io\.containerd\..+\.v\d/.test(name))
        return short.map((name) => `[plugins.${name}]`).join(', ') || undefined
      },
    },
    {
      name: 'registryMirrorsIgnored',
      symptom: 'images are not pulled from the mirror, or containerd has no CRI',
      cause: 'registries are set both in the file and by config_path, which exclude each other',
      fix: 'put mirrors into hosts.toml below config_path, and remove registry.mirrors and registry.configs',
      find: ({ values, isModern }) => {
        const registry = mapAt(values, 'plugins', isModern ? CRI_IMAGES : CRI_STREAMS, 'registry')
        const inline = ['mirrors', 'configs'].filter((key) => Object.keys(mapAt(registry, key)).length > 0)
        return registry['config_path'] && inline.length > 0 ? `config_path and registry.${inline.join(', registry.')}` : undefined
      },
    },
  ],
})
