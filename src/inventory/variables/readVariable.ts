// An entry of a YAML map → the variable that it sets.
import type { Findings } from '../../text/findings.ts'
import type { Json } from '../../model/inventory.ts'
import { WrittenNumber } from '../../model/writtenNumber.ts'
import { placeOf, writtenAs, type YamlEntry, type YamlNode } from '../../text/yamlTree.ts'
import type { SetValue } from './setValue.ts'

/** `!unsafe` asks Ansible not to evaluate the string. */
export const HARMLESS_TAGS = ['!unsafe']

/** `directory` is where relative paths in the value start. */
export function readVariable(entry: YamlEntry, directory: string, findings: Findings): SetValue {
  warnOfYesNos(entry, findings)
  return { value: writtenValue(entry.value), at: placeOf(entry.value), keyAt: entry.keyAt, directory }
}

/** Decimals keep their digits. */
function writtenValue(node: YamlNode): Json {
  if (node.kind === 'scalar') return typeof node.value === 'number' ? WrittenNumber.from(writtenAs(node)) : node.value
  if (node.kind === 'list') return node.items.map(writtenValue)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, writtenValue(value)]))
}

/** Connection variables accept `yes` and `no`. */
function warnOfYesNos({ key, value }: YamlEntry, findings: Findings): void {
  if (!key.startsWith('ansible_')) warnOfYesNo(value, findings)
}

function warnOfYesNo(node: YamlNode, findings: Findings): void {
  if (node.kind === 'map') for (const entry of node.entries) warnOfYesNos(entry, findings)
  else if (node.kind === 'list') for (const item of node.items) warnOfYesNo(item, findings)
  else if (node.style === 'plain' && /^(yes|no|on|off)$/i.test(String(node.value))) {
    const truth = /^(yes|on)$/i.test(String(node.value))
    const hint = `write ${truth}, or '${node.value}' in quotes if a string is meant`
    findings.warn('yaml-yes-no', `'${node.value}' is a string in YAML 1.2, not a boolean`, placeOf(node), hint)
  }
}
