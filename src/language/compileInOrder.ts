// Compiles `vars`, whose values may read each other, in an order in which each finds those it reads.
import type { Vocabulary } from './vocabulary.ts'
import { type Compiled, compileValue, constantOf } from './compileTemplate.ts'
import type { Findings } from '../text/findings.ts'
import { maskQuotes } from './maskQuotes.ts'
import { splitTemplate } from './splitTemplate.ts'
import { ANY, type ValueType } from './valueType.ts'
import { placeOf, type YamlEntry, type YamlNode } from '../text/yamlTree.ts'

/** Variables may read each other in any order, but not in a circle. Adds their types. */
export function compileInOrder(
  entries: readonly YamlEntry[],
  types: Map<string, ValueType>,
  outer: Pick<Vocabulary, 'explain' | 'used'>,
  findings: Findings,
): readonly (readonly [string, Compiled])[] {
  const byName = new Map(entries.map((entry) => [entry.key, entry]))
  const words = new Map(entries.map((entry) => [entry.key, wordsRead(entry.value)]))
  const compiled = new Map<string, Compiled>()
  const open: string[] = []
  const visit = (name: string, entry: YamlEntry): void => {
    if (compiled.has(name)) return
    if (open.includes(name)) {
      const circle = [...open.slice(open.indexOf(name)), name].join(' → ')
      findings.error('variable-cycle', `the variables depend on each other in a cycle: ${circle}`, entry.keyAt)
      compiled.set(name, constantOf(null, placeOf(entry.value)))
      types.set(name, ANY)
      return
    }
    open.push(name)
    for (const word of words.get(name) ?? []) {
      const other = byName.get(word)
      if (other) visit(word, other)
    }
    open.pop()
    if (compiled.has(name)) return
    const vocabulary: Vocabulary = { ...outer, types: new Map(types) }
    const value = compileValue(entry.value, vocabulary, findings, true)
    compiled.set(name, value)
    types.set(name, value.type)
  }
  // Types of constants are known at once, whoever reads them.
  for (const entry of entries) if ((words.get(entry.key) ?? []).length === 0) visit(entry.key, entry)
  for (const [name, entry] of byName) visit(name, entry)
  return [...compiled]
}

/** Words inside the braces that could be variables. */
export function wordsRead(node: YamlNode): readonly string[] {
  if (node.kind === 'list') return node.items.flatMap(wordsRead)
  if (node.kind === 'map') return node.entries.flatMap((entry) => wordsRead(entry.value))
  if (typeof node.value !== 'string' || !node.value.includes('{{')) return []
  const parts = splitTemplate(node.value)
  if ('message' in parts) return []
  return parts.flatMap((part) => {
    if (part.kind === 'text') return []
    const bare = maskQuotes(part.text).replace(/'[^']*'|"[^"]*"/g, '')
    return bare.match(/(?<![.\w?])[A-Za-z_]\w*(?!\w|\s*\()/g) ?? []
  })
}
