// A YAML inventory (groups with hosts, children and vars) → hosts, groups and variables.
import { didYouMean } from '../../model/didYouMean.ts'
import { describeNode, entryOf, isEmpty, isText, placeOf, type YamlEntry, type YamlNode } from '../../text/yamlTree.ts'
import type { Draft, DraftGroup } from '../draft.ts'
import type { SetValue } from '../variables/setValue.ts'
import { readHostNames } from '../hostNames.ts'
import { checkVariable } from '../variables/knownVariables.ts'
import { readVariable } from '../variables/readVariable.ts'

/** `directory` is where relative paths in values start. */
export function parseYamlInventory(root: YamlNode, directory: string, draft: Draft): void {
  if (root.kind !== 'map') {
    const playbook = root.kind === 'list' ? "begin with 'all:' or another group; a list is a playbook" : undefined
    return draft.findings.error(
      'bad-inventory',
      `an inventory must be a map of groups, not ${describeNode(root)}`,
      placeOf(root),
      playbook,
    )
  }
  const plugin = entryOf(root, 'plugin')?.value
  if (plugin && isText(plugin)) {
    const message = `inventory plug-ins are not supported: '${plugin.value}'`
    const hint =
      'with -i name a program that prints the hosts as JSON, such as a script with `exec ansible-inventory -i FILE --list`'
    return draft.findings.error('inventory-plugin', message, placeOf(plugin), hint)
  }
  for (const entry of root.entries) readGroup(entry, undefined, directory, draft)
}

const parts = ['hosts', 'children', 'vars']

function readGroup(entry: YamlEntry, parent: DraftGroup | undefined, directory: string, draft: Draft): void {
  const group = draft.group(entry.key, entry.keyAt)
  if (!group) return
  if (parent) draft.addChild(parent, group.name, entry.keyAt)
  for (const part of mapOf(entry, `the group ${group.name}`, draft)) {
    if (part.key === 'hosts') readHosts(part, group, directory, draft)
    else if (part.key === 'children') {
      for (const child of mapOf(part, "'children'", draft)) readGroup(child, group, directory, draft)
    } else if (part.key === 'vars') {
      for (const variable of mapOf(part, "'vars'", draft)) {
        draft.setGroupVariable(group.name, variable.key, readVariable(variable, directory, draft.findings))
      }
    } else {
      const near = didYouMean(part.key, parts)
      const hint = near
        ? `did you mean '${near}'?`
        : `put groups inside '${group.name}' under 'children' and variables under 'vars'`
      draft.findings.error(
        'unknown-key',
        `unknown key '${part.key}' in a group: expected ${parts.join(', ')}`,
        part.keyAt,
        hint,
      )
    }
  }
}

function readHosts(part: YamlEntry, group: DraftGroup, directory: string, draft: Draft): void {
  const { value } = part
  // Ansible also accepts one name instead of the map.
  const entries = isText(value)
    ? [{ key: value.value, keyAt: placeOf(value), value: { ...value, value: null } }]
    : mapOf(part, "'hosts'", draft)
  for (const entry of entries) {
    const vars = new Map<string, SetValue>()
    const hosts = readHostNames(entry.key)
    if (!hosts.ok) {
      const { message, offset, length } = hosts.problem
      const quote = /^["']/.test(entry.keyAt.text.slice(entry.keyAt.column - 1)) ? 1 : 0
      draft.findings.error(
        'bad-host',
        message,
        { ...entry.keyAt, column: entry.keyAt.column + quote + offset, length },
        hosts.hint,
      )
    } else if (hosts.port !== undefined) vars.set('ansible_port', { value: hosts.port, at: entry.keyAt, directory })
    for (const variable of mapOf(entry, `the host ${entry.key}`, draft)) {
      const set = readVariable(variable, directory, draft.findings)
      checkVariable(variable.key, set, draft.findings)
      vars.set(variable.key, set)
    }
    if (hosts.ok) draft.addHosts(group, hosts.names, entry.keyAt, vars)
  }
}

/** The entries of what must be a map, or nothing at all. */
function mapOf(entry: YamlEntry, what: string, draft: Draft): readonly YamlEntry[] {
  const { value } = entry
  if (value.kind === 'map') return value.entries
  if (isEmpty(value)) return []
  const list = value.kind === 'list' ? 'write each name as a key: a colon after it, no dash before it' : undefined
  draft.findings.error('wrong-type', `${what} must be a map, not ${describeNode(value)}`, placeOf(value), list)
  return []
}
