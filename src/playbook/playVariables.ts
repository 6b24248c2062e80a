// What each host of a play knows before anything ran: inventory, play vars, inputs, `-e`, and the magic variables.
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Inventory, Json, Variables } from '../model/inventory.ts'
import type { Scope } from '../model/playbook.ts'
import type { Vocabulary } from './compileExpression.ts'
import { type Compiled, compileValue, constantOf, deepFreeze, evaluate } from './compileTemplate.ts'
import type { Findings } from './findings.ts'
import type { HostFindings } from './hostFindings.ts'
import { type InputDeclaration, misfit } from './inputDeclaration.ts'
import { maskQuotes } from './jinjaHabits.ts'
import { MAGIC_VARIABLES } from './parseKeywords.ts'
import type { ParsedPlay } from './parsed.ts'
import { splitTemplate } from './splitTemplate.ts'
import {
  ANY,
  HOSTVARS,
  inputValueType,
  listOf,
  MAP,
  mergeTypes,
  TEXT,
  typeOf,
  BOOLEAN,
  type ValueType,
} from './valueType.ts'
import { describeValue, placeOf, type YamlEntry, type YamlNode } from './yamlTree.ts'

/** The same for all plays of a run. */
export interface RunVariables {
  readonly inventory: Inventory
  readonly inputs: ReadonlyMap<string, InputDeclaration>
  /** Values of `-e`, of the right types. */
  readonly extra: Readonly<Record<string, Json>>
  /** Types of what the inventory sets on any host. */
  readonly inventoryTypes: ReadonlyMap<string, ValueType>
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly hostvars: Readonly<Record<string, Variables>>
  readonly check: boolean
}

export interface PlayVariables {
  readonly types: ReadonlyMap<string, ValueType>
  variables(host: string): Variables
  /** Why a variable of the play has no value on the host, if it should have one. */
  failure(host: string, name: string): Diagnostic | undefined
}

export function runVariables(
  inventory: Inventory,
  inputs: readonly InputDeclaration[],
  extra: Readonly<Record<string, Json>>,
  check: boolean,
): RunVariables {
  const groups: Record<string, readonly string[]> = {}
  for (const [name, group] of inventory.groups) groups[name] = group.hosts
  const hostvars: Record<string, Variables> = {}
  for (const [name, host] of inventory.hosts) hostvars[name] = host.vars
  return {
    inventory,
    inputs: new Map(inputs.map((input) => [input.name, input])),
    extra: deepFreeze(extra),
    inventoryTypes: typesOf([...inventory.hosts.keys()], inventory),
    groups: Object.freeze(groups),
    // Not frozen: the checks look at it through a proxy that adds what tasks will register.
    hostvars,
    check,
  }
}

function typesOf(hosts: readonly string[], inventory: Inventory): Map<string, ValueType> {
  const types = new Map<string, ValueType>()
  const seen = new Set<Variables>()
  for (const host of hosts) {
    const vars = inventory.hosts.get(host)?.vars
    if (!vars || seen.has(vars)) continue
    seen.add(vars)
    for (const name in vars) {
      const type = typeOf(vars[name])
      const before = types.get(name)
      if (before === undefined) types.set(name, type)
      else if (before !== type) types.set(name, mergeTypes(before, type))
    }
  }
  return types
}

export function playVariables(
  play: ParsedPlay,
  hosts: readonly string[],
  run: RunVariables,
  outer: Pick<Vocabulary, 'explain' | 'used'>,
  findings: Findings,
  hostFindings: HostFindings,
): PlayVariables {
  const types = new Map(run.inventoryTypes)
  for (const [name, type] of typesOf(hosts, run.inventory)) types.set(name, type)
  for (const input of run.inputs.values()) types.set(input.name, inputValueType(input.type))
  for (const entry of play.vars) {
    if (!run.inputs.has(entry.key)) continue
    findings.error(
      'variable-hides-input',
      `'${entry.key}' is an input of the playbook`,
      entry.keyAt,
      "change the input's default, or rename the variable",
    )
  }
  for (const [name, value] of Object.entries(run.extra)) if (!run.inputs.has(name)) types.set(name, typeOf(value))
  const magic: Record<(typeof MAGIC_VARIABLES)[number], ValueType> = {
    inventory_hostname: TEXT,
    group_names: listOf(TEXT),
    groups: MAP,
    hostvars: HOSTVARS,
    play_hosts: listOf(TEXT),
    playbook_dir: TEXT,
    crane_check_mode: BOOLEAN,
  }
  for (const name of MAGIC_VARIABLES) types.set(name, magic[name])

  const own = play.vars.filter((entry) => !Object.hasOwn(run.extra, entry.key) && !run.inputs.has(entry.key))
  const compiled = compileInOrder(own, types, outer, findings)

  const shared = Object.freeze({
    groups: run.groups,
    hostvars: run.hostvars,
    play_hosts: Object.freeze([...hosts]),
    playbook_dir: play.folder,
    crane_check_mode: run.check,
  })
  checkInputValues(hosts, run, hostFindings)
  const defaults: Record<string, Json> = {}
  for (const input of run.inputs.values()) if (input.default !== undefined) defaults[input.name] = input.default
  deepFreeze(defaults)

  const cache = new Map<string, Variables>()
  const failures = new Map<string, Diagnostic>()
  const make = (name: string): Variables => {
    const host = run.inventory.hosts.get(name)
    const scope: Record<string, unknown> = {
      ...defaults,
      ...host?.vars,
      ...run.extra,
      inventory_hostname: name,
      group_names: host?.groups ?? [],
      ...shared,
    }
    for (const [variable, value] of compiled) {
      const result = evaluate(() => value.render(scope as Scope))
      if (result.ok) scope[variable] = result.value
      else {
        delete scope[variable]
        if (!result.unknown) failures.set(`${name}/${variable}`, result.diagnostic)
      }
    }
    return scope as Variables
  }
  return {
    types,
    variables(host) {
      let vars = cache.get(host)
      if (!vars) cache.set(host, (vars = make(host)))
      return vars
    },
    failure: (host, name) => failures.get(`${host}/${name}`),
  }
}

/** An input may get its value from the inventory; then it must fit too. */
function checkInputValues(hosts: readonly string[], run: RunVariables, hostFindings: HostFindings): void {
  for (const input of run.inputs.values()) {
    if (Object.hasOwn(run.extra, input.name)) continue
    for (const host of hosts) {
      const value = run.inventory.hosts.get(host)?.vars[input.name]
      if (value !== undefined) {
        const wrong = misfit(input, value, input.sensitive ? 'what is set' : describeValue(value))
        if (wrong !== undefined)
          hostFindings.add(host, {
            severity: 'error',
            code: 'bad-input',
            message: `'${input.name}' ${wrong}`,
            at: run.inventory.origin(host, input.name) ?? input.at,
          })
      } else if (input.required)
        hostFindings.add(host, {
          severity: 'error',
          code: 'missing-input',
          message: `the input '${input.name}' has no value`,
          at: input.at,
          hint: `give it with -e ${input.name}=…, or set it in the inventory`,
        })
    }
  }
}

/** Variables may read each other in any order, but not in a circle. Adds their types. */
export function compileInOrder(
  entries: readonly YamlEntry[],
  types: Map<string, ValueType>,
  outer: Pick<Vocabulary, 'explain' | 'used'>,
  findings: Findings,
): readonly (readonly [string, Compiled])[] {
  const byName = new Map(entries.map((entry) => [entry.key, entry]))
  const words = new Map(entries.map((entry) => [entry.key, wordsRead(entry.value)]))
  const compiled = new Map<string, Compiled>()
  const open: string[] = []
  const visit = (name: string, entry: YamlEntry): void => {
    if (compiled.has(name)) return
    if (open.includes(name)) {
      const circle = [...open.slice(open.indexOf(name)), name].join(' → ')
      findings.error('variable-cycle', `the variables read each other in a circle: ${circle}`, entry.keyAt)
      compiled.set(name, constantOf(null, placeOf(entry.value)))
      types.set(name, ANY)
      return
    }
    open.push(name)
    for (const word of words.get(name) ?? []) {
      const other = byName.get(word)
      if (other) visit(word, other)
    }
    open.pop()
    if (compiled.has(name)) return
    const vocabulary: Vocabulary = { ...outer, types: new Map(types) }
    const value = compileValue(entry.value, vocabulary, findings)
    compiled.set(name, value)
    types.set(name, value.type)
  }
  // Types of constants are known at once, whoever reads them.
  for (const entry of entries) if ((words.get(entry.key) ?? []).length === 0) visit(entry.key, entry)
  for (const [name, entry] of byName) visit(name, entry)
  return [...compiled]
}

/** Words inside the braces that could be variables. */
function wordsRead(node: YamlNode): readonly string[] {
  if (node.kind === 'list') return node.items.flatMap(wordsRead)
  if (node.kind === 'map') return node.entries.flatMap((entry) => wordsRead(entry.value))
  if (typeof node.value !== 'string' || !node.value.includes('{{')) return []
  const parts = splitTemplate(node.value)
  if ('message' in parts) return []
  return parts.flatMap((part) => {
    if (part.kind === 'text') return []
    const bare = maskQuotes(part.text).replace(/'[^']*'|"[^"]*"/g, '')
    return bare.match(/(?<![.\w?])[A-Za-z_]\w*(?!\w|\s*\()/g) ?? []
  })
}
