// What CraneSched refuses or ignores in `Container:` and a schema cannot express.
import type { MetaCniMistake as Mistake } from './metaCni.ts'
import { type CraneContainer, craneContainer } from './craneContainerParams.ts'

type Mapping = NonNullable<NonNullable<CraneContainer['SubId']>['UidMappings']>[number]

const LAST_ID = 4294967295

/**
 * Takes the section, as it will be in the file, and returns what makes craned end when it starts. `path` is a JSON
 * pointer into the section; an empty list means that CraneSched accepts it. `lacks`: whether the section is whole, so that
 * what it lacks is refused too.
 */
export function checkCraneContainer(
  section: CraneContainer,
  lacks: 'refused' | 'allowed' = 'allowed',
): readonly Mistake[] {
  const mistakes: Mistake[] = []
  const { SubId, BindFs } = section
  for (const list of ['UidMappings', 'GidMappings'] as const) {
    const mappings = SubId?.[list]
    if (!mappings) {
      if (SubId?.Managed === true && lacks === 'refused')
        mistakes.push({ path: '/SubId', message: `has no ${list}, which Managed needs` })
      continue
    }
    const path = `/SubId/${list}`
    mappings.forEach(({ SubIdStart, SubIdSize, IdCount }, i) => {
      if (SubIdStart + SubIdSize * IdCount - 1 > LAST_ID)
        mistakes.push({ path: `${path}/${i}`, message: `needs subordinate ids above ${LAST_ID}, the last there is` })
    })
    const overlap = firstOverlap(mappings)
    if (overlap)
      mistakes.push({ path: `${path}/${overlap.index}`, message: `has ${overlap.what} of an earlier mapping` })
  }
  if (BindFs?.Enabled && (BindFs.BindfsBinary === undefined || BindFs.FusermountBinary === undefined)) {
    mistakes.push({
      path: '/BindFs',
      message: 'needs BindfsBinary and FusermountBinary: CraneSched does not search for programs',
      hint: 'set BindfsBinary: /usr/bin/bindfs and FusermountBinary: /usr/bin/fusermount3',
    })
  }
  return mistakes
}

function firstOverlap(mappings: readonly Mapping[]): { readonly index: number; readonly what: string } | undefined {
  for (const [index, one] of mappings.entries()) {
    for (const other of mappings.slice(0, index)) {
      if (overlap(one.Id, one.IdCount, other.Id, other.IdCount)) return { index, what: 'ids' }
      const [size, otherSize] = [one.IdCount * one.SubIdSize, other.IdCount * other.SubIdSize]
      if (overlap(one.SubIdStart, size, other.SubIdStart, otherSize)) return { index, what: 'subordinate ids' }
    }
  }
  return undefined
}

const overlap = (start: number, count: number, otherStart: number, otherCount: number) =>
  start < otherStart + otherCount && otherStart < start + count

/** Takes the section, as it will be in the file, and returns what works differently from how it reads. */
export function warnOfCraneContainer(section: Readonly<Record<string, unknown>>): readonly string[] {
  const ignored = unknownKeys(section, craneContainer)
  const dns = section['Dns'] as { readonly Servers?: unknown } | null | undefined
  const servers = dns?.Servers
  const lonely = servers === undefined || (Array.isArray(servers) && servers.length > 0 && servers.every(isLoopback))
  return [
    ...(ignored.length > 0 ? [`CraneSched ignores ${ignored.map((key) => `Container.${key}`).join(', ')}`] : []),
    ...(section['Enabled'] === true && lonely
      ? ['names do not resolve in pods: Container.Dns.Servers is 127.0.0.1, which is the pod itself']
      : []),
  ]
}

const isLoopback = (server: unknown) => typeof server === 'string' && server.startsWith('127.')

/** A part of the schema: what is looked at in it. */
interface Part {
  readonly type?: unknown
  readonly properties?: Readonly<Record<string, Part>>
  readonly items?: Part
}

/** The keys that the schema does not have, with a dot before each key below. */
function unknownKeys(value: unknown, schema: Part): readonly string[] {
  if (Array.isArray(value) && schema.items !== undefined) {
    const { items } = schema
    return [...new Set(value.flatMap((item) => unknownKeys(item, items)))]
  }
  const { properties } = schema
  if (typeof value !== 'object' || value === null || properties === undefined) return []
  return Object.entries(value).flatMap(([key, below]) => {
    const part = properties[key]
    return part === undefined ? [key] : unknownKeys(below, part).map((name) => `${key}.${name}`)
  })
}
