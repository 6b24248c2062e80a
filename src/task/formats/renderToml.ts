// Renders values as TOML: keys, values on one line, and sections as a person writes them.
import { isTree, type Tree } from './deepMerge.ts'

/** `quote`: what the file quotes its keys with. */
export const renderKey = (key: string, quote: string): string =>
  /^[A-Za-z0-9_-]+$/.test(key) ? key : /['\\\p{Cc}]/u.test(key) || quote === '"' ? renderString(key) : `'${key}'`

/** TOML's basic strings are JSON's, but for the DEL character that JSON leaves bare. */
const renderString = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f')

export function renderValue(value: unknown): string {
  if (typeof value === 'string') return renderString(value)
  if (Array.isArray(value)) return `[${value.map(renderValue).join(', ')}]`
  if (!isTree(value)) return String(value)
  const entries = Object.entries(value).map(([key, below]) => `${renderKey(key, '"')} = ${renderValue(below)}`)
  return entries.length ? `{ ${entries.join(', ')} }` : '{}'
}

/** A section with its keys, then those below it; each ends with a line end and is an item of the list. */
export function renderSections(path: readonly string[], table: Tree, quote: string): string[] {
  const entries = Object.entries(table)
  const keys = entries.filter(([, value]) => !isTree(value))
  const tables = entries.filter(([, value]) => isTree(value)) as [string, Tree][]
  const lines = keys.map(([key, value]) => `${renderKey(key, quote)} = ${renderValue(value)}\n`)
  const head = `[${path.map((key) => renderKey(key, quote)).join('.')}]\n`
  return [
    ...(keys.length > 0 || tables.length === 0 ? [head + lines.join('')] : []),
    ...tables.flatMap(([key, below]) => renderSections([...path, key], below, quote)),
  ]
}
