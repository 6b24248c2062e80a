// A YAML inventory (groups with hosts, children and vars) → hosts, groups and variables.
import { didYouMean } from '../model/didYouMean.ts'
import type { Draft, DraftGroup, SetValue } from './draft.ts'
import { readHostNames } from './hostNames.ts'
import { checkVariable } from './knownVariables.ts'
import { kindInWords, type Placed, type PlacedEntry, toJson } from './readYaml.ts'

/** `folder` is where relative paths in values start. */
export function parseYamlInventory(root: Placed, folder: string, draft: Draft): void {
  if (root.kind !== 'map') {
    const playbook =
      root.kind === 'list' ? 'A list is a playbook; an inventory begins with `all:` or another group' : undefined
    draft.say('bad-inventory', `An inventory is a map of groups, and this is ${kindInWords(root)}`, root.at, playbook)
    return
  }
  for (const entry of root.entries) readGroup(entry, undefined, folder, draft)
}

const parts = ['hosts', 'children', 'vars']

function readGroup(entry: PlacedEntry, parent: DraftGroup | undefined, folder: string, draft: Draft): void {
  const group = draft.group(entry.key, entry.keyAt)
  if (!group) return
  if (parent) draft.addChild(parent, group.name, entry.keyAt)
  for (const part of mapOf(entry, `The group ${group.name}`, draft)) {
    if (part.key === 'hosts') readHosts(part, group, folder, draft)
    else if (part.key === 'children') {
      for (const child of mapOf(part, '`children`', draft)) readGroup(child, group, folder, draft)
    } else if (part.key === 'vars') {
      for (const variable of mapOf(part, '`vars`', draft)) {
        draft.setGroupVariable(group.name, variable.key, setValue(variable, folder))
      }
    } else {
      const near = didYouMean(part.key, parts)
      const hint = near
        ? `Did you mean \`${near}\`?`
        : `Groups inside \`${group.name}\` go under \`children\`, variables under \`vars\``
      draft.say('unknown-key', `A group has ${parts.join(', ')}, and no \`${part.key}\``, part.keyAt, hint)
    }
  }
}

function readHosts(part: PlacedEntry, group: DraftGroup, folder: string, draft: Draft): void {
  const { value } = part
  // Ansible takes one name in place of the map, too.
  const single = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined
  const nothing: Placed = { kind: 'scalar', at: value.at, value: null }
  const entries =
    single === undefined ? mapOf(part, '`hosts`', draft) : [{ key: single, keyAt: value.at, value: nothing }]
  for (const entry of entries) {
    const vars = new Map<string, SetValue>()
    const hosts = readHostNames(entry.key)
    if (!hosts.ok) {
      const { message, offset, length } = hosts.problem
      const quote = /^["']/.test(entry.keyAt.text.slice(entry.keyAt.column - 1)) ? 1 : 0
      draft.say(
        'bad-host',
        message,
        { ...entry.keyAt, column: entry.keyAt.column + quote + offset, length },
        hosts.hint,
      )
    } else if (hosts.port !== undefined) vars.set('ansible_port', { value: hosts.port, at: entry.keyAt, folder })
    for (const variable of mapOf(entry, `The host ${entry.key}`, draft)) {
      const set = setValue(variable, folder)
      checkVariable(variable.key, set, draft.diagnostics)
      vars.set(variable.key, set)
    }
    if (hosts.ok) draft.addHosts(group, hosts.names, entry.keyAt, vars)
  }
}

export const setValue = (entry: PlacedEntry, folder: string): SetValue => ({
  value: toJson(entry.value),
  at: entry.value.at,
  keyAt: entry.keyAt,
  folder,
})

/** The entries of what must be a map, or nothing at all. */
function mapOf(entry: PlacedEntry, what: string, draft: Draft): readonly PlacedEntry[] {
  const { value } = entry
  if (value.kind === 'map') return value.entries
  if (value.kind === 'scalar' && value.value === null) return []
  const list =
    value.kind === 'list' ? 'Write each name as a key, with a colon after it and no dash before it' : undefined
  draft.say('wrong-type', `${what} must be a map, and this is ${kindInWords(value)}`, value.at, list)
  return []
}
