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
    // A set also yields what is added during the iteration.
    for (const name of found) for (const parent of this.#parentsOf(name)) if (parent !== 'all') found.add(parent)
    return found.size > 0 ? [...found] : ['ungrouped']
  }

  /** Each group with its own hosts in the order in which it lists them, then those of its children, level by level. */
  groups(groupsOf: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, Group> {
    const children = new Map(Array.from(this.#draft.groups, ([name, group]) => [name, [...group.children.keys()]]))
    const tops = [...this.#draft.groups.keys()].filter((name) => this.depth(name) === 1)
    children.set('all', [...new Set([...tops, ...(children.get('all') ?? [])])])
    const alone = [...groupsOf].filter(([, groups]) => groups[0] === 'ungrouped').map(([host]) => host)
    const own = (name: string) => (name === 'ungrouped' ? alone : (this.#draft.groups.get(name)?.hosts.keys() ?? []))
    const groups = new Map<string, Group>()
    for (const name of this.#draft.groups.keys()) {
      const inside = new Set([name])
      const hosts = new Set<string>()
      // A set also yields what is added during the iteration.
      for (const group of inside) {
        for (const host of own(group)) hosts.add(host)
        for (const child of children.get(group) ?? []) inside.add(child)
      }
      groups.set(name, { name, hosts: [...hosts], children: children.get(name) ?? [] })
    }
    return groups
  }
}
