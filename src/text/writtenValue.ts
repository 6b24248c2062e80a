// The value of a variable as its author meant it: decimals keep their digits, and what YAML 1.2 reads otherwise than YAML 1.1 is said.
import type { Json } from '../model/inventory.ts'
import { WrittenNumber } from '../model/writtenNumber.ts'
import type { Findings } from './findings.ts'
import { placeOf, writtenAs, type YamlEntry, type YamlNode, type YamlScalar } from './yamlTree.ts'

/** Decimals keep their digits. */
export function writtenValue(node: YamlNode): Json {
  if (node.kind === 'scalar') return writtenScalar(node)
  if (node.kind === 'list') return node.items.map(writtenValue)
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, writtenValue(value)]))
}

export const writtenScalar = (node: YamlScalar): Json =>
  typeof node.value === 'number' ? WrittenNumber.from(writtenAs(node)) : node.value

/** Connection variables accept `yes` and `no`. */
export function warnOfOldYaml({ key, value }: YamlEntry, findings: Findings): void {
  if (!key.startsWith('ansible_')) warnInside(value, findings)
}

function warnInside(node: YamlNode, findings: Findings): void {
  if (node.kind === 'map') for (const entry of node.entries) warnOfOldYaml(entry, findings)
  else if (node.kind === 'list') for (const item of node.items) warnInside(item, findings)
  else if (node.style === 'plain' && node.verbatim !== true) warnOfScalar(node, findings)
}

function warnOfScalar(node: YamlScalar, findings: Findings): void {
  const written = writtenAs(node)
  if (/^(yes|no|on|off)$/i.test(String(node.value))) {
    const truth = /^(yes|on)$/i.test(String(node.value))
    const hint = `write ${truth}, or '${node.value}' in quotes if a string is meant`
    findings.warn('yaml-yes-no', `'${node.value}' is a string in YAML 1.2, not a boolean`, placeOf(node), hint)
  } else if (typeof node.value === 'number' && /^0\d+$/.test(written))
    findings.warn(
      'yaml-octal',
      `${written} is the number ${node.value} in YAML 1.2, not octal`,
      placeOf(node),
      `write '${written}' in quotes if a mode or a string is meant`,
    )
  else if (typeof node.value === 'number' && /^[+-]?\d+$/.test(written) && !Number.isSafeInteger(node.value))
    findings.warn(
      'inexact-number',
      `${written} is too large a number to keep all its digits`,
      placeOf(node),
      `write '${written}' in quotes`,
    )
}
