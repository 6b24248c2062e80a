// One term of a host pattern → the hosts that it names.
import type { Inventory } from '../model/inventory.ts'
import { expandNodeSet, foldNodeSet, type NodeSetProblem } from '../model/nodeSet.ts'

export type Matched =
  | { readonly ok: true; readonly hosts: ReadonlySet<string> }
  /** `unknown` is the part that names nothing; with a problem the term cannot be understood at all. */
  | { readonly ok: false; readonly unknown: string; readonly problem?: NodeSetProblem }

/**
 * In this order: a group or host of that name (no name is both); `~REGEX`, anchored at the beginning; `@GROUP`, as in
 * ClusterShell; a node set that names known hosts; the subscript of a group, `compute[0]`, `[1:3]` with both ends, `[-1]`;
 * a glob over groups and hosts.
 */
export function matchTerm(term: string, inventory: Inventory): Matched {
  const exact = named(term, inventory)
  if (exact) return { ok: true, hosts: new Set(exact) }
  if (term.startsWith('~')) return matchRegex(term, inventory)
  const group = term.startsWith('@') ? inventory.groups.get(term.slice(1)) : undefined
  if (group) return { ok: true, hosts: new Set(group.hosts) }
  const wild = /[*?]|\[!/.test(term)
  if (wild || !term.includes('[')) return wild ? matchGlob(term, inventory) : { ok: false, unknown: term }
  const expanded = expandNodeSet(term)
  if (expanded.ok) {
    const hosts = new Set<string>()
    const unknown: string[] = []
    for (const name of expanded.names) {
      const known = named(name, inventory)
      if (known) for (const host of known) hosts.add(host)
      else unknown.push(name)
    }
    if (unknown.length === 0) return { ok: true, hosts }
    if (unknown.length < expanded.names.length) return { ok: false, unknown: foldNodeSet(unknown) }
  }
  const subscript = matchSubscript(term, inventory)
  if (subscript) return subscript
  const glob = matchGlob(term, inventory)
  if (glob.ok || expanded.ok) return glob
  return { ok: false, unknown: term, problem: expanded.problem }
}

const named = (name: string, { groups, hosts }: Inventory): readonly string[] | undefined =>
  groups.get(name)?.hosts ?? (hosts.has(name) ? [name] : undefined)

function matchAll(test: RegExp, term: string, { groups, hosts }: Inventory): Matched {
  const found = new Set<string>()
  let any = false
  for (const group of groups.values()) {
    if (!test.test(group.name)) continue
    any = true
    for (const host of group.hosts) found.add(host)
  }
  for (const host of hosts.keys()) if (test.test(host)) found.add(host)
  return any || found.size > 0 ? { ok: true, hosts: found } : { ok: false, unknown: term }
}

function matchRegex(term: string, inventory: Inventory): Matched {
  try {
    return matchAll(new RegExp(`^(?:${term.slice(1)})`), term, inventory)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { ok: false, unknown: term, problem: { message, offset: 0, length: term.length } }
  }
}

/** `*`, `?`, `[abc]`, `[!abc]`, as a shell has them. */
function matchGlob(term: string, inventory: Inventory): Matched {
  const source = term.replace(/\[(!?)([^\]]+)\]|[\s\S]/g, (piece, not?: string, inside?: string) => {
    if (inside !== undefined) return `[${not ? '^' : ''}${inside.replace(/[\\^[\]]/g, '\\$&')}]`
    if (piece === '*') return '.*'
    return piece === '?' ? '.' : piece.replace(/[.+^${}()|[\]\\/]/g, '\\$&')
  })
  try {
    return matchAll(new RegExp(`^${source}$`), term, inventory)
  } catch {
    // A class such as [z-a] names nothing.
    return { ok: false, unknown: term }
  }
}

/** Ansible's: positions count from 0, from the end when negative, and both ends belong to it. */
function matchSubscript(term: string, inventory: Inventory): Matched | undefined {
  const match = /^(.*)\[(?:(-?\d+)|(\d*):(\d*))\]$/.exec(term)
  const [, group = '', single, from, to] = match ?? []
  const hosts = inventory.groups.get(group)?.hosts
  if (!hosts) return undefined
  const picked =
    single !== undefined
      ? hosts.slice(Number(single)).slice(0, 1)
      : hosts.slice(Number(from), to ? Number(to) + 1 : undefined)
  if (picked.length > 0 && (single === undefined || -Number(single) <= hosts.length)) {
    return { ok: true, hosts: new Set(picked) }
  }
  const message = `the group ${group} has ${hosts.length} hosts, none at ${term.slice(group.length)}`
  return { ok: false, unknown: term, problem: { message, offset: group.length, length: term.length - group.length } }
}
