// Sets keys of a YAML text and leaves every other byte of it as it was.
import { isMap, isNode, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { rememberByText } from '../content/rememberByText.ts'
import { deepMerge, holds, isTree, type Tree } from './deepMerge.ts'
import type { Patched } from './patchToml.ts'
import { renderBlock, renderInline, type YamlStyle } from './renderYaml.ts'
import { syntaxMistake } from './syntaxMistake.ts'
import { applyEdits, type Edit, endOfLine, lineEndOf, startOfLine } from './textEdits.ts'

/**
 * Sets keys of a YAML text.
 *
 * @param text - The whole file.
 * @param set - The keys, nested as in the file. A list replaces a list.
 * @returns The same string when all keys are set already; a cause when it is not a valid YAML map.
 */
export const patchYaml = rememberByText((text: string, set: Tree): Patched => {
  try {
    return patch(text, set)
  } catch (error) {
    // An alias that resolves to nothing or too often, and what nests too deeply.
    return { ok: false, cause: firstLine(error) }
  }
})

/** The values of a YAML text; undefined when it is not a valid YAML map. */
export function parseYaml(text: string): Tree | undefined {
  try {
    const document = parseDocument(text)
    const values: unknown = document.errors.length ? undefined : (document.toJS() ?? {})
    return isTree(values) ? values : undefined
  } catch {
    return undefined
  }
}

function patch(text: string, set: Tree): Patched {
  const document = parseDocument(text, { keepSourceTokens: true, prettyErrors: false })
  const [mistake] = document.errors
  if (mistake) {
    const before = text.slice(0, mistake.pos[0]).split('\n')
    return syntaxMistake(text, firstLine(mistake), before.length, before.at(-1)?.length ?? 0)
  }
  const root = document.contents
  if (root !== null && !isMap(root) && !(isScalar(root) && root.value === null))
    return { ok: false, cause: 'its top level is not a map' }
  const current = (document.toJS() ?? {}) as Tree
  if (holds(current, set)) return { ok: true, text }
  const editor = new Editor(text, isMap(root) ? root : undefined)
  if (!isMap(root)) editor.append(set)
  else editor.editMap(root, set, current, 0)
  const patched = applyEdits(text, editor.edits)
  const wanted = deepMerge(current, set)
  const result = parseYaml(patched)
  if (holds(result, wanted) && holds(wanted, result)) return { ok: true, text: patched }
  return { ok: false, cause: 'the keys cannot be set without changing other lines (an anchor, a tag or a complex key)' }
}

const firstLine = (error: unknown) => String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''

type Ranged = Node & { readonly range: [number, number, number] }

class Editor {
  readonly edits: Edit[] = []
  readonly #text: string
  readonly #style: YamlStyle
  readonly #lineEnd: string

  constructor(text: string, root: YAMLMap | undefined) {
    this.#text = text
    this.#lineEnd = lineEndOf(text)
    this.#style = {
      indent: root ? stepOf(root, (offset) => this.#column(offset)) : 2,
      padding: !/[[{][^\s\]}]/.test(text),
    }
  }

  /** A text without a map: the keys follow what is there. */
  append(set: Tree): void {
    const end = /^\.\.\.[ \t]*\r?$/m.exec(this.#text)?.index ?? this.#text.length
    this.#insertLines(end, renderBlock(set, this.#style))
  }

  /** `current`: its values, aliases and merged keys resolved. `depth`: the column of the keys of an empty block map. */
  editMap(map: YAMLMap, set: Tree, current: Tree, depth: number): void {
    if (map.flow) return this.#editFlowMap(map, set)
    const [first] = map.items
    const column = first ? this.#column(startOf(first)) : depth
    const missing: Record<string, unknown> = {}
    const pairs = pairsOf(map)
    for (const [key, wanted] of Object.entries(set)) {
      const pair = pairs.get(key)
      if (!pair) missing[key] = wanted
      else this.#editPair(pair, wanted, current[key], column)
    }
    const last = map.items.at(-1)
    if (Object.keys(missing).length > 0 && last)
      this.#insertLines(endOfLine(this.#text, endOfPair(last)), this.#block(missing, column))
  }

  #editPair(pair: Pair, wanted: unknown, current: unknown, column: number): void {
    const value = valueOf(pair)
    if (isMap(value) && value.items.length > 0 && isTree(wanted))
      return this.editMap(value, wanted, current as Tree, column + this.#style.indent)
    if (holds(current, wanted)) return
    const merged = isTree(wanted) && isTree(current) ? deepMerge(current, wanted) : wanted
    if ((isMap(value) || isSeq(value)) && value.flow && isList(merged))
      return this.#replace(value.range[0], value.range[1], renderInline(merged, this.#style))
    if (isSeq(value) && !value.flow && Array.isArray(merged) && merged.length > 0 && value.items.length > 0)
      return this.#editBlockList(value, merged, current as readonly unknown[])
    this.#replaceValue(pair, value, merged, column)
  }

  /** The value goes, with all its lines; a comment after the key stays. */
  #replaceValue(pair: Pair, value: Ranged | undefined, wanted: unknown, column: number): void {
    const colon = afterColon(pair)
    const isBlock = value !== undefined && (((isMap(value) || isSeq(value)) && !value.flow) || isBlockScalar(value))
    if (isBlock && !isBlockScalar(value))
      this.#replace(startOfLine(this.#text, value.range[0]), endOfLine(this.#text, lastOf(value)), '')
    if (isList(wanted) && Object.keys(wanted as object).length > 0) {
      if (value && !isBlock) this.#replace(colon, value.range[1], '')
      if (value && isBlockScalar(value)) this.#replace(colon, value.range[1], this.#lineEnd)
      const below = this.#block(wanted, column + this.#style.indent)
      const at =
        isBlock && value
          ? endOfLine(this.#text, lastOf(value))
          : endOfLine(this.#text, Math.max(colon, value?.range[1] ?? colon))
      if (value && isBlockScalar(value)) this.#insertLines(value.range[1], below)
      else this.#insertLines(at, below)
      return
    }
    const text = ` ${renderInline(wanted, this.#style)}`
    if (!value || (isBlock && !isBlockScalar(value))) this.#replace(colon, colon, text)
    else if (isBlockScalar(value))
      this.#replace(colon, value.range[1], text + (this.#text[value.range[1] - 1] === '\n' ? this.#lineEnd : ''))
    else this.#replace(value.range[0], value.range[1], text.slice(1))
  }

  /** Items that stay at both ends keep their lines. */
  #editBlockList(list: YAMLSeq, wanted: readonly unknown[], current: readonly unknown[]): void {
    const items = list.items as Ranged[]
    const same = (a: unknown, b: unknown) => holds([a], [b]) && holds([b], [a])
    const shorter = Math.min(current.length, wanted.length)
    let head = 0
    while (head < shorter && same(current[head], wanted[head])) head++
    let tail = 0
    while (tail < shorter - head && same(current.at(-1 - tail), wanted.at(-1 - tail))) tail++
    const dashes = dashesOf(list)
    const column = this.#column(dashes[0] ?? 0)
    const fresh = wanted.slice(head, wanted.length - tail)
    const lines = fresh.length > 0 ? this.#block(fresh, column) : ''
    const to = current.length - tail
    if (head < to) {
      const last = items[to - 1] as Ranged
      const from = startOfLine(this.#text, dashes[head] ?? 0)
      const end = endOfLine(this.#text, lastOf(last))
      if (from < endOfLine(this.#text, dashes[0] ?? 0) && this.#text.slice(from, dashes[head]).trim() !== '')
        return this.#replace(dashes[head] ?? 0, lastOf(last), lines.trim())
      this.#replace(
        from,
        end,
        end === this.#text.length && !this.#text.endsWith('\n') ? lines.replace(/\r?\n$/, '') : lines,
      )
    } else if (head > 0) this.#insertLines(endOfLine(this.#text, lastOf(items[head - 1] as Ranged)), lines)
    else this.#insertLines(startOfLine(this.#text, dashes[0] ?? 0), lines)
  }

  #editFlowMap(map: YAMLMap, set: Tree): void {
    const [open, end] = (map as unknown as Ranged).range
    const added: string[] = []
    const pairs = pairsOf(map)
    for (const [key, wanted] of Object.entries(set)) {
      const pair = pairs.get(key)
      const value = pair && valueOf(pair)
      if (!pair) added.push(renderInline({ [key]: wanted }, { padding: false }).slice(1, -1))
      else if (isMap(value) && value.flow && isTree(wanted) && value.items.length > 0) this.#editFlowMap(value, wanted)
      else if (value) this.#replace(value.range[0], value.range[1], renderInline(wanted, this.#style))
      else this.#replace(afterColon(pair), afterColon(pair), ` ${renderInline(wanted, this.#style)}`)
    }
    if (added.length === 0) return
    const last = map.items.at(-1)
    if (last) this.#replace(endOfPair(last), endOfPair(last), `, ${added.join(', ')}`)
    else this.#replace(open, end, this.#style.padding ? `{ ${added.join(', ')} }` : `{${added.join(', ')}}`)
  }

  #block(value: unknown, column: number): string {
    const lines = renderBlock(value, this.#style).replace(/^(?=.)/gm, ' '.repeat(column))
    return this.#lineEnd === '\n' ? lines : lines.replaceAll('\n', this.#lineEnd)
  }

  /** Whole lines, at the beginning of a line or at the end of the text. */
  #insertLines(at: number, lines: string): void {
    if (at === 0 || this.#text[at - 1] === '\n') return this.#replace(at, at, lines)
    this.#replace(at, at, this.#lineEnd + lines.replace(/(\r?\n)$/, ''))
  }

  #replace(start: number, end: number, text: string): void {
    this.edits.push({ start, end, text })
  }

  #column(offset: number): number {
    return offset - startOfLine(this.#text, offset)
  }
}

const isList = (value: unknown) => isTree(value) || Array.isArray(value)

const isBlockScalar = (value: Node) =>
  isScalar(value) && (value.type === 'BLOCK_LITERAL' || value.type === 'BLOCK_FOLDED')

const pairsOf = (map: YAMLMap): ReadonlyMap<string, Pair> =>
  new Map(map.items.flatMap((item) => (isScalar(item.key) ? [[String(item.key.value), item]] : [])))

/** Undefined where nothing is written: the library puts an empty value behind the comments. */
function valueOf({ value }: Pair): Ranged | undefined {
  const { range } = (isNode(value) ? value : {}) as Partial<Ranged>
  return range && range[0] < range[1] ? (value as Ranged) : undefined
}

const startOf = (pair: Pair) => (isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0)

/** Behind the last character of a node; a block collection's own range may take in blank lines and comments after it. */
function lastOf(node: Ranged | undefined): number {
  if (!node) return 0
  if (isMap(node) && !node.flow && node.items.length > 0) return endOfPair(node.items.at(-1) as Pair)
  if (isSeq(node) && !node.flow && node.items.length > 0) return lastOf(node.items.at(-1) as Ranged)
  return node.range[1]
}

const endOfPair = (pair: Pair): number => Math.max(afterColon(pair), lastOf(valueOf(pair)))

interface SourceToken {
  readonly type: string
  readonly offset: number
  readonly source?: string
}

/** Behind the colon of a key, or behind the key where it has none. */
function afterColon(pair: Pair): number {
  const { sep = [] } = ((pair as { srcToken?: { sep?: readonly SourceToken[] } }).srcToken ?? {}) as {
    sep?: readonly SourceToken[]
  }
  const colon = sep.find(({ type }) => type === 'map-value-ind')
  return colon ? colon.offset + 1 : isNode(pair.key) ? (pair.key.range?.[1] ?? 0) : 0
}

/** Offsets of the dashes of a block list. */
const dashesOf = (list: YAMLSeq): number[] =>
  (
    ((list as { srcToken?: unknown }).srcToken as { items?: readonly { start: readonly SourceToken[] }[] } | undefined)
      ?.items ?? []
  ).flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind').map(({ offset }) => offset))

/** Spaces by which the first nested map is indented; two where there is none. */
function stepOf(root: YAMLMap, column: (offset: number) => number): number {
  for (const { value } of root.items) {
    const [first] = isMap(value) && !value.flow ? value.items : []
    if (first) return Math.min(Math.max(column(startOf(first)), 1), 8)
  }
  return 2
}
