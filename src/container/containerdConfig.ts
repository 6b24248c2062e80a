// containerd's configuration for CraneSched: all keys that it needs, as one edit of one file.
import { deepMerge, holds, parseToml, patchToml } from '../task/index.ts'
import { CRI_PLUGINS, type CriTables, readContainerdVersion } from './containerdVersion.ts'

type Tree = Record<string, unknown>

/** What CraneSched needs of containerd. A setting that is left out is not changed. */
export interface ContainerdSettings {
  /** The address at which the streams of containers are offered. */
  readonly streamAddress?: string | undefined
  readonly streamPort?: number | undefined
  readonly streamTls?: boolean | undefined
  /** The files of the certificate and of its key; both empty: containerd makes a certificate. */
  readonly streamCertificate?: string | undefined
  readonly streamKey?: string | undefined
  readonly cniBinDir?: string | undefined
  readonly cniConfDir?: string | undefined
  readonly cdi?: boolean | undefined
  /** The image of the container that holds a pod. */
  readonly pauseImage?: string | undefined
  /** The directory with what is set for each registry. */
  readonly registryDirectory?: string | undefined
  /** The runtime that pods get: a vendor's, which adds devices to containers and then calls runc. */
  readonly defaultRuntime?: { readonly name: string; readonly binary: string } | undefined
}

/** The edited file, and what imported files make of it. */
export type ConfiguredContainerd =
  | { readonly ok: true; readonly text: string; readonly version: number; readonly warnings: readonly string[] }
  | {
      readonly ok: false
      readonly cause: string
      readonly hint: string
      readonly lines?: string
      readonly migrates?: true
    }

/**
 * Takes the text of a configuration file, what `containerd config dump` prints for it (undefined where that is not known
 * or the file imports none) and the settings. Returns the text with CRI on, the cgroupfs driver in the options of runc
 * and of the default runtime, and the settings, everything else unchanged; or why the file cannot be edited, with a hint.
 */
export function configureContainerd(
  text: string,
  dump: string | undefined,
  settings: ContainerdSettings,
): ConfiguredContainerd {
  const main = parseToml(text) as Tree | undefined
  if (!main) {
    const patched = patchToml(text, { version: 2 })
    return {
      ok: false,
      cause: `not valid TOML${patched.ok ? '' : `: ${patched.cause}`}`,
      hint: 'fix the file by hand first',
      ...(!patched.ok && patched.lines !== undefined && { lines: patched.lines }),
    }
  }
  const read = readContainerdVersion(main)
  if (!read.ok) return read
  const dumped = dump === undefined ? undefined : (parseToml(dump) as Tree | undefined)
  const inForce = dumped?.['version'] === main['version'] ? dumped : undefined
  const inline = settings.registryDirectory === undefined ? undefined : inlineRegistry(read.tables, inForce ?? main)
  if (inline !== undefined) {
    return {
      ok: false,
      cause: `the file has registry.${inline}, which cannot be combined with a directory of registries`,
      hint: `give those registries to ensureRegistry, and delete the tables registry.${inline} by hand`,
    }
  }
  const wanted = wantedKeys(read.tables, main, inForce, settings)
  const patched = patchToml(text, wanted)
  if (!patched.ok) return { ok: false, cause: patched.cause, hint: 'fix the file by hand first' }
  // Where the file itself is right already, the dump says what its imports make of it.
  const undone = inForce && patched.text === text ? firstDifference(inForce, wanted) : undefined
  if (undone) {
    return {
      ok: false,
      cause: `${undone.key} is ${JSON.stringify(undone.value)} in force, though the file has ${JSON.stringify(undone.wanted)}: a file that it imports has the last word`,
      hint: 'remove the key from the imported file; where nvidia-ctk wrote it, run nvidia-ctk again over this configuration',
    }
  }
  return { ok: true, text: patched.text, version: read.tables.version, warnings: misplaced(read.tables, main) }
}

function wantedKeys(tables: CriTables, main: Tree, inForce: Tree | undefined, settings: ContainerdSettings): Tree {
  const { streamAddress, streamPort, streamTls, streamCertificate = '', streamKey = '', cdi } = settings
  const { version, streams, runtime, images } = tables
  const known = inForce ?? main
  const pair = at(known, 'plugins', streams, 'x509_key_pair_streaming')
  const hasPair = Object.values(pair).some((path) => path !== '')
  const streaming: Tree = {
    ...(streamAddress !== undefined && { stream_server_address: streamAddress }),
    ...(streamPort !== undefined && { stream_server_port: String(streamPort) }),
    ...(streamTls !== undefined && { enable_tls_streaming: streamTls }),
    ...(streamTls && { x509_key_pair_streaming: { tls_cert_file: streamCertificate, tls_key_file: streamKey } }),
    // With a certificate and without TLS, containerd does not start its CRI.
    ...(streamTls === false && hasPair && { x509_key_pair_streaming: { tls_cert_file: '', tls_key_file: '' } }),
  }
  const current = at(known, 'plugins', runtime)
  const running: Tree = {
    ...cniKeys(tables, known, settings),
    ...deepMerge({ ...cgroupKeys(current) }, { ...runtimeKeys(settings) }),
    ...(cdi !== undefined && { enable_cdi: cdi }),
  }
  const pulled = { ...registryKeys(at(known, 'plugins', images), settings), ...pauseKeys(tables, settings) }
  const plugins: Tree = deepMerge(deepMerge({ [streams]: streaming }, { [runtime]: running }), { [images]: pulled })
  const used = Object.fromEntries(Object.entries(plugins).filter(([name]) => Object.keys(at(plugins, name)).length > 0))
  const disabled = list(known['disabled_plugins'])
  const left = disabled.filter((name) => !CRI_PLUGINS.includes(String(name)))
  return {
    ...(tables.adds && { version }),
    ...(left.length < disabled.length && { disabled_plugins: left }),
    ...(Object.keys(used).length > 0 && { plugins: used }),
  }
}

/** `bin_dir` up to containerd 2.0, `bin_dirs` from 2.1 on, which refuses to have both. */
function cniKeys({ version, runtime }: CriTables, known: Tree, { cniBinDir, cniConfDir }: ContainerdSettings): Tree {
  const cni = at(known, 'plugins', runtime, 'cni')
  const one = typeof cni['bin_dir'] === 'string' && cni['bin_dir'] !== ''
  const many = list(cni['bin_dirs']).length > 0
  const usesOne = version === 2 || (one && !many)
  const bin = usesOne ? { bin_dir: cniBinDir } : { bin_dirs: [cniBinDir], ...(one && { bin_dir: '' }) }
  const keys = { ...(cniBinDir !== undefined && bin), ...(cniConfDir !== undefined && { conf_dir: cniConfDir }) }
  return Object.keys(keys).length > 0 ? { cni: keys } : {}
}

/** The default is cgroupfs, so only a `true` is changed: of runc, and of the runtime that is used without being asked for. */
function cgroupKeys(runtime: Tree): Tree {
  const containerd = at(runtime, 'containerd')
  const runtimes = at(containerd, 'runtimes')
  const names = new Set(['runc', String(containerd['default_runtime_name'] ?? 'runc')])
  const wrong = [...names].filter((name) => at(runtimes, name, 'options')['SystemdCgroup'] === true)
  if (wrong.length === 0) return {}
  return {
    containerd: { runtimes: Object.fromEntries(wrong.map((name) => [name, { options: { SystemdCgroup: false } }])) },
  }
}

/** A vendor's runtime takes the same cgroup driver as runc, which it calls. */
const runtimeKeys = ({ defaultRuntime }: ContainerdSettings): Tree =>
  defaultRuntime
    ? {
        containerd: {
          default_runtime_name: defaultRuntime.name,
          runtimes: {
            [defaultRuntime.name]: {
              runtime_type: 'io.containerd.runc.v2',
              options: { BinaryName: defaultRuntime.binary, SystemdCgroup: false },
            },
          },
        },
      }
    : {}

/** One of the pinned images from version 3 on. */
function pauseKeys({ version }: CriTables, { pauseImage }: ContainerdSettings): Tree {
  if (pauseImage === undefined) return {}
  return version === 2 ? { sandbox_image: pauseImage } : { pinned_images: { sandbox: pauseImage } }
}

/** Other directories stay: the list is in one string, with colons. */
function registryKeys(current: Tree, { registryDirectory }: ContainerdSettings): Tree {
  if (registryDirectory === undefined) return {}
  const now = String(at(current, 'registry')['config_path'] ?? '')
  const directories = now.split(':').filter(Boolean)
  if (directories.includes(registryDirectory)) return {}
  return { registry: { config_path: [registryDirectory, ...directories].join(':') } }
}

/** The deprecated way, table by table. */
const inlineRegistry = ({ images }: CriTables, known: Tree): string | undefined =>
  ['mirrors', 'configs'].find((name) => Object.keys(at(known, 'plugins', images, 'registry', name)).length > 0)

/** Tables of version 2 in a later file are ignored in silence. */
function misplaced({ version, streams, runtime }: CriTables, main: Tree): string[] {
  if (streams === runtime) return []
  return ['containerd', 'cni', 'registry']
    .filter((name) => name in at(main, 'plugins', streams))
    .map(
      (name) =>
        `[plugins.'${streams}'.${name}] has no effect in version ${version}: it belongs to another plug-in there`,
    )
}

interface Difference {
  readonly key: string
  readonly value: unknown
  readonly wanted: unknown
}

function firstDifference(actual: Tree, wanted: Tree, path: readonly string[] = []): Difference | undefined {
  if (holds(actual, wanted)) return undefined
  for (const [key, value] of Object.entries(wanted)) {
    const here = [...path, key]
    if (isTree(value)) {
      const below = firstDifference(at(actual, key), value, here)
      if (below) return below
    } else if (!holds({ [key]: actual[key] }, { [key]: value })) {
      return { key: here.at(-1) ?? '', value: actual[key], wanted: value }
    }
  }
  return undefined
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

const at = (tree: Tree, ...path: readonly string[]): Tree => {
  const value = path.reduce<unknown>((below, key) => (isTree(below) ? below[key] : undefined), tree)
  return isTree(value) ? value : {}
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
