// An entry of a YAML map → the variable that it sets.
import type { Findings } from '../../text/findings.ts'
import { placeOf, plainValue, type YamlEntry, type YamlNode } from '../../text/yamlTree.ts'
import type { SetValue } from './setValue.ts'

/** `!unsafe` asks Ansible not to evaluate the text, and no value of an inventory is evaluated. */
export const HARMLESS_TAGS = ['!unsafe']

/** `folder` is where relative paths in the value start. */
export function readVariable(entry: YamlEntry, folder: string, findings: Findings): SetValue {
  warnOfTruthWords(entry, findings)
  return { value: plainValue(entry.value), at: placeOf(entry.value), keyAt: entry.keyAt, folder }
}

/** Where a variable says how to connect, `yes` is understood as it is meant. */
function warnOfTruthWords({ key, value }: YamlEntry, findings: Findings): void {
  if (!key.startsWith('ansible_')) warnOfTruthWord(value, findings)
}

function warnOfTruthWord(node: YamlNode, findings: Findings): void {
  if (node.kind === 'map') for (const entry of node.entries) warnOfTruthWords(entry, findings)
  else if (node.kind === 'list') for (const item of node.items) warnOfTruthWord(item, findings)
  else if (node.style === 'plain' && /^(yes|no|on|off)$/i.test(String(node.value))) {
    const truth = /^(yes|on)$/i.test(String(node.value))
    const hint = `write ${truth}, or '${node.value}' in quotes where the text is meant`
    findings.warn('yaml-yes-no', `'${node.value}' is a text in YAML 1.2, not a truth value`, placeOf(node), hint)
  }
}
