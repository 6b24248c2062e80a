// The part of YAML that playbooks use, as a tree in which each node knows its position.
import type { SourceSpan } from '../model/diagnostic.ts'
import type { Json } from '../model/inventory.ts'
import { isNumber } from '../model/writtenNumber.ts'
import type { SourceText } from './sourceText.ts'

interface Placed {
  readonly source: SourceText
  /** Offsets of the value in its text, quotes and block heads included. */
  readonly start: number
  readonly end: number
}

export interface YamlScalar extends Placed {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly style: 'plain' | 'single' | 'double' | 'literal' | 'folded'
  /** Tagged `!unsafe`: a `{{` in it is text. */
  readonly verbatim?: true
}

export interface YamlList extends Placed {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
}

export interface YamlEntry {
  readonly key: string
  readonly keyAt: SourceSpan
  readonly value: YamlNode
}

export interface YamlMap extends Placed {
  readonly kind: 'map'
  readonly entries: readonly YamlEntry[]
}

export type YamlNode = YamlScalar | YamlList | YamlMap

/** The first line of the node. */
export const placeOf = (node: YamlNode): SourceSpan => node.source.span(node.start, node.end - node.start)

/** As the user wrote it. */
export const writtenAs = (node: YamlNode): string => node.source.text.slice(node.start, node.end).trimEnd()

export const entryOf = (node: YamlMap, key: string): YamlEntry | undefined =>
  node.entries.find((entry) => entry.key === key)

export const isText = (node: YamlNode): node is YamlScalar & { value: string } =>
  node.kind === 'scalar' && typeof node.value === 'string'

/** Whether a string in it has `{{` and is not tagged `!unsafe`. */
export function hasBraces(node: YamlNode): boolean {
  if (node.kind === 'list') return node.items.some(hasBraces)
  if (node.kind === 'map') return node.entries.some(({ value }) => hasBraces(value))
  return typeof node.value === 'string' && node.value.includes('{{') && node.verbatim !== true
}

export const isEmpty = (node: YamlNode): boolean => node.kind === 'scalar' && node.value === null

export function plainValue(node: YamlNode): Json {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(plainValue)
    case 'map':
      return Object.fromEntries(node.entries.map((entry) => [entry.key, plainValue(entry.value)]))
  }
}

/** What a person would call the value: `the number 644`, `a list`. */
export function describeNode(node: YamlNode): string {
  if (node.kind !== 'scalar') return node.kind === 'list' ? 'a list' : 'a map'
  return describeValue(node.value)
}

export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (typeof value === 'string') return value.length > 40 ? 'a string' : `the string '${value}'`
  if (isNumber(value)) return `the number ${value}`
  if (typeof value === 'boolean') return String(value)
  return Array.isArray(value) ? 'a list' : 'a map'
}
