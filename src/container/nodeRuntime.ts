// The container runtime that a node's CraneSched uses, what is in force in it, and where it offers the streams of containers.
import { parseToml, reading } from '../task/index.ts'
import { CRANE_CONFIG, type CraneMap, mapAt } from './craneConfigFile.ts'

// A link may stand for the socket, where nodes have different runtimes: what it leads to counts.
const ENDPOINTS = `sed -n 's/^ *\\(RuntimeEndpoint\\|ImageEndpoint\\): *//p' ${CRANE_CONFIG} 2>/dev/null | sed 's/ *#.*//' | tr -d "\\"'" | sort -u | while read -r path; do
  real=$(readlink -f -- "\${path#unix://}") || real=$path
  if [ -S "$real" ]; then echo "$path $real $(stat -c %a -- "$real")"; else echo "$path $real missing"; fi
done`

const CONTAINERD = `if command -v containerd >/dev/null; then containerd --version; echo ==; containerd config dump; fi`

const CRIO = `if command -v crio >/dev/null; then crio --version | head -n 3; echo ==; crio status config 2>/dev/null || crio config 2>/dev/null; fi`

/** The questions that `nodeRuntime` reads the answers to; each is asked once, however many areas need it. */
export const runtimeProbes = {
  endpoints: reading('doctor endpoints', ENDPOINTS),
  containerd: reading('doctor containerd', CONTAINERD),
  crio: reading('doctor crio', CRIO),
}

/** A socket that CraneSched's configuration names. */
export interface Endpoint {
  /** As it is written. */
  readonly path: string
  /** What it leads to. */
  readonly real: string
  /** Undefined: the socket does not exist. */
  readonly mode: string | undefined
}

/** A runtime that is installed. */
export interface InstalledRuntime {
  readonly version: string | undefined
  /** Undefined: its files cannot be read, so it does not start either. */
  readonly values: CraneMap | undefined
}

/** Where a runtime offers the streams of its containers, in the words of neither runtime. */
export interface StreamSettings {
  readonly address: string
  /** `0`: another after each start. */
  readonly port: string
  readonly encrypted: boolean
  /** Paths; empty where none is set. */
  readonly certificate: string
  readonly key: string
  /** The authority whose certificates clients must show; empty: none. */
  readonly clientAuthority: string
}

/** What a node has of container runtimes. */
export interface NodeRuntime {
  readonly endpoints: readonly Endpoint[]
  /** The one that CraneSched uses; undefined where none is installed. */
  readonly used: 'containerd' | 'CRI-O' | undefined
  readonly containerd: InstalledRuntime | undefined
  readonly crio: InstalledRuntime | undefined
  /** Undefined where no runtime is installed, or its files cannot be read. */
  readonly streams: StreamSettings | undefined
  /** Where it looks for networks, and for the plug-ins that they name. */
  readonly networkDirectory: string
  readonly pluginDirectories: readonly string[]
}

/** The plug-in of containerd that has the settings of the streams, and in version 2 of its file all settings of CRI. */
export const CRI_STREAMS = 'io.containerd.grpc.v1.cri'
/** That of the runtimes, of CNI and CDI, from version 3 of the file on. */
export const CRI_RUNTIME = 'io.containerd.cri.v1.runtime'
/** That of images and registries, from version 3 of the file on. */
export const CRI_IMAGES = 'io.containerd.cri.v1.images'

/** Takes the answers to `runtimeProbes`. */
export function nodeRuntime(answers: Readonly<Record<keyof typeof runtimeProbes, string>>): NodeRuntime {
  const endpoints = [...answers.endpoints.matchAll(/^(\S+) (\S+) (missing|\d+)$/gm)].map(
    ([, path = '', real = '', mode]): Endpoint => ({ path, real, mode: mode === 'missing' ? undefined : mode }),
  )
  const [containerd, crio] = [installed(answers.containerd), installed(answers.crio)]
  const wantsCrio = endpoints.some(({ real }) => /crio/.test(real))
  const used = crio && (wantsCrio || !containerd) ? 'CRI-O' : containerd ? 'containerd' : undefined
  const values = used === 'CRI-O' ? crio?.values : containerd?.values
  return { endpoints, used, containerd, crio, streams: values && streamsOf(used, values), ...networkOf(used, values) }
}

const bare = (path: unknown): string => String(path).replace(/(?<=.)\/+$/, '')

function networkOf(runtime: NodeRuntime['used'], values: CraneMap | undefined) {
  const isModern = Number(values?.['version'] ?? 2) > 2
  const [table, directory, programs] =
    runtime === 'CRI-O'
      ? ([mapAt(values, 'crio', 'network'), 'network_dir', ['plugin_dirs', 'plugin_dir']] as const)
      : ([
          mapAt(values, 'plugins', isModern ? CRI_RUNTIME : CRI_STREAMS, 'cni'),
          'conf_dir',
          ['bin_dirs', 'bin_dir'],
        ] as const)
  const paths = programs.flatMap((key) => table[key] as string | readonly string[] | undefined).filter(Boolean)
  return {
    networkDirectory: bare(table[directory] || '/etc/cni/net.d'),
    pluginDirectories: paths.length > 0 ? paths.map(bare) : ['/opt/cni/bin'],
  }
}

function installed(answer: string): InstalledRuntime | undefined {
  if (answer.trim() === '') return undefined
  const [head = '', text = ''] = answer.split(/^==\n/m)
  const values = text.trim() === '' ? undefined : (parseToml(text) as CraneMap | undefined)
  return { version: /\bv?(\d+\.\d+\.\d+\S*)/.exec(head)?.[1], values }
}

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

function streamsOf(runtime: NodeRuntime['used'], values: CraneMap): StreamSettings {
  if (runtime === 'CRI-O') {
    const api = mapAt(values, 'crio', 'api')
    return {
      address: text(api['stream_address']),
      port: text(api['stream_port']) || '0',
      encrypted: api['stream_enable_tls'] === true,
      certificate: text(api['stream_tls_cert']),
      key: text(api['stream_tls_key']),
      clientAuthority: text(api['stream_tls_ca']),
    }
  }
  const streams = mapAt(values, 'plugins', CRI_STREAMS)
  const pair = mapAt(streams, 'x509_key_pair_streaming')
  return {
    address: text(streams['stream_server_address']),
    port: text(streams['stream_server_port']) || '0',
    encrypted: streams['enable_tls_streaming'] === true,
    certificate: text(pair['tls_cert_file']),
    key: text(pair['tls_key_file']),
    clientAuthority: '',
  }
}
