// Gathers hosts to which the same happened, and names them as one node set with a count.
import { foldNodeSet } from '../model/nodeSet.ts'

export interface Folded<T> {
  readonly hosts: string[]
  /** Of the first host; the others' have the same key. */
  readonly value: T
}

/** Groups in the order of their first host. */
export function foldHosts<T>(
  entries: Iterable<readonly [host: string, value: T]>,
  key: (value: T) => string,
): Folded<T>[] {
  const groups = new Map<string, Folded<T>>()
  for (const [host, value] of entries) {
    const id = key(value)
    const group = groups.get(id)
    if (!group) groups.set(id, { hosts: [host], value })
    else if (group.hosts.at(-1) !== host) group.hosts.push(host)
  }
  return [...groups.values()]
}

/** `crane[02-04]`. */
export function nodeSet(hosts: readonly string[]): string {
  return foldNodeSet(hosts)
}

/** `crane02`, `crane[02-04] (3 hosts)`. */
export function nodeSetWithCount(hosts: readonly string[]): string {
  return hosts.length === 1 ? nodeSet(hosts) : `${nodeSet(hosts)} (${hosts.length} hosts)`
}

/** `1 host`, `3 hosts`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
