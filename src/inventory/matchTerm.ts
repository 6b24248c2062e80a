// One term of a host pattern → the hosts that it names.
import type { Inventory } from '../model/inventory.ts'
import { expandNodeSet, foldNodeSet, type NodeSetProblem } from '../model/nodeSet.ts'

export type Matched =
  | { readonly ok: true; readonly hosts: ReadonlySet<string> }
  /** `unknown` is the part that names nothing; with a problem the term cannot be understood at all. */
  | { readonly ok: false; readonly unknown: string; readonly problem?: NodeSetProblem & { readonly hint?: string } }

/**
 * In this order: a group or host of that name (no name is both); `~REGEX`, anchored at the beginning; `@GROUP`, as in
 * ClusterShell; the subscript of a group or glob; a node set of known hosts; a glob over groups and hosts. The hosts come
 * in the order of the groups and node sets that name them.
 */
export function matchTerm(term: string, inventory: Inventory): Matched {
  const exact = named(term, inventory)
  if (exact) return { ok: true, hosts: new Set(exact) }
  if (term.startsWith('~')) return matchRegex(term, inventory)
  const group = term.startsWith('@') ? inventory.groups.get(term.slice(1)) : undefined
  if (group) return { ok: true, hosts: new Set(group.hosts) }
  const subscript = matchSubscript(term, inventory)
  if (subscript) return subscript
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

/**
 * Ansible's `web[0]`, `web[-1]`, `web[1:2]` and `web[1:]`: positions from 0, both ends included, and `web[:3]`, the first
 * three. A padded number (`web[01]`) and a range with a dash (`web[1-2]`) are node sets, as the recap writes them.
 */
function matchSubscript(term: string, inventory: Inventory): Matched | undefined {
  const match = /^(.+)\[(?:(-?\d+)|(-?\d*):(-?\d*))\]$/.exec(term)
  const [, base = '', single, from = '', to = ''] = match ?? []
  if (!match || [single, from, to].some((number) => /^-?0\d/.test(number ?? ''))) return undefined
  const hosts = named(base, inventory) ?? globbed(base, inventory)
  if (!hosts) return undefined
  const count = hosts.length
  const subscript = term.slice(base.length)
  const fail = (message: string, hint?: string): Matched => {
    const problem = { message, offset: base.length, length: subscript.length, ...(hint !== undefined && { hint }) }
    return { ok: false, unknown: term, problem }
  }
  if (single === undefined && /-/.test(from + to)) {
    const [first, last] = [from, to].map((end) => (end.startsWith('-') ? Math.max(0, count + Number(end)) : end))
    return fail('a range of positions cannot have a negative end', `write '${base}[${first}:${last}]'`)
  }
  const start = Number(single ?? from)
  const end = single ?? (to === '' ? count : from === '' ? Number(to) - 1 : to)
  const picked = hosts.slice(start, start < 0 ? start + 1 || count : Number(end) + 1)
  if (picked.length > 0 && -start <= count) return { ok: true, hosts: new Set(picked) }
  return fail(`'${base}' has ${count} host${count === 1 ? '' : 's'}, none at ${subscript}`)
}

function globbed(base: string, inventory: Inventory): readonly string[] | undefined {
  if (!/[*?]/.test(base) || base.startsWith('~')) return undefined
  const matched = matchGlob(base, inventory)
  return matched.ok ? [...matched.hosts] : undefined
}
