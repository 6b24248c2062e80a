// Parses a YAML 1.2 text into a tree with positions, or into errors that you can act on.
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Node, type Pair } from 'yaml'
import type { SourceSpan } from '../model/diagnostic.ts'
import { explainYamlError } from './explainYamlError.ts'
import type { Findings } from './findings.ts'
import type { SourceText } from './sourceText.ts'
import { placeOf, type YamlEntry, type YamlNode, type YamlScalar } from './yamlTree.ts'

/** The aliases of a file may stand for at most this many nodes: enough for people, too few for a bomb. */
const MOST_ALIASED = 100_000

/** Asks not to evaluate the value. */
const UNSAFE = '!unsafe'

const STYLES: Readonly<Record<string, YamlScalar['style']>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
}

/**
 * The one document of a file; `undefined` after a syntax error, which is reported. An empty file is the null scalar.
 * A mistake inside a node (an unknown tag, a key that is not a scalar) is reported and the rest is still read. Merge keys
 * (`<<`) are read though YAML 1.2 has none: inventories are full of them. What is tagged
 * `!unsafe` is not evaluated, nor is anything in it.
 */
export function readYaml(source: SourceText, findings: Findings): YamlNode | undefined {
  if (source.text.startsWith('$ANSIBLE_VAULT')) return refuseVault(source.span(0, 14), findings)
  // The parser compares every key with every other one: a second for 10,000 hosts. Duplicates are found below.
  const options = { version: '1.2', prettyErrors: false, merge: false, strict: true, uniqueKeys: false } as const
  const document = parseDocument(source.text, options)
  if (document.errors.length > 0) return explainYamlError(document, source, findings)
  for (const { code, pos } of document.warnings) {
    if (code !== 'TAG_RESOLVE_FAILED') continue
    const tag = source.text.slice(pos[0], pos[1])
    const at = source.span(pos[0], pos[1] - pos[0])
    if (/^!vault\b/.test(tag)) refuseVault(at, findings)
    else if (tag !== UNSAFE) findings.error('unknown-tag', `unknown YAML tag ${tag}`, at, 'remove the tag')
  }
  return new TreeBuilder(source, findings).build(document.contents as Node | null)
}

const refuseVault = (at: SourceSpan, findings: Findings): undefined =>
  findings.error(
    'vault-unsupported',
    'values encrypted with Ansible Vault are not supported yet',
    at,
    'give the secret at run time, for example with -e @FILE, and keep that file out of the repository',
  )

class TreeBuilder {
  readonly #source: SourceText
  readonly #findings: Findings
  /** The trees of nodes with an anchor, and those of them that are not whole yet. */
  readonly #built = new Map<Node, YamlNode>()
  readonly #open = new Set<Node>()
  readonly #sizes = new Map<YamlNode, number>()
  /** The last node so far with each anchor. The parser would go through the document for every alias. */
  readonly #anchors = new Map<string, Node>()
  #aliased = 0
  /** Inside how many tags `!unsafe`. */
  #unsafe = 0

  constructor(source: SourceText, findings: Findings) {
    this.#source = source
    this.#findings = findings
  }

  build(node: Node | null): YamlNode {
    if (!node) return this.#nothing(0)
    if (isAlias(node) || !node.anchor) return this.#makeTagged(node)
    const known = this.#built.get(node)
    if (known) return known
    this.#anchors.set(node.anchor, node)
    this.#open.add(node)
    const tree = this.#makeTagged(node)
    this.#open.delete(node)
    this.#built.set(node, tree)
    return tree
  }

  #makeTagged(node: Node): YamlNode {
    if (node.tag !== UNSAFE) return this.#make(node)
    this.#unsafe++
    const tree = this.#make(node)
    this.#unsafe--
    return tree
  }

  #nothing(offset: number): YamlNode {
    return { kind: 'scalar', value: null, style: 'plain', source: this.#source, start: offset, end: offset }
  }

  #make(node: Node): YamlNode {
    const [start = 0, end = 0] = node.range ?? []
    const place = { source: this.#source, start, end }
    if (isAlias(node)) return this.#target(node.source, this.#anchors.get(node.source), start, end)
    if (isSeq(node)) return { ...place, kind: 'list', items: node.items.map((item) => this.build(item as Node | null)) }
    if (isMap(node)) return { ...place, kind: 'map', entries: this.#entries(node.items as Pair<Node>[], start) }
    if (!isScalar(node)) return this.#nothing(start)
    const value = node.value
    const style = STYLES[node.type ?? ''] ?? 'plain'
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return { ...place, kind: 'scalar', value, style, ...(this.#unsafe > 0 && { verbatim: true }) }
    return { ...place, kind: 'scalar', value: String(value), style }
  }

  /** What an alias stands for; its places are those of the anchor, where the value was written. */
  #target(anchor: string, target: Node | undefined, start: number, end: number): YamlNode {
    const at = this.#source.span(start, end - start)
    if (!target) this.#findings.error('unknown-anchor', `no anchor '${anchor}' above this line`, at)
    else if (this.#open.has(target))
      this.#findings.error('alias-cycle', `'*${anchor}' is inside the value that it refers to`, at)
    else if (this.#aliased <= MOST_ALIASED) {
      const tree = this.build(target)
      this.#aliased += this.#size(tree)
      if (this.#aliased <= MOST_ALIASED) return tree
      const message = `aliases expand this file to more than ${MOST_ALIASED} values`
      this.#findings.error('too-many-aliases', message, at)
    }
    return this.#nothing(start)
  }

  #entries(pairs: readonly Pair<Node>[], mapStart: number): readonly YamlEntry[] {
    const own = new Map<string, YamlEntry>()
    const merged = new Map<string, YamlEntry>()
    for (const { key, value: node } of pairs) {
      const [start = mapStart, end = start + 1] = key?.range ?? []
      const keyAt = this.#source.span(start, end - start)
      if (!isScalar(key)) {
        this.#refuseKey(keyAt, mapStart)
        continue
      }
      if (key.anchor) this.#anchors.set(key.anchor, key)
      const value = node ? this.build(node as Node) : this.#nothing(end)
      if (key.value === '<<' && key.type === 'PLAIN') {
        for (const entry of this.#mergedEntries(value)) if (!merged.has(entry.key)) merged.set(entry.key, entry)
        continue
      }
      const name = typeof key.value === 'string' ? key.value : this.#source.text.slice(start, end)
      const first = own.get(name)
      if (!first) own.set(name, { key: name, keyAt, value })
      else {
        const hint = `keep one of the two: the first is on line ${first.keyAt.line}`
        this.#findings.error('duplicate-key', `'${name}' is set twice in one map`, keyAt, hint)
      }
    }
    return [...[...merged.values()].filter(({ key }) => !own.has(key)), ...own.values()]
  }

  #refuseKey(keyAt: SourceSpan, mapStart: number): void {
    if (this.#source.text.startsWith('{{', mapStart)) {
      const at = this.#source.span(mapStart, 2)
      this.#findings.error('unquoted-expression', 'a value that starts with {{ must be quoted', at, `"{{ … }}"`)
    } else this.#findings.error('bad-key', 'a key must be a plain word or a string', keyAt)
  }

  #mergedEntries(value: YamlNode): readonly YamlEntry[] {
    return (value.kind === 'list' ? value.items : [value]).flatMap((part) => {
      if (part.kind === 'map') return part.entries
      this.#findings.error('bad-merge', "only a map, or a list of maps, can be merged with '<<'", placeOf(part))
      return []
    })
  }

  /** How many nodes the tree has when every alias is written out; more than MOST_ALIASED is not counted further. */
  #size(tree: YamlNode): number {
    const known = this.#sizes.get(tree)
    if (known !== undefined) return known
    let size = 1
    const parts =
      tree.kind === 'list' ? tree.items : tree.kind === 'map' ? tree.entries.map((entry) => entry.value) : []
    for (const part of parts) size = Math.min(size + this.#size(part), MOST_ALIASED + 1)
    this.#sizes.set(tree, size)
    return size
  }
}
