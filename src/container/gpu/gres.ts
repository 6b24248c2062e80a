// The generic resources that CraneSched's configuration promises of a node, and whether the node has them.
import { expandNodeSet, foldNodeSet } from '../../task/index.ts'

/** One entry of `Nodes[].gres` for one node, its sets of names expanded. */
export interface Gres {
  readonly name: string
  readonly type: string
  /** Device files, several for one device in one item. */
  readonly files: readonly string[]
  readonly devices: number
  readonly cdi: readonly string[]
  readonly pipeline: boolean
  readonly injector: string | undefined
}

/** What a host has. */
export interface NodeDevices {
  /** Device files that exist. */
  readonly files: ReadonlySet<string>
  /** Names that its CDI specifications define. */
  readonly cdi: readonly string[]
}

type Table = Readonly<Record<string, unknown>>

/** craned exits with 1 for others: its documentation of `gres`. */
const INJECTORS = ['common', 'nvidia', 'hip', 'ascend']

/** The resources of one node; a string says what of them cannot be read. */
export function gresOf(config: unknown, node: string): readonly (Gres | string)[] {
  const nodes = (config as { readonly Nodes?: unknown } | undefined)?.Nodes
  return (Array.isArray(nodes) ? (nodes as readonly Table[]) : [])
    .filter((entry) => expand(entry?.['name']).includes(node))
    .flatMap((entry) => (Array.isArray(entry['gres']) ? (entry['gres'] as readonly Table[]) : []))
    .map(readGres)
}

/** Whether the configuration names the node at all. */
export const namesNode = (config: unknown, node: string): boolean => {
  const nodes = (config as { readonly Nodes?: unknown } | undefined)?.Nodes
  return Array.isArray(nodes) && (nodes as readonly Table[]).some((entry) => expand(entry?.['name']).includes(node))
}

function readGres(entry: Table): Gres | string {
  const { name, type, EnvInjector: injector } = entry
  if (typeof name !== 'string' || typeof type !== 'string') return 'a gres without name or type'
  const files = [...expand(entry['DeviceFileRegex']), ...listed(entry['DeviceFileList'])]
  return {
    name,
    type,
    files: files.flatMap((item) => item.split(',')).map((file) => file.trim()),
    devices: files.length,
    cdi: [...expand(entry['DeviceCDIRegex']), ...listed(entry['DeviceCDIList'])],
    pipeline: entry['DeviceCniPipeline'] !== undefined,
    injector: typeof injector === 'string' ? injector : undefined,
  }
}

const listed = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

function expand(value: unknown): readonly string[] {
  if (typeof value !== 'string') return []
  const expanded = expandNodeSet(value)
  return expanded.ok ? expanded.names : [value]
}

/**
 * What craned would exit with, and what a job would fail of: one sentence each.
 *
 * @param gres - The resources of the node.
 * @param has - What the node has.
 */
export function gresProblems(gres: readonly (Gres | string)[], has: NodeDevices): readonly string[] {
  return gres.flatMap((one) => (typeof one === 'string' ? [one] : problemsOf(one, has)))
}

function problemsOf({ name, type, files, devices, cdi, pipeline, injector }: Gres, has: NodeDevices): string[] {
  const what = `gres ${name}:${type}`
  const missing = files.filter((file) => !has.files.has(file))
  const unknown = cdi.filter((one) => !has.cdi.includes(one))
  return [
    ...(devices === 0 ? [`${what} has neither DeviceFileRegex nor DeviceFileList`] : []),
    ...(missing.length > 0 ? [`${what} has the device file ${foldNodeSet(missing)}, which does not exist`] : []),
    ...(cdi.length > 0 && cdi.length !== devices
      ? [`${what} has ${count(devices, 'device')} and ${count(cdi.length, 'CDI name')}`]
      : []),
    ...(unknown.length > 0
      ? [
          `${what} has the CDI name ${unknown.join(', ')}, and the node's specifications define ${has.cdi.join(', ') || 'none'}`,
        ]
      : []),
    ...(pipeline && cdi.length === 0 ? [`${what} has DeviceCniPipeline without CDI names`] : []),
    ...(injector !== undefined && !INJECTORS.includes(injector)
      ? [`${what} has the EnvInjector '${injector}'; ${INJECTORS.join(', ')} are known`]
      : []),
  ]
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`
