// Variables of groups and hosts, from all the places that set them → each host's own, with the places that won.
import { isDeepStrictEqual } from 'node:util'
import type { Candidate, Json, Variables } from '../../model/inventory.ts'
import type { AuthoredValues } from '../../text/authored.ts'
import { foldNodeSet } from '../../model/nodeSet.ts'
import { type Draft, placeName } from '../draft.ts'
import { AuthoredSets } from './authoredSets.ts'
import type { SetValue, SetValues } from './setValue.ts'
import type { GroupTree } from '../groupTree.ts'
import type { VarsFile } from './readVarsDirectory.ts'

export interface VarsDirectory {
  readonly groups: ReadonlyMap<string, VarsFile>
  readonly hosts: ReadonlyMap<string, VarsFile>
}

export interface HostVariables {
  /** Frozen, and the same object for hosts that have nothing of their own. */
  readonly vars: Variables
  readonly authored: AuthoredValues
  readonly find: (variable: string) => SetValue | undefined
}

/** A value from a group, which a host's own may still override; `rival` has the same rank and has another value. */
interface Ranked {
  readonly set: SetValue
  readonly group: string
  readonly rank: string
  readonly rival?: Ranked
}

interface Shared extends HostVariables {
  readonly rivals: ReadonlyMap<string, Ranked>
  /** Merged with the variables of one line; the other hosts of that line find it here. */
  readonly withOwn: Map<SetValues, HostVariables>
}

interface Torn {
  readonly variable: string
  readonly winner: Ranked
  readonly rival: Ranked
  readonly hosts: string[]
}

/** Orders unrelated groups. */
const PRIORITY = 'ansible_group_priority'

/**
 * From weak to strong, as Ansible has it: variables of groups in the inventory; group_vars/all of the inventory, of the
 * playbook; other group_vars of the inventory, of the playbook; variables of hosts in the inventory; host_vars of the
 * inventory, of the playbook. Within one of these a deeper group counts more, and of equally deep ones that with the
 * higher ansible_group_priority. Where Ansible then goes by the alphabet, differing values are a mistake here.
 */
export class VariableMerger {
  readonly #draft: Draft
  readonly #tree: GroupTree
  readonly #steps: readonly {
    readonly all: boolean | undefined
    readonly of: (group: string) => SetValues | undefined
  }[]
  readonly #directories: readonly VarsDirectory[]
  readonly #shared = new Map<string, Shared>()
  readonly #torn = new Map<string, Torn>()
  readonly #authored = new AuthoredSets()

  constructor(draft: Draft, tree: GroupTree, inventory: readonly VarsDirectory[], playbook: readonly VarsDirectory[]) {
    this.#draft = draft
    this.#tree = tree
    this.#directories = [...inventory, ...playbook]
    const from = (all: boolean) =>
      this.#directories.map(({ groups }) => ({ all, of: (group: string) => groups.get(group)?.vars }))
    this.#steps = [{ all: undefined, of: (group) => draft.groupVars.get(group) }, ...from(true), ...from(false)]
  }

  merge(host: string, groups: readonly string[]): HostVariables {
    const key = groups.join('\n')
    let shared = this.#shared.get(key)
    if (!shared) this.#shared.set(key, (shared = this.#mergeGroups(groups)))
    const own = this.#own(host)
    this.#noteRivals(host, shared, own)
    const [only] = own
    if (!only) return shared
    if (own.length > 1) return withOwn(shared, own, this.#authored)
    let merged = shared.withOwn.get(only)
    if (!merged) shared.withOwn.set(only, (merged = withOwn(shared, own, this.#authored)))
    return merged
  }

  /** All that sets the variable for a host, the one in force first. */
  candidates(host: string, groups: readonly string[], variable: string): readonly Candidate[] {
    const found: Candidate[] = []
    this.#eachGroupValue(groups, (set, group, name) => {
      if (name === variable) found.push({ value: set.value, at: set.at, group })
    })
    for (const set of this.#own(host).flatMap((vars) => vars.get(variable) ?? []))
      found.push({ value: set.value, at: set.at })
    return found.reverse()
  }

  #own(host: string): readonly SetValues[] {
    const layers = this.#draft.hosts.get(host)?.layers.map(({ vars }) => vars) ?? []
    for (const directory of this.#directories) layers.push(directory.hosts.get(host)?.vars ?? nothing)
    return layers.filter((vars) => vars.size > 0)
  }

  #mergeGroups(groups: readonly string[]): Shared {
    const won = new Map<string, Ranked>()
    this.#eachGroupValue(groups, (set, group, variable, rank) => {
      const before = won.get(variable)
      const now: Ranked = { set, group, rank }
      const torn = before?.rank === now.rank && !isDeepStrictEqual(before.set.value, set.value)
      const rival = torn ? before : before?.rank === now.rank ? before.rival : undefined
      won.set(variable, rival ? { ...now, rival } : now)
    })
    const vars = Object.freeze(Object.fromEntries(Array.from(won, ([name, { set }]) => [name, set.value])))
    const rivals = new Map(Array.from(won).filter(([, { rival }]) => rival))
    const authored = this.#authored.among(Array.from(won, ([name, { set }]) => [name, set]))
    return { vars, authored, find: (variable) => won.get(variable)?.set, rivals, withOwn: new Map() }
  }

  /** From weak to strong. */
  #eachGroupValue(
    groups: readonly string[],
    take: (set: SetValue, group: string, variable: string, rank: string) => void,
  ): void {
    const priorities = new Map(groups.map((group) => [group, this.#priority(group)]))
    const rank = (group: string) => [this.#tree.depth(group), priorities.get(group) ?? 1] as const
    const sorted = ['all', ...groups].sort((a, b) => {
      const [depthA, priorityA] = rank(a)
      const [depthB, priorityB] = rank(b)
      return depthA - depthB || priorityA - priorityB || this.#tree.place(a) - this.#tree.place(b)
    })
    this.#steps.forEach(({ all, of }, step) => {
      for (const group of sorted) {
        if (all !== undefined && all !== (group === 'all')) continue
        for (const [variable, set] of of(group) ?? nothing)
          if (variable !== PRIORITY) take(set, group, variable, [step, ...rank(group)].join())
      }
    })
  }

  #priority(group: string): number {
    const values = this.#steps.map(({ of }) => of(group)?.get(PRIORITY)?.value).filter((value) => value !== undefined)
    const last = values.at(-1)
    return typeof last === 'number' ? last : 1
  }

  #noteRivals(host: string, { rivals }: Shared, own: readonly SetValues[]): void {
    for (const [variable, winner] of rivals) {
      if (own.some((vars) => vars.has(variable))) continue
      const { rival } = winner
      if (!rival) continue
      const key = [variable, winner.group, rival.group].join('\n')
      const torn = this.#torn.get(key)
      if (torn) torn.hosts.push(host)
      else this.#torn.set(key, { variable, winner, rival, hosts: [host] })
    }
  }

  /** To be called when all hosts are merged: one mistake for each variable and pair of groups. */
  reportRivals(): void {
    for (const { variable, winner, rival, hosts } of this.#torn.values()) {
      const message =
        `'${variable}' of ${foldNodeSet(hosts)} gets different values from the group ${rival.group} (${placeName(rival.set.keyAt ?? rival.set.at)}) ` +
        `and the group ${winner.group} (${placeName(winner.set.keyAt ?? winner.set.at)})`
      const hint =
        `set a higher ansible_group_priority on one of the two groups (now both ` +
        `${winner.rank.split(',')[2]}), put one group inside the other, or set the variable in host_vars/`
      this.#draft.findings.error('conflicting-groups', message, winner.set.keyAt ?? winner.set.at, hint)
    }
  }
}

const nothing: SetValues = new Map()

function withOwn(shared: Shared, own: readonly SetValues[], expressions: AuthoredSets): HostVariables {
  const pairs = own.flatMap((vars) => Array.from(vars, ([name, { value }]): [string, Json] => [name, value]))
  const sets = own.flatMap((vars) => [...vars])
  return {
    authored: expressions.among(sets, shared.authored),
    vars: Object.freeze({ ...shared.vars, ...Object.fromEntries(pairs) }),
    find: (variable) => own.findLast((vars) => vars.has(variable))?.get(variable) ?? shared.find(variable),
  }
}
