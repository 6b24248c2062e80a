// What each host of a play knows before anything ran: inventory, play vars, inputs, `-e`, and the magic variables.
import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Inventory, Json, Variables } from '../../model/inventory.ts'
import { type Scope, UNKNOWN } from '../../model/computed.ts'
import type { Vocabulary } from '../../language/compileExpression.ts'
import { compileInOrder } from '../../language/compileInOrder.ts'
import { deepFreeze } from '../../language/compileTemplate.ts'
import type { Findings } from '../../text/findings.ts'
import type { HostFindings } from './hostFindings.ts'
import type { InputDeclaration } from '../../model/inputDeclaration.ts'
import { inputMistakes, type InputMistakes } from './inputValues.ts'
import { MAGIC_VARIABLES } from '../../language/readableName.ts'
import type { ParsedPlay } from '../parse/parsed.ts'
import { evaluate } from '../../language/computed.ts'
import {
  HOSTVARS,
  INTEGER,
  inputValueType,
  listOf,
  MAP,
  mergeTypes,
  TEXT,
  typeOf,
  BOOLEAN,
  type ValueType,
} from '../../language/valueType.ts'

/**
 * May be read though the inventory does not set them: `ansible_host` is then the address that is connected to, as the
 * others are then absent.
 */
const CONNECTION_VARIABLES: readonly (readonly [string, ValueType])[] = [
  ['ansible_host', TEXT],
  ['ansible_port', INTEGER],
  ['ansible_user', TEXT],
  ['ansible_connection', TEXT],
  ['ansible_become', BOOLEAN],
  ['ansible_become_user', TEXT],
]

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
  readonly inputMistakes: InputMistakes
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
    inputMistakes: inputMistakes(inventory, inputs, extra),
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
  /** Of all plays together, so that what is wrong with an input is told once. */
  inputFindings: HostFindings,
): PlayVariables {
  const types = new Map([...CONNECTION_VARIABLES, ...run.inventoryTypes])
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
  for (const host of hosts)
    for (const wrong of run.inputMistakes.get(host)?.values() ?? []) inputFindings.add(host, wrong)
  const defaults: Record<string, Json> = {}
  for (const input of run.inputs.values()) if (input.default !== undefined) defaults[input.name] = input.default
  deepFreeze(defaults)

  const cache = new Map<string, Variables>()
  const failures = new Map<string, Diagnostic>()
  const make = (name: string): Variables => {
    const host = run.inventory.hosts.get(name)
    const scope: Record<string, unknown> = {
      ...defaults,
      ansible_host: host?.connection.address ?? name,
      ...host?.vars,
      ...run.extra,
      inventory_hostname: name,
      group_names: host?.groups ?? [],
      ...shared,
    }
    // Nobody is to be told of each use as well.
    for (const input of run.inputMistakes.get(name)?.keys() ?? []) scope[input] = UNKNOWN
    for (const [variable, value] of compiled) {
      const result = evaluate(() => value.render(scope as Scope))
      if (result.ok) scope[variable] = result.value
      else if (result.unknown) scope[variable] = UNKNOWN
      else {
        delete scope[variable]
        failures.set(`${name}/${variable}`, result.diagnostic)
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
