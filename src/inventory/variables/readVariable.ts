// An entry of a YAML map → the variable that it sets.
import type { Findings } from '../../text/findings.ts'
import { warnOfOldYaml, writtenValue } from '../../text/writtenValue.ts'
import { placeOf, type YamlEntry } from '../../text/yamlTree.ts'
import type { SetValue } from './setValue.ts'

/** `directory` is where relative paths in the value start. */
export function readVariable(entry: YamlEntry, directory: string, findings: Findings): SetValue {
  warnOfOldYaml(entry, findings)
  return { value: writtenValue(entry.value), at: placeOf(entry.value), keyAt: entry.keyAt, directory }
}
