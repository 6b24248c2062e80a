// Groups hosts with the same result and names them as one node set with a count.
import { foldNodeSet } from '../model/nodeSet.ts'
import { cutToWidth, displayWidth } from './displayWidth.ts'

export interface Folded<T> {
  readonly hosts: string[]
  /** Of the first host; the others' have the same key. */
  readonly value: T
}

/** Groups in the order of their first host. */
export function foldHosts<T>(
  entries: Iterable<readonly [host: string, value: T]>,
  key: (value: T, host: string) => string,
): Folded<T>[] {
  const groups = new Map<string, Folded<T>>()
  for (const [host, value] of entries) {
    const id = key(value, host)
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

/** Columns of a node set above which it is shortened. */
const LONG = 48

/** Whether a node set would take most of a line. */
export const isLong = (hosts: readonly string[]): boolean => displayWidth(nodeSet(hosts)) > LONG

/**
 * A node set that is too long for a line says how many hosts it is: `all 60`, `54 of 60, all but crane[07,12]`,
 * `crane[001,004,... (37 hosts)`.
 * @param among all hosts that are meant, such as those of the play
 */
export function shortNodeSet(hosts: readonly string[], among: readonly string[], whole = false): string {
  const full = nodeSet(hosts)
  if (whole || displayWidth(full) <= LONG) return full
  const named = new Set(hosts)
  const rest = among.filter((host) => !named.has(host))
  if (rest.length === 0 && among.length === named.size) return `all ${hosts.length}`
  const others = nodeSet(rest)
  if (among.length === named.size + rest.length && displayWidth(others) <= LONG)
    return `${hosts.length} of ${among.length}, all but ${others}`
  return `${cutToWidth(full, LONG - 16)} (${countOf(hosts.length, 'host')})`
}

/** `crane02`, `crane[02-04] (3 hosts)`; a long one as `shortNodeSet` has it. */
export function nodeSetWithCount(hosts: readonly string[], among?: readonly string[], whole = false): string {
  if (hosts.length === 1) return nodeSet(hosts)
  const short = among ? shortNodeSet(hosts, among, whole) : nodeSet(hosts)
  return short === nodeSet(hosts) ? `${short} (${hosts.length} hosts)` : short
}

/** `1 host`, `3 hosts`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
