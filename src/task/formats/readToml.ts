// A TOML text as values, and where each table and key of it is written.
import { type AST, parseTOML } from 'toml-eslint-parser'
import type { Tree } from './deepMerge.ts'

/** How a table is written, which says where a new key of it goes. */
export type TomlTable =
  /** The top of the text, or a table with a header of its own. */
  | { readonly kind: 'body'; readonly node: AST.TOMLTopLevelTable | AST.TOMLTable; readonly keys: AST.TOMLKeyValue[] }
  /** `{ … }` */
  | { readonly kind: 'inline'; readonly node: AST.TOMLInlineTable }
  /** Only by keys such as `a.b = 1` of another table: `last` is the last of them, `depth` the number of names before. */
  | { readonly kind: 'dotted'; last: AST.TOMLKeyValue; readonly depth: number }
  /** Only by headers of tables below it. */
  | { readonly kind: 'implied' }
  | { readonly kind: 'list'; readonly nodes: AST.TOMLTable[] }

export interface TomlText {
  /** Dates and times are their own spelling. Integers beyond 2^53 are bigints. */
  readonly values: Tree
  /** By `pathKey`. */
  readonly tables: ReadonlyMap<string, TomlTable>
  readonly keys: ReadonlyMap<string, AST.TOMLKeyValue>
  readonly body: readonly (AST.TOMLKeyValue | AST.TOMLTable)[]
}

export const pathKey = (path: readonly (string | number)[]): string => JSON.stringify(path)

/** Throws an Error whose first line says what is wrong and where. */
export function readToml(text: string): TomlText {
  const [top] = parseTOML(text).body
  const reader = new Reader()
  reader.tables.set(pathKey([]), {
    kind: 'body',
    node: top,
    keys: top.body.filter((node) => node.type === 'TOMLKeyValue'),
  })
  for (const node of top.body) {
    if (node.type === 'TOMLKeyValue') reader.readKey(node, reader.values, [])
    else reader.readTable(node)
  }
  return { values: reader.values, tables: reader.tables, keys: reader.keys, body: top.body }
}

type Draft = Record<string, unknown>

/** A key may be called `__proto__`. */
const emptyTree = (): Draft => Object.create(null) as Draft

const namesOf = (key: AST.TOMLKey): string[] =>
  key.keys.map((name) => (name.type === 'TOMLBare' ? name.name : name.value))

class Reader {
  readonly values = emptyTree()
  readonly tables = new Map<string, TomlTable>()
  readonly keys = new Map<string, AST.TOMLKeyValue>()

  readTable(node: AST.TOMLTable): void {
    let tree: Draft = this.values
    const path: (string | number)[] = []
    node.resolvedKey.forEach((name, i) => {
      const below = node.resolvedKey[i + 1]
      path.push(name)
      const list = tree as unknown as Draft[]
      const next = (typeof name === 'number' ? list[name] : tree[name]) as Draft | undefined
      const made = next ?? ((typeof below === 'number' ? [] : emptyTree()) as Draft)
      if (typeof name === 'number') list[name] = made
      else tree[name] = made
      tree = made
      const key = pathKey(path)
      const known = this.tables.get(key)
      if (i === node.resolvedKey.length - 1) this.tables.set(key, { kind: 'body', node, keys: node.body })
      else if (typeof below === 'number') {
        if (known?.kind === 'list') known.nodes.push(node)
        else this.tables.set(key, { kind: 'list', nodes: [node] })
      } else if (!known) this.tables.set(key, { kind: 'implied' })
    })
    for (const pair of node.body) this.readKey(pair, tree, path)
  }

  readKey(pair: AST.TOMLKeyValue, table: Draft, at: readonly (string | number)[]): void {
    const names = namesOf(pair.key)
    let tree = table
    const path = [...at]
    for (const name of names.slice(0, -1)) {
      path.push(name)
      tree = (tree[name] ??= emptyTree()) as Draft
      const key = pathKey(path)
      const known = this.tables.get(key)
      if (known?.kind === 'dotted') known.last = pair
      else if (!known) this.tables.set(key, { kind: 'dotted', last: pair, depth: path.length - at.length })
    }
    const name = names.at(-1) ?? ''
    path.push(name)
    this.keys.set(pathKey(path), pair)
    tree[name] = this.#valueOf(pair.value, path)
  }

  #valueOf(node: AST.TOMLContentNode, path: readonly (string | number)[]): unknown {
    switch (node.type) {
      case 'TOMLArray':
        return node.elements.map((element, i) => this.#valueOf(element, [...path, i]))
      case 'TOMLInlineTable': {
        const tree = emptyTree()
        this.tables.set(pathKey(path), { kind: 'inline', node })
        for (const pair of node.body) this.readKey(pair, tree, path)
        return tree
      }
      case 'TOMLValue':
        if (node.kind === 'integer') return Number.isSafeInteger(node.value) ? node.value : node.bigint
        return 'datetime' in node ? node.datetime : node.value
    }
  }
}
