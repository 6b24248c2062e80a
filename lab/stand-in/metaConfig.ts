/** Reads the Meta CNI configuration, by the schema of one of its generations, and names what the real plug-in would refuse. */

/** G1 has `delegates` at the top, G2 and G3 have `pipelines`; they differ in how a device's name reaches a delegate. */
export type Generation = 'G1' | 'G2' | 'G3'

export interface Delegate {
  conf: Record<string, unknown> & { type: string; name: string; cniVersion: string }
  override: Override
}

export interface Override {
  ifName?: string
  containerID?: string
  netns?: string
  cniPath?: string
  /** `KEY=value` and `-KEY`, applied to CNI_ARGS and to the environment. */
  args: string[]
  envs: string[]
}

export interface Pipeline {
  name: string
  ifName: string
  override: Override
  delegates: Delegate[]
}

export interface MetaConfig {
  name: string
  cniVersion: string
  timeoutSeconds: number
  override: Override
  /** Pipelines with `ifName`; those with `ifNamePrefix` need a device's annotation, which the lab has none of. */
  pipelines: Pipeline[]
  prevResult: unknown
}

type Json = Record<string, unknown>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])
const words = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

/** Throws an Error with the plug-in's own words. */
export function readMetaConfig(text: string, generation: Generation = 'G3'): MetaConfig {
  const raw: unknown = JSON.parse(text)
  if (!isObject(raw)) throw new Error('meta-cni: configuration is not an object')
  const name = String(raw['name'] ?? '')
  if (!name) throw new Error('meta-cni: name is required')
  const cniVersion = String(raw['cniVersion'] ?? '1.0.0')
  if (generation === 'G1') return readDelegates(raw, name, cniVersion)
  const entries = list(raw['pipelines'])
  if (entries.length === 0) throw new Error('meta-cni: at least one pipeline is required')
  const seen = new Set<string>()
  const unique = (kind: string, value: string) => {
    if (seen.has(`${kind} ${value}`)) throw new Error(`meta-cni: duplicate pipeline ${kind} ${value}`)
    seen.add(`${kind} ${value}`)
  }
  const pipelines = entries.flatMap((entry, index) => {
    const label = String(entry['name'] ?? '')
    if (!label) throw new Error(`meta-cni: pipelines[${index}]: name is required`)
    unique('name', label)
    const hasName = typeof entry['ifName'] === 'string' && entry['ifName'] !== ''
    const hasPrefix = typeof entry['ifNamePrefix'] === 'string' && entry['ifNamePrefix'] !== ''
    if (hasName === hasPrefix)
      throw new Error(`meta-cni: pipeline ${label}: exactly one of ifName and ifNamePrefix is required`)
    unique('interface', String(entry['ifName'] ?? entry['ifNamePrefix']))
    const delegates = list(entry['delegates'])
    if (delegates.length === 0) throw new Error(`meta-cni: pipeline ${label}: at least one delegate is required`)
    const read = delegates.map((one) => readDelegate(one, label, cniVersion, raw['runtimeConfig']))
    if (!hasName) return []
    const override = readOverride(entry['runtimeOverride'], `pipeline ${label}`)
    return [{ name: label, ifName: String(entry['ifName']), override, delegates: read }]
  })
  return {
    name,
    cniVersion,
    timeoutSeconds: Number(raw['timeoutSeconds'] ?? 0),
    override: readOverride(raw['runtimeOverride'], undefined),
    pipelines,
    prevResult: raw['prevResult'],
  }
}

/** One unnamed pipeline for the interface that the runtime asks for. Of the result modes only `chained` is here. */
function readDelegates(raw: Json, name: string, cniVersion: string): MetaConfig {
  const entries = list(raw['delegates'])
  if (entries.length === 0) throw new Error('meta-cni: at least one delegate is required')
  if (!['none', 'chained', 'merged'].includes(String(raw['resultMode'] ?? 'none').toLowerCase()))
    throw new Error(`meta-cni: unknown resultMode ${String(raw['resultMode'])}`)
  const delegates = entries.map((one) => readDelegate(one, name, cniVersion, raw['runtimeConfig']))
  return {
    name,
    cniVersion,
    timeoutSeconds: Number(raw['timeoutSeconds'] ?? 0),
    override: readOverride(raw['runtimeOverride'], undefined),
    pipelines: [{ name, ifName: '', override: { args: [], envs: [] }, delegates }],
    prevResult: raw['prevResult'],
  }
}

function readDelegate(entry: Json, pipeline: string, cniVersion: string, runtimeConfig: unknown): Delegate {
  const conf = isObject(entry['conf']) ? entry['conf'] : {}
  const type = String(conf['type'] ?? entry['type'] ?? '')
  const name = String(conf['name'] ?? entry['name'] ?? '')
  if (!type) throw new Error(`meta-cni: pipeline ${pipeline}: delegate type is required`)
  if (!name) throw new Error(`meta-cni: pipeline ${pipeline}: delegate name is required`)
  const injected = runtimeConfig !== undefined && conf['runtimeConfig'] === undefined ? { runtimeConfig } : {}
  return {
    conf: { cniVersion, ...injected, ...conf, name, type } as Delegate['conf'],
    override: readOverride(entry['runtimeOverride'], `delegate ${name}`),
  }
}

function readOverride(value: unknown, where: string | undefined): Override {
  const raw = isObject(value) ? value : {}
  if (where && raw['ifName'] !== undefined) throw new Error(`meta-cni: ${where}: runtimeOverride.ifName is forbidden`)
  const text = (key: 'ifName' | 'containerID' | 'netns' | 'cniPath') =>
    typeof raw[key] === 'string' ? { [key]: raw[key] } : {}
  return {
    ...text('ifName'),
    ...text('containerID'),
    ...text('netns'),
    ...text('cniPath'),
    args: words(raw['args']),
    envs: words(raw['envs']),
  }
}
