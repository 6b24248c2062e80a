// Sets keys of a TOML text and leaves everything else as it was, comments and order included.
import { parse, patch } from '@decimalturn/toml-patch'
import { deepMerge, holds, isTree, type Tree } from './deepMerge.ts'
import { rememberByText } from '../content/rememberByText.ts'

/** The edited text, or why there is none. */
export type Patched = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly cause: string }

/**
 * Sets keys of a TOML text.
 *
 * @param text - The whole file.
 * @param set - The keys, nested as in the file. A list replaces a list.
 * @returns The same text when all keys are set already; a cause when the text is not valid TOML.
 * @example patchToml('[a]\nb = 1 # why\n', { a: { b: 2 } }) // { ok: true, text: '[a]\nb = 2 # why\n' }
 */
export const patchToml = rememberByText((text: string, set: Tree): Patched => {
  let current: Tree
  try {
    current = parse(text) as Tree
  } catch (error) {
    return { ok: false, cause: firstLine(error) }
  }
  if (holds(current, set)) return { ok: true, text }
  const wanted = deepMerge(current, set)
  for (const write of [() => keysAndSections(text, current, set), () => patch(text, wanted)]) {
    const patched = attempt(write)
    const result = patched === undefined ? undefined : parseToml(patched)
    if (patched !== undefined && holds(result, wanted) && holds(wanted, result)) return { ok: true, text: patched }
  }
  return { ok: false, cause: 'the keys do not fit into what it holds' }
})

/** The values of a TOML text; undefined when it is not valid TOML. */
export const parseToml = (text: string): Tree | undefined => attempt(() => parse(text) as Tree)

function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** Keys go into the tables that are there; tables that are not become sections at the end, as a person writes them. */
function keysAndSections(text: string, current: Tree, set: Tree): string {
  const sections: string[] = []
  const quote = /^\s*\[[^\]]*'/m.test(text) ? "'" : '"'
  const headless = withoutHeader(text)
  const inPlace = split(current, set, [], headless, (path, table) => {
    sections.push(...renderSections(path, table, quote))
  })
  const keyed = holds(current, inPlace) ? text : patch(text, deepMerge(current, inPlace))
  if (sections.length === 0) return keyed
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const body = sections.join('\n').replaceAll('\n', lineEnd)
  return keyed.trim() === '' ? body : `${keyed.replace(/(\r?\n)*$/, lineEnd)}${lineEnd}${body}`
}

type IsHeadless = (path: readonly string[]) => boolean

/** Tells tables that exist only because one below them has a header: keys of theirs need a section of their own. */
function withoutHeader(text: string): IsHeadless {
  const headers = [...text.matchAll(/^[ \t]*(\[[^[\]\n]+\])/gm)].map(([, header = '']) =>
    JSON.stringify(pathOf(header)),
  )
  return (path) => {
    const start = JSON.stringify(path).slice(0, -1)
    return !headers.includes(`${start}]`) && headers.some((header) => header.startsWith(`${start},`))
  }
}

/** `[a."b.c"]` → a, b.c */
function pathOf(header: string): string[] {
  const path: string[] = []
  for (let table = parseToml(header); table; ) {
    const [key] = Object.keys(table)
    if (key === undefined) break
    path.push(key)
    table = table[key] as Tree
  }
  return path
}

/** What of `set` has its table in `current`; hands on the tables that need a section. The root needs none. */
function split(
  current: Tree,
  set: Tree,
  path: readonly string[],
  headless: IsHeadless,
  newSection: (path: readonly string[], table: Tree) => void,
): Tree {
  const inPlace: Record<string, unknown> = {}
  const unplaced: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(set)) {
    const below = current[key]
    const place = [...path, key]
    if (isTree(value) && isTree(below)) inPlace[key] = split(below, value, place, headless, newSection)
    else if (isTree(value) && below === undefined) newSection(place, value)
    else if (below === undefined && path.length > 0 && headless(path)) unplaced[key] = value
    else inPlace[key] = value
  }
  if (Object.keys(unplaced).length > 0) newSection(path, unplaced)
  return inPlace
}

function renderSections(path: readonly string[], table: Tree, quote: string): string[] {
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

const renderKey = (key: string, quote: string): string =>
  /^[A-Za-z0-9_-]+$/.test(key) ? key : /['\\\p{Cc}]/u.test(key) || quote === '"' ? JSON.stringify(key) : `'${key}'`

/** TOML's basic strings are JSON's, but for the DEL character that JSON leaves bare. */
const renderText = (text: string): string => JSON.stringify(text).replaceAll('\u007f', '\\u007f')

function renderValue(value: unknown): string {
  if (typeof value === 'string') return renderText(value)
  if (Array.isArray(value)) return `[${value.map(renderValue).join(', ')}]`
  if (!isTree(value)) return String(value)
  const entries = Object.entries(value).map(([key, below]) => `${renderKey(key, '"')} = ${renderValue(below)}`)
  return entries.length ? `{ ${entries.join(', ')} }` : '{}'
}

const firstLine = (error: unknown) => String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''
