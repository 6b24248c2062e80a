// Sets keys of a YAML text and leaves every other byte of it as it was.
import { isAlias, isMap, isNode, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml'
import { deepMerge, holds, isTree, type Tree } from './deepMerge.ts'
import type { Patched } from './patchToml.ts'
import { rememberByText } from '../content/rememberByText.ts'

/**
 * Sets keys of a YAML text.
 *
 * @param text - The whole file.
 * @param set - The keys, nested as in the file. A list replaces a list.
 * @returns The same text when all keys are set already; a cause when the text is not a valid YAML map.
 */
export const patchYaml = rememberByText((text: string, set: Tree): Patched => {
  const document = parseDocument(text)
  const [mistake] = document.errors
  if (mistake) return { ok: false, cause: mistake.message.split('\n')[0] ?? mistake.code }
  const root = document.contents
  if (root !== null && !isMap(root)) return { ok: false, cause: 'its top level is not a map' }
  const current = (document.toJS() ?? {}) as Tree
  if (holds(current, set)) return { ok: true, text }
  const wanted = deepMerge(current, set)
  if (root === null || root.items.length === 0) return { ok: true, text: appendLines(text, render(set, 0)) }
  const edits: Edit[] = []
  editMap(text, root as YAMLMap, set, edits)
  const patched = applyEdits(text, edits)
  return sameTree(patched, wanted) ? { ok: true, text: patched } : { ok: true, text: rewrite(text, set) }
})

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

function editMap(text: string, map: YAMLMap, set: Tree, edits: Edit[]): void {
  const indent = columnOf(text, start(map.items[0] as Pair))
  const missing: Record<string, unknown> = {}
  for (const [key, wanted] of Object.entries(set)) {
    const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    if (!pair) missing[key] = wanted
    else if (isTree(wanted) && isMap(pair.value) && !pair.value.flow && pair.value.items.length) {
      editMap(text, pair.value as YAMLMap, wanted, edits)
    } else {
      const current: unknown = isNode(pair.value) ? pair.value.toJSON() : pair.value
      const merged = isTree(wanted) && isTree(current) ? deepMerge(current, wanted) : wanted
      if (!holds(current, wanted)) edits.push(replacePair(text, pair, key, merged, indent))
    }
  }
  if (Object.keys(missing).length === 0) return
  const at = endOfLine(text, end(map.items.at(-1) as Pair))
  const lead = at > 0 && text[at - 1] !== '\n' ? '\n' : ''
  edits.push({ start: at, end: at, text: lead + withoutEnd(render(missing, indent)) + (lead ? '' : '\n') })
}

/** A scalar is replaced in its place, so that a comment after it stays; anything else with its key. */
function replacePair(text: string, pair: Pair, key: string, wanted: unknown, indent: number): Edit {
  const { value } = pair
  const plain = isScalar(value) && value.type !== 'BLOCK_LITERAL' && value.type !== 'BLOCK_FOLDED'
  if ((plain || isAlias(value)) && !isTree(wanted) && !Array.isArray(wanted)) {
    const [from, to] = value.range as [number, number, number]
    return {
      start: from,
      end: to,
      text: (from === to && text[from - 1] === ':' ? ' ' : '') + withoutEnd(stringify(wanted)),
    }
  }
  const keepsLineEnd = text[end(pair) - 1] === '\n' ? '\n' : ''
  return {
    start: start(pair),
    end: end(pair),
    text: withoutEnd(render({ [key]: wanted }, indent)).replace(/^ +/, '') + keepsLineEnd,
  }
}

const start = (pair: Pair) => (isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0)

const end = (pair: Pair) =>
  isNode(pair.value) && pair.value.range ? pair.value.range[1] : isNode(pair.key) ? (pair.key.range?.[2] ?? 0) + 1 : 0

const columnOf = (text: string, offset: number) => offset - (text.lastIndexOf('\n', offset - 1) + 1)

function endOfLine(text: string, offset: number): number {
  if (text[offset - 1] === '\n') return offset
  const next = text.indexOf('\n', offset)
  return next < 0 ? text.length : next
}

const render = (tree: Tree, indent: number) => stringify(tree, { lineWidth: 0 }).replace(/^(?=.)/gm, ' '.repeat(indent))

/** Only the line end goes: a text may end in other white space that counts. */
const withoutEnd = (text: string) => text.replace(/\n+$/, '')

const appendLines = (text: string, lines: string) => text + (text === '' || text.endsWith('\n') ? '' : '\n') + lines

const applyEdits = (text: string, edits: readonly Edit[]) =>
  edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((out, edit) => out.slice(0, edit.start) + edit.text + out.slice(edit.end), text)

function sameTree(text: string, wanted: Tree): boolean {
  const document = parseDocument(text)
  const actual = document.errors.length ? undefined : document.toJS()
  return holds(actual, wanted) && holds(wanted, actual)
}

/** For what the edits do not reach (flow maps, merge keys): right, and comments kept, but laid out anew. */
function rewrite(text: string, set: Tree): string {
  const document = parseDocument(text)
  const setLeaves = (path: readonly string[], tree: Tree) => {
    for (const [key, value] of Object.entries(tree)) {
      const place = [...path, key]
      if (isTree(value) && isMap(document.getIn(place))) setLeaves(place, value)
      else document.setIn(place, document.createNode(value))
    }
  }
  setLeaves([], set)
  return document.toString({ lineWidth: 0 })
}

/** The values of a YAML text; undefined when it is not a valid YAML map. */
export function parseYaml(text: string): Tree | undefined {
  const document = parseDocument(text)
  const values: unknown = document.errors.length ? undefined : (document.toJS() ?? {})
  return isTree(values) ? values : undefined
}
