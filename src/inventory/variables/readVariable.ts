// An entry of a YAML map → the variable that it sets.
import type { Findings } from '../../text/findings.ts'
import { placeOf, plainValue, type YamlEntry, type YamlNode } from '../../text/yamlTree.ts'
import type { SetValue } from './setValue.ts'

/** `!unsafe` asks Ansible not to evaluate the string. */
export const HARMLESS_TAGS = ['!unsafe']

/** `directory` is where relative paths in the value start. */
export function readVariable(entry: YamlEntry, directory: string, findings: Findings): SetValue {
  warnOfYesNos(entry, findings)
  return { value: plainValue(entry.value), at: placeOf(entry.value), keyAt: entry.keyAt, directory }
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
