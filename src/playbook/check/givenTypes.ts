// The types of what a play finds before its own variables: of the inventory, inputs and `-e`, and the magic variables.
import { MAGIC_VARIABLES } from '../../language/readableName.ts'
import {
  BOOLEAN,
  HOSTVARS,
  INTEGER,
  inputValueType,
  listOf,
  MAP,
  TEXT,
  typeOf,
  type ValueType,
} from '../../language/valueType.ts'
import { type RunVariables, typesOf } from './runVariables.ts'

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

export function givenTypes(hosts: readonly string[], run: RunVariables): Map<string, ValueType> {
  const types = new Map([...CONNECTION_VARIABLES, ...run.inventoryTypes])
  for (const [name, type] of typesOf(hosts, run.inventory)) types.set(name, type)
  for (const input of run.inputs.values()) types.set(input.name, inputValueType(input))
  for (const [name, value] of Object.entries(run.extra)) if (!run.inputs.has(name)) types.set(name, typeOf(value))
  const magic: Record<(typeof MAGIC_VARIABLES)[number], ValueType | undefined> = {
    inventory_hostname: TEXT,
    group_names: listOf(TEXT),
    groups: MAP,
    hostvars: HOSTVARS,
    play_hosts: listOf(TEXT),
    playbook_dir: TEXT,
    crane_check_mode: BOOLEAN,
    managed: TEXT,
    facts: run.facts,
  }
  for (const name of MAGIC_VARIABLES) if (magic[name]) types.set(name, magic[name])
  return types
}
