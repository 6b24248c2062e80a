// A variable value with `{{ … }}` as its author wrote it: the tree beside the value, to be compiled and evaluated.
import type { Inventory } from '../model/inventory.ts'
import type { YamlEntry, YamlNode } from './yamlTree.ts'

/** By variable. Hosts that have the same variables share the map. */
export type AuthoredValues = ReadonlyMap<string, YamlEntry>

export interface AuthoredInventory extends Inventory {
  /** Values in force on the host that are to be evaluated; absent: all values are data. */
  readonly authored?: (host: string) => AuthoredValues
}

export const NOTHING_AUTHORED: AuthoredValues = new Map()

/** Whether anything in the value is to be evaluated; Jinja's statements count, so that they are refused. */
export function holdsExpressions(node: YamlNode): boolean {
  if (node.kind === 'list') return node.items.some(holdsExpressions)
  if (node.kind === 'map') return node.entries.some(({ value }) => holdsExpressions(value))
  return typeof node.value === 'string' && node.verbatim !== true && /\{[{%#]/.test(node.value)
}
