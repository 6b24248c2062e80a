// Collects what the inventory’s sources define: hosts, groups and variables, each with the place that set it.
import { isDeepStrictEqual } from 'node:util'
import type { SourceSpan } from '../model/diagnostic.ts'
import { foldNodeSet } from '../model/nodeSet.ts'
import { Findings } from '../text/findings.ts'
import { checkVariable } from './variables/knownVariables.ts'
import type { SetValue, SetValues } from './variables/setValue.ts'

export interface DraftGroup {
  readonly name: string
  /** Absent for `all` and `ungrouped`, which are always there. */
  readonly at?: SourceSpan
  /** Host → the source that put it there. */
  readonly hosts: Map<string, { readonly source: number; readonly at: SourceSpan }>
  readonly children: Map<string, SourceSpan>
}

interface DraftHost {
  readonly name: string
  readonly at: SourceSpan
  readonly groups: Set<string>
  /** What each source sets, in their order. The hosts of one line share one map. */
  readonly layers: { readonly source: number; vars: SetValues }[]
}

export class Draft {
  readonly findings = new Findings()
  readonly hosts = new Map<string, DraftHost>()
  readonly all: DraftGroup = { name: 'all', hosts: new Map(), children: new Map() }
  readonly ungrouped: DraftGroup = { name: 'ungrouped', hosts: new Map(), children: new Map() }
  readonly groups = new Map([this.all, this.ungrouped].map((group) => [group.name, group]))
  readonly groupVars = new Map<string, Map<string, SetValue & { readonly source: number }>>()
  /** Groups that were named, and may or may not be declared by the end. */
  readonly mentions: { readonly group: string; readonly at: SourceSpan; readonly as: 'child' | 'variables' }[] = []
  #source = 0

  nextSource(): void {
    this.#source++
  }

  /** Declares the group, or finds it. Undefined when no group can have that name. */
  group(name: string, at: SourceSpan): DraftGroup | undefined {
    const before = this.groups.get(name)
    if (before) return before
    const odd = /^-|[\s\p{Cc},:&![\]*?~@/\\'"{}()]/u.exec(name)?.[0]
    if (name === '' || odd) {
      const why = odd ? `: ${JSON.stringify(odd)} is not allowed` : ''
      this.findings.error('bad-group-name', `'${name}' cannot be the name of a group${why}`, at)
      return undefined
    }
    const group: DraftGroup = { name, at, hosts: new Map(), children: new Map() }
    this.groups.set(name, group)
    return group
  }

  /** Hosts of one line or key, with the variables set there; all of them share `vars`. */
  addHosts(group: DraftGroup | undefined, names: readonly string[], at: SourceSpan, vars: SetValues): void {
    const twice = new Map<string, string[]>()
    const torn = new Map<string, string[]>()
    for (const name of names) {
      const member = group?.hosts.get(name)
      if (member?.source === this.#source) addTo(twice, placeName(member.at), name)
      group?.hosts.set(name, { source: this.#source, at })
      const host = this.hosts.get(name)
      if (!host) {
        const groups = new Set(group ? [group.name] : [])
        this.hosts.set(name, { name, at, groups, layers: [{ source: this.#source, vars }] })
        continue
      }
      if (group) host.groups.add(group.name)
      const layer = host.layers.at(-1)
      if (layer?.source !== this.#source) {
        host.layers.push({ source: this.#source, vars })
        continue
      }
      for (const [variable, set] of vars) {
        const before = layer.vars.get(variable)
        if (before && !isDeepStrictEqual(before.value, set.value)) {
          addTo(torn, `${variable}\n${placeName(before.keyAt ?? before.at)}`, name)
        }
      }
      if (vars.size > 0) layer.vars = layer.vars.size === 0 ? vars : new Map([...layer.vars, ...vars])
    }
    for (const [first, hosts] of twice) {
      const message = `${foldNodeSet(hosts)} is listed twice in the group ${group?.name}`
      this.findings.error('duplicate-host', message, at, `keep one of them: the first is at ${first}`)
    }
    for (const [key, hosts] of torn) {
      const [variable = '', first] = key.split('\n')
      const message = `'${variable}' of ${foldNodeSet(hosts)} is set twice, to different values`
      this.findings.error(
        'conflicting-host-variable',
        message,
        vars.get(variable)?.at ?? at,
        `keep one of them: the first is at ${first}`,
      )
    }
  }

  addChild(parent: DraftGroup, child: string, at: SourceSpan): void {
    parent.children.set(child, at)
    this.mentions.push({ group: child, at, as: 'child' })
  }

  setGroupVariable(group: string, name: string, set: SetValue): void {
    let vars = this.groupVars.get(group)
    if (!vars) this.groupVars.set(group, (vars = new Map()))
    const before = vars.get(name)
    if (before?.source === this.#source && !isDeepStrictEqual(before.value, set.value)) {
      const message = `'${name}' of the group ${group} is set twice, to different values`
      this.findings.error(
        'conflicting-group-variable',
        message,
        set.keyAt ?? set.at,
        `keep one of them: the first is at ${placeName(before.keyAt ?? before.at)}`,
      )
    }
    checkVariable(name, set, this.findings)
    vars.set(name, { ...set, source: this.#source })
  }
}

/** `hosts:12`, as compilers write it. */
export const placeName = (at: SourceSpan): string => `${at.file}:${at.line}`

function addTo(lists: Map<string, string[]>, key: string, name: string): void {
  const list = lists.get(key)
  if (list) list.push(name)
  else lists.set(key, [name])
}
