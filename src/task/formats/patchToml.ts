// Sets keys of a TOML text and leaves every other byte of it as it was.
import { type AST, ParseError } from 'toml-eslint-parser'
import { rememberByText } from '../content/rememberByText.ts'
import { deepMerge, holds, isTree, type Tree } from './deepMerge.ts'
import { pathKey, readToml, type TomlTable, type TomlText } from './readToml.ts'
import { renderKey, renderSections, renderValue } from './renderToml.ts'
import { type NotPatched, syntaxMistake } from './syntaxMistake.ts'
import { applyEdits, type Edit, endOfLine, lineEndOf, startOfLine } from './textEdits.ts'

/** The edited text, or why there is none. */
export type Patched = { readonly ok: true; readonly text: string } | NotPatched

/**
 * Sets keys of a TOML text.
 *
 * @param text - The whole file.
 * @param set - The keys, nested as in the file. A list replaces a list.
 * @returns The same string when all keys are set already; a cause when it is not valid TOML.
 * @example patchToml('[a]\nb = 1 # why\n', { a: { b: 2 } }) // { ok: true, text: '[a]\nb = 2 # why\n' }
 */
export const patchToml = rememberByText((text: string, set: Tree): Patched => {
  if (text.startsWith(BYTE_ORDER_MARK)) {
    const patched = patchToml(text.slice(1), set)
    return patched.ok ? { ok: true, text: BYTE_ORDER_MARK + patched.text } : patched
  }
  try {
    const read = readToml(text)
    if (holds(read.values, set)) return { ok: true, text }
    const wanted = deepMerge(read.values, set)
    const editor = new Editor(text, read)
    editor.editTable(set, read.values, [])
    const patched = editor.result()
    const { values } = readToml(patched)
    if (holds(values, wanted) && holds(wanted, values)) return { ok: true, text: patched }
    return { ok: false, cause: 'the keys do not fit into what it holds' }
  } catch (error) {
    if (error instanceof ParseError) return syntaxMistake(text, error.message, error.lineNumber, error.column)
    return { ok: false, cause: String(error instanceof Error ? error.message : error).split('\n')[0] ?? '' }
  }
})

/** The values of a TOML text, dates as they are written; undefined when it is not valid TOML. */
export function parseToml(text: string): Tree | undefined {
  try {
    return readToml(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text).values
  } catch {
    return undefined
  }
}

const BYTE_ORDER_MARK = '\ufeff'

class Editor {
  readonly #text: string
  readonly #read: TomlText
  readonly #edits: Edit[] = []
  readonly #sections: string[] = []
  readonly #quote: string
  readonly #lineEnd: string

  constructor(text: string, read: TomlText) {
    this.#text = text
    this.#read = read
    this.#quote = /^[ \t]*\[[^\]\n]*'/m.test(text) ? "'" : '"'
    this.#lineEnd = lineEndOf(text)
  }

  /** Keys go into the tables that are there; tables that are not become sections at the end. */
  editTable(set: Tree, current: Tree, path: readonly string[]): void {
    const table = this.#read.tables.get(pathKey(path))
    const missing: [string, unknown][] = []
    for (const [key, wanted] of Object.entries(set)) {
      const below = current[key]
      const place = [...path, key]
      if (isTree(wanted) && isTree(below)) this.editTable(wanted, below, place)
      else if (below === undefined) missing.push([key, wanted])
      else if (!holds([below], [wanted])) this.#replace(place, wanted)
    }
    const fitsInto = (value: unknown) => !isTree(value) || table?.kind === 'inline'
    const keys = missing.filter(([, value]) => fitsInto(value))
    if (keys.length > 0) this.#insert(table, keys, path)
    for (const [key, value] of missing)
      if (!fitsInto(value)) this.#sections.push(...renderSections([...path, key], value as Tree, this.#quote))
  }

  #replace(path: readonly string[], wanted: unknown): void {
    const pair = this.#read.keys.get(pathKey(path))
    const table = this.#read.tables.get(pathKey(path))
    if (pair) {
      const [start, end] = pair.value.range
      this.#edits.push({ start, end, text: this.#valueLike(pair.value, wanted) })
    } else if (table?.kind === 'list' && Array.isArray(wanted) && wanted.every(isTree))
      this.#replaceTables(path, wanted)
    else throw new Error(`${path.join('.')} is a table there, and another value is wanted`)
  }

  /** A list that is written over several lines stays so. */
  #valueLike(old: AST.TOMLContentNode, wanted: unknown): string {
    const [first] = old.type === 'TOMLArray' ? old.elements : []
    if (!first || !Array.isArray(wanted) || wanted.length === 0 || old.loc.start.line === first.loc.start.line)
      return renderValue(wanted)
    const indent = this.#indentOf(first.range[0])
    const lines = wanted.map((value) => `${indent}${renderValue(value)},${this.#lineEnd}`)
    return `[${this.#lineEnd}${lines.join('')}${this.#indentOf(old.range[1] - 1)}]`
  }

  /** `[[path]]` sections, with all tables below them. */
  #replaceTables(path: readonly string[], wanted: readonly Tree[]): void {
    const { body } = this.#read
    body.forEach((node, i) => {
      if (node.type !== 'TOMLTable' || !path.every((name, n) => node.resolvedKey[n] === name)) return
      const next = body[i + 1]
      const end = next ? startOfLine(this.#text, next.range[0]) : this.#text.length
      this.#edits.push({ start: startOfLine(this.#text, node.range[0]), end, text: '' })
    })
    for (const table of wanted) {
      const [head = '', ...below] = renderSections(path, { ...table }, this.#quote)
      this.#sections.push(head.replace(/^\[(.*)\]$/m, '[[$1]]'), ...below)
    }
  }

  #insert(table: TomlTable | undefined, keys: readonly [string, unknown][], path: readonly string[]): void {
    switch (table?.kind) {
      case 'body':
        return this.#insertLines(table, this.#pairs(keys))
      case 'dotted': {
        const names = table.last.key.keys.slice(0, table.depth)
        const [start] = names[0]?.range ?? [0]
        const [, end] = names.at(-1)?.range ?? [0, 0]
        const before = this.#text.slice(start, end)
        const after = endOfLine(this.#text, table.last.range[1])
        const indent = this.#indentOf(table.last.range[0])
        if (table.last.parent.type !== 'TOMLInlineTable')
          return this.#lines(
            after,
            this.#pairs(keys).map((pair) => `${indent}${before}.${pair}`),
          )
        return this.#edit(
          table.last.range[1],
          this.#pairs(keys)
            .map((pair) => `, ${before}.${pair}`)
            .join(''),
        )
      }
      case 'inline': {
        const last = table.node.body.at(-1)
        const pairs = this.#pairs(keys).join(', ')
        if (last) return this.#edit(last.range[1], `, ${pairs}`)
        const [start, end] = table.node.range
        this.#edits.push({ start, end, text: `{ ${pairs} }` })
        return
      }
      default:
        this.#sections.push(...renderSections(path, Object.fromEntries(keys), this.#quote))
    }
  }

  /** After the last key of a table, in the line after its header, or, at the top, before the first table and its comments. */
  #insertLines({ node, keys }: TomlTable & { readonly kind: 'body' }, pairs: readonly string[]): void {
    const last = keys.at(-1)
    if (last) {
      const first = keys[0] ?? last
      return this.#lines(
        endOfLine(this.#text, last.range[1]),
        pairs.map((pair) => this.#indentOf(first.range[0]) + pair),
      )
    }
    if (node.type === 'TOMLTable')
      return this.#lines(
        endOfLine(this.#text, node.key.range[1]),
        pairs.map((pair) => this.#indentOf(node.range[0]) + pair),
      )
    const [table] = this.#read.body
    if (!table) return this.#lines(this.#text.length, pairs)
    let at = startOfLine(this.#text, table.range[0])
    while (at > 0 && /^[ \t]*#/.test(this.#text.slice(startOfLine(this.#text, at - 1), at)))
      at = startOfLine(this.#text, at - 1)
    this.#lines(at, [...pairs, ''])
  }

  #pairs(keys: readonly [string, unknown][]): string[] {
    return keys.map(([key, value]) => `${renderKey(key, this.#quote)} = ${renderValue(value)}`)
  }

  /** Whole lines at the beginning of a line, or at the end of the text. */
  #lines(at: number, lines: readonly string[]): void {
    const text = lines.map((line) => line + this.#lineEnd).join('')
    this.#edit(at, at > 0 && this.#text[at - 1] !== '\n' ? this.#lineEnd + text.slice(0, -this.#lineEnd.length) : text)
  }

  #edit(at: number, text: string): void {
    this.#edits.push({ start: at, end: at, text })
  }

  /** The blanks before what stands at an offset, when there is nothing else before it in its line. */
  #indentOf(offset: number): string {
    const before = this.#text.slice(startOfLine(this.#text, offset), offset)
    return before.trim() === '' ? before : ''
  }

  result(): string {
    const keyed = applyEdits(this.#text, this.#edits)
    if (this.#sections.length === 0) return keyed
    const body = this.#sections.join('\n').replaceAll('\n', this.#lineEnd)
    return keyed.trim() === '' ? body : `${keyed.trimEnd()}${this.#lineEnd}${this.#lineEnd}${body}`
  }
}
