// /etc/crane/config.yaml as its daemons see it: nodes, partitions and the section `Container:`, each text read once.
import { type FileFact, parseYaml, rememberByText } from '../task/index.ts'
import { type CraneHostList, expandCraneHosts } from './craneHostList.ts'

/** A map of the file, nothing of which is certain. */
export type CraneMap = Readonly<Record<string, unknown>>

/** One item of `Nodes`, with its names. Undefined: CraneSched cannot expand its host list. */
export interface CraneNode {
  readonly entry: CraneMap
  readonly hosts: CraneHostList | undefined
}

/** What is in the file. `values` is undefined where it is not a YAML map. */
export interface CraneConfigFile {
  readonly values: CraneMap | undefined
  readonly container: CraneMap
  readonly nodes: readonly CraneNode[]
  readonly partitions: readonly CraneNode[]
}

/** The default place of the file. */
export const CRANE_CONFIG = '/etc/crane/config.yaml'

const ANY = {}
const read = rememberByText((text: string, _: typeof ANY): CraneConfigFile => {
  const values = parseYaml(text) as CraneMap | undefined
  const list = (key: string, hosts: string) =>
    (Array.isArray(values?.[key]) ? (values[key] as unknown[]) : []).filter(isMap).map((entry) => ({
      entry,
      hosts: expandCraneHosts(String(entry[hosts] ?? '')),
    }))
  return {
    values,
    container: mapAt(values, 'Container'),
    nodes: list('Nodes', 'name'),
    partitions: list('Partitions', 'nodes'),
  }
})

/** Takes the file as a probe saw it; undefined where it has no text. */
export function craneConfigFile(file: FileFact): CraneConfigFile | undefined {
  return file.type === 'file' && file.text !== null ? read(file.text, ANY) : undefined
}

/** Takes a map that may be missing and a key, and returns the map at the key, empty where there is none. */
export function mapAt(values: unknown, ...path: readonly string[]): CraneMap {
  const found = path.reduce<unknown>((below, key) => (isMap(below) ? below[key] : undefined), values)
  return isMap(found) ? found : {}
}

const isMap = (value: unknown): value is CraneMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
