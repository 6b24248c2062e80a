// Which group is in which: ancestors, depth and members, and the mistakes that make this impossible.
import { didYouMean } from '../model/didYouMean.ts'
import type { Group } from '../model/inventory.ts'
import { type Draft, type DraftGroup, placeName } from './draft.ts'

export class GroupTree {
  readonly #draft: Draft
  readonly #parents = new Map<string, string[]>()
  readonly #depths = new Map<string, number>()
  readonly #places = new Map<string, number>()

  /** Reports undeclared groups, cycles and names of both a host and a group; goes on without them. */
  constructor(draft: Draft) {
    this.#draft = draft
    this.#checkMentions()
    this.#checkNames()
    this.#cutCycles()
    for (const group of draft.groups.values()) {
      this.#places.set(group.name, this.#places.size)
      for (const child of group.children.keys()) this.#parents.set(child, [...this.#parentsOf(child), group.name])
    }
  }

  #parentsOf = (group: string): readonly string[] => this.#parents.get(group) ?? []

  #checkMentions(): void {
    const { groups, hosts } = this.#draft
    for (const { group, at, as } of this.#draft.mentions) {
      if (groups.has(group)) continue
      const near = didYouMean(group, groups.keys())
      const hint = hosts.has(group)
        ? `'${group}' is a host; ${as === 'child' ? 'put it into a section without :children' : 'put its variables after its name or in host_vars/'}`
        : near
          ? `did you mean '${near}'?`
          : `declare it with [${group}], even if it is empty`
      this.#draft.findings.error('unknown-group', `there is no group '${group}'`, at, hint)
    }
    for (const group of groups.values()) {
      for (const child of group.children.keys()) if (!groups.has(child)) group.children.delete(child)
    }
  }

  #checkNames(): void {
    for (const [name, host] of this.#draft.hosts) {
      const group = this.#draft.groups.get(name)
      if (!group) continue
      const hint = group.at
        ? `rename one of them; the group is at ${placeName(group.at)}`
        : 'rename the host: this group always exists'
      this.#draft.findings.error('host-and-group', `'${name}' is both a host and a group`, host.at, hint)
    }
  }

  #cutCycles(): void {
    const done = new Set<DraftGroup>()
    const path: DraftGroup[] = []
    const visit = (group: DraftGroup): void => {
      path.push(group)
      for (const [name, at] of group.children) {
        const child = this.#draft.groups.get(name)
        if (!child) continue
        const begin = name === 'all' ? 0 : path.indexOf(child)
        if (name === 'all' || begin >= 0) {
          const names = name === 'all' ? ['all', group.name] : path.slice(begin).map((each) => each.name)
          const message = `the group '${name}' contains itself: ${[...names, name].join(' > ')}`
          this.#draft.findings.error(
            'group-cycle',
            message,
            at,
            name === 'all' ? 'remove it: all contains every group already' : undefined,
          )
          group.children.delete(name)
        } else if (!done.has(child)) visit(child)
      }
      path.pop()
      done.add(group)
    }
    for (const group of this.#draft.groups.values()) if (!done.has(group)) visit(group)
  }

  /** 0 for `all`, 1 for what is in no other group, else one more than the deepest parent. */
  depth(group: string): number {
    if (group === 'all') return 0
    const known = this.#depths.get(group)
    if (known !== undefined) return known
    const depth = 1 + Math.max(0, ...this.#parentsOf(group).map((parent) => this.depth(parent)))
    this.#depths.set(group, depth)
    return depth
  }

  /** The order in which groups were first named. */
  place = (group: string): number => this.#places.get(group) ?? 0

  /** The groups themselves, then what holds them, level by level; without `all`, and `ungrouped` only alone. */
  withAncestors(direct: Iterable<string>): readonly string[] {
    const found = new Set([...direct].filter((name) => name !== 'all' && name !== 'ungrouped'))
    // A set gives also what is added while it is gone through.
    for (const name of found) for (const parent of this.#parentsOf(name)) if (parent !== 'all') found.add(parent)
    return found.size > 0 ? [...found] : ['ungrouped']
  }

  /** With the hosts of the groups inside, in the inventory's order. */
  groups(groupsOf: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, Group> {
    const members = new Map<string, string[]>(Array.from(this.#draft.groups.keys(), (name) => [name, []]))
    for (const [host, groups] of groupsOf) {
      members.get('all')?.push(host)
      for (const group of groups) members.get(group)?.push(host)
    }
    const groups = new Map<string, Group>()
    for (const [name, { children }] of this.#draft.groups) {
      const tops = name === 'all' ? [...this.#draft.groups.keys()].filter((each) => this.depth(each) === 1) : []
      groups.set(name, { name, hosts: members.get(name) ?? [], children: [...new Set([...tops, ...children.keys()])] })
    }
    return groups
  }
}
