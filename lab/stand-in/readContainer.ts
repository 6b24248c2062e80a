/** Reads the `Container:` section as craned does; when it is not enabled the rest of it is never looked at. */
import { Refusal } from './refusal.ts'
import type { YamlNode } from './yamlNode.ts'

export interface IdMapping {
  id: number
  count: number
  start: number
  size: number
}

export interface ContainerConfig {
  runtimeEndpoint: string
  imageEndpoint: string
  subId: SubId
  dns: Dns
  bindFs: BindFs
}

export interface BindFs {
  enabled: boolean
  /** Programs, without a search. */
  bindfs: string
  fusermount: string
  /** Absolute, or below CraneBaseDir. */
  base: string
}

export interface SubId {
  managed: boolean
  uids: IdMapping[]
  gids: IdMapping[]
}

export interface Dns {
  servers: string[]
  searches: string[]
  options: string[]
}

/** The section, or undefined when the feature is off. Throws Refusal or YamlAbort. */
export function readContainer(section: YamlNode): ContainerConfig | undefined {
  if (!section.get('Enabled').flag(false)) return undefined
  section.get('TempDir').text('craned/container')
  const runtime = section.get('RuntimeEndpoint')
  if (!runtime.defined) throw new Refusal('RuntimeEndpoint is not configured.')
  // The scheme is put in front whatever is written, so a written scheme never connects.
  const runtimeEndpoint = `unix://${runtime.text()}`
  const image = section.get('ImageEndpoint')
  section.get('UserNsEnabledByDefault').flag(true)
  const bindFs = section.get('BindFs')
  return {
    runtimeEndpoint,
    imageEndpoint: image.defined ? `unix://${image.text()}` : runtimeEndpoint,
    subId: readSubId(section.get('SubId')),
    dns: readDns(section.get('Dns')),
    bindFs: {
      enabled: bindFs.get('Enabled').flag(false),
      bindfs: bindFs.get('BindfsBinary').text('bindfs'),
      fusermount: bindFs.get('FusermountBinary').text('fusermount3'),
      base: bindFs.get('MountBaseDir').text('/mnt/crane'),
    },
  }
}

function readDns(section: YamlNode): Dns {
  const list = (key: string, fallback: string[]) =>
    section.get(key).defined
      ? section
          .get(key)
          .items()
          .map((item) => item.text())
      : fallback
  const servers = list('Servers', ['127.0.0.1'])
  const bad = servers.find((server) => !isIpv4(server))
  if (bad !== undefined) throw new Refusal(`Container.Dns.Servers: ${bad} is not a valid IPv4 address.`)
  const domain =
    section
      .get('ClusterDomain')
      .text('')
      .replace(/^[. ]+|[. ]+$/g, '') || 'cluster.local'
  return { servers, searches: [domain, ...list('Searches', [])], options: list('Options', []) }
}

const isIpv4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256)

function readSubId(section: YamlNode): SubId {
  if (!section.get('Managed').flag(false)) return { managed: false, uids: [], gids: [] }
  return { managed: true, uids: readMappings(section, 'UidMappings'), gids: readMappings(section, 'GidMappings') }
}

function readMappings(section: YamlNode, field: string): IdMapping[] {
  const items = section.get(field).items()
  if (items.length === 0) throw new Refusal(`Container.SubId.${field} must not be empty when SubId is managed.`)
  const mappings = items.map((item, index) => {
    const where = `Container.SubId.${field}[${index}]`
    const number = (key: string) => {
      if (!item.get(key).defined) throw new Refusal(`${where}.${key} is required.`)
      const value = item.get(key).number()
      if (value < 0) throw new Refusal(`${where}.${key} is invalid.`)
      return value
    }
    const mapping = {
      id: number('Id'),
      count: number('IdCount'),
      start: number('SubIdStart'),
      size: number('SubIdSize'),
    }
    if (mapping.count === 0 || mapping.size === 0)
      throw new Refusal(`${where}: IdCount and SubIdSize must be positive.`)
    if (mapping.start + mapping.count * mapping.size > 2 ** 32) throw new Refusal(`${where} overflows.`)
    return mapping
  })
  const ranges = (first: (one: IdMapping) => number, length: (one: IdMapping) => number) =>
    mappings.map((one) => [first(one), first(one) + length(one)] as const).sort(([a], [b]) => a - b)
  for (const list of [
    ranges(
      (one) => one.id,
      (one) => one.count,
    ),
    ranges(
      (one) => one.start,
      (one) => one.count * one.size,
    ),
  ])
    for (const [index, [start]] of list.entries())
      if (index > 0 && start < (list[index - 1]?.[1] ?? 0))
        throw new Refusal(`Container.SubId.${field}[${index}] overlaps.`)
  return mappings
}

/** First subordinate id of `id`, or undefined when no mapping covers it. */
export function mappedStart(mappings: IdMapping[], id: number): { start: number; size: number } | undefined {
  const one = mappings.find((mapping) => id >= mapping.id && id < mapping.id + mapping.count)
  return one && { start: one.start + (id - one.id) * one.size, size: one.size }
}
