// What is the same for all plays of a run: the variables of the inventory, inputs and `-e`, and the types of what is data.
import type { SourceSpan } from '../../model/diagnostic.ts'
import type { InputDeclaration } from '../../model/inputDeclaration.ts'
import type { Json, Variables } from '../../model/inventory.ts'
import { deepFreeze } from '../../language/compileTemplate.ts'
import { mergeTypes, type RecordType, typeOf, type ValueType } from '../../language/valueType.ts'
import type { AuthoredInventory } from '../../text/authored.ts'
import { inputMistakes, type InputMistakes } from './inputValues.ts'

/** The same for all plays of a run. */
export interface RunVariables {
  readonly inventory: AuthoredInventory
  readonly inputs: ReadonlyMap<string, InputDeclaration>
  /** Values of `-e`, of the right types. */
  readonly extra: Readonly<Record<string, Json>>
  /** Types of what the inventory sets on any host. */
  readonly inventoryTypes: ReadonlyMap<string, ValueType>
  readonly groups: Readonly<Record<string, readonly string[]>>
  readonly hostvars: Readonly<Record<string, Variables>>
  /** Where `-e` gives them. */
  readonly extraPlaces: ReadonlyMap<string, SourceSpan>
  readonly check: boolean
  /** Undefined: the play has none. */
  readonly facts: RecordType | undefined
  readonly inputMistakes: InputMistakes
}

export function runVariables(
  inventory: AuthoredInventory,
  inputs: readonly InputDeclaration[],
  extra: Readonly<Record<string, Json>>,
  check: boolean,
  facts?: RecordType,
  extraPlaces: ReadonlyMap<string, SourceSpan> = new Map(),
): RunVariables {
  const groups: Record<string, readonly string[]> = {}
  for (const [name, group] of inventory.groups) groups[name] = group.hosts
  const hostvars: Record<string, Variables> = {}
  const overrides = Object.keys(extra).length > 0
  for (const [name, { vars }] of inventory.hosts) hostvars[name] = overrides ? { ...vars, ...extra } : vars
  return {
    inventory,
    inputs: new Map(inputs.map((input) => [input.name, input])),
    extra: deepFreeze(extra),
    extraPlaces,
    inventoryTypes: typesOf([...inventory.hosts.keys()], inventory),
    groups: Object.freeze(groups),
    // Not frozen: the checks look at it through a proxy that adds what tasks will register.
    hostvars,
    check,
    facts,
    inputMistakes: inputMistakes(inventory, inputs, extra),
  }
}

/** Of values that are data; what is evaluated gets its type when it is compiled. */
export function typesOf(hosts: readonly string[], inventory: AuthoredInventory): Map<string, ValueType> {
  const types = new Map<string, ValueType>()
  const seen = new Set<Variables>()
  for (const host of hosts) {
    const vars = inventory.hosts.get(host)?.vars
    if (!vars || seen.has(vars)) continue
    seen.add(vars)
    const authored = inventory.authored?.(host)
    for (const name in vars) {
      if (authored?.has(name)) continue
      const type = typeOf(vars[name])
      const before = types.get(name)
      if (before === undefined) types.set(name, type)
      else if (before !== type) types.set(name, mergeTypes(before, type))
    }
  }
  return types
}
