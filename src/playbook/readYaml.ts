// Turns a YAML 1.2 text into a tree with places, or into mistakes a person can act on.
import { type Document, isAlias, isMap, isScalar, isSeq, parseDocument, type Node, type YAMLError } from 'yaml'
import type { Findings } from './findings.ts'
import type { SourceText } from './sourceText.ts'
import type { YamlEntry, YamlNode, YamlScalar } from './yamlTree.ts'

/** Aliases may make a text stand for at most this many nodes: enough for people, too few for a bomb. */
const MAX_NODES = 100_000

const STYLES: Readonly<Record<string, YamlScalar['style']>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
}

/**
 * The one document of a text; `undefined` after a syntax error, which is reported. An empty text is the null scalar.
 * A mistake inside a node (an unknown tag, a key that is no scalar) is reported and the rest is still read.
 */
export function readYaml(source: SourceText, findings: Findings): YamlNode | undefined {
  const document = parseDocument(source.text, { version: '1.2', prettyErrors: false, merge: false, strict: true })
  if (reportSyntax(document, source, findings)) return undefined
  return new TreeBuilder(document, source, findings).build(document.contents as Node | null)
}

function reportSyntax(document: Document, source: SourceText, findings: Findings): boolean {
  for (const { code, pos, message } of document.warnings) {
    if (code !== 'TAG_RESOLVE_FAILED') continue
    const tag = source.text.slice(pos[0], pos[1])
    const hint = tag === '!vault' ? 'encrypted values are not supported yet' : 'remove the tag'
    findings.error(
      'unknown-tag',
      message.replace('Unresolved tag: ', 'YAML tag ').concat(' is not known'),
      source.span(pos[0], pos[1] - pos[0]),
      hint,
    )
  }
  const first = document.errors.find((one) => one.code !== 'DUPLICATE_KEY')
  for (const one of document.errors) {
    if (one.code !== 'DUPLICATE_KEY' || (first && first.pos[0] < one.pos[0])) continue
    const key = /^[^\s:]+/.exec(source.text.slice(one.pos[0]))?.[0] ?? 'key'
    const at = source.span(one.pos[0], key.length)
    findings.error(
      'duplicate-key',
      `'${key.replace(/^["']|["']$/g, '')}' is given twice in one map`,
      at,
      'keep one of the two',
    )
  }
  if (first) reportError(first, source, findings)
  return document.errors.length > 0
}

/** One mistake makes a parser stumble several times; the first stumble is the mistake. */
function reportError(error: YAMLError, source: SourceText, findings: Findings): void {
  const at = source.span(error.pos[0], Math.max(1, error.pos[1] - error.pos[0]))
  const indent = /^[ \t]*/.exec(at.text)?.[0] ?? ''
  const tab = indent.indexOf('\t')
  if (error.code === 'TAB_AS_INDENT' || tab >= 0) {
    const where = { ...at, column: Math.max(tab, 0) + 1, length: 1 }
    findings.error(
      'tab-indentation',
      'YAML is indented with spaces, and this line begins with a tab',
      where,
      'replace the tab with spaces',
    )
  } else if (/(:|-)\s+\{\{/.test(at.text)) {
    findings.error('unquoted-expression', 'a value that begins with {{ must be in quotes', at, `"{{ … }}"`)
  } else if (error.code === 'MULTIPLE_DOCS') {
    findings.error('yaml-syntax', 'the file holds more than one YAML document', at, "remove the '---' between them")
  } else if (error.code === 'BAD_INDENT') {
    findings.error(
      'bad-indentation',
      'the indentation of this line fits no line above it',
      at,
      'align it with the lines it belongs to',
    )
  } else if (error.code === 'BLOCK_AS_IMPLICIT_KEY' || /map-value-ind/.test(error.message)) {
    findings.error(
      'yaml-syntax',
      "a ': ' inside a value begins a map here",
      at,
      'put the value in quotes, or indent the map below its key',
    )
  } else if (error.message.endsWith('end') && /^\s*(?:- )?\s*(?:[\w.-]+:\s+)?(["']).*?\1\s*\S/.test(at.text)) {
    const hint = `put all of it in quotes of the other kind: 'a == "b"'`
    findings.error('yaml-syntax', 'a value that begins with a quote ends at the next one', at, hint)
  } else {
    const message = error.message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
    findings.error('yaml-syntax', `this is not YAML: ${message}`, at, syntaxHint(error))
  }
}

function syntaxHint(error: YAMLError): string | undefined {
  if (error.code === 'MISSING_CHAR' && /quote/.test(error.message)) return 'close the quotes'
  if (error.code === 'BAD_SCALAR_START') return 'put the value in quotes'
  if (error.code === 'UNEXPECTED_TOKEN') return 'look at the quotes and the indentation of this line and the one above'
  return undefined
}

class TreeBuilder {
  readonly #document: Document
  readonly #source: SourceText
  readonly #findings: Findings
  readonly #built = new Map<Node, YamlNode>()
  readonly #sizes = new Map<YamlNode, number>()
  readonly #open = new Set<Node>()

  constructor(document: Document, source: SourceText, findings: Findings) {
    this.#document = document
    this.#source = source
    this.#findings = findings
  }

  build(node: Node | null): YamlNode {
    if (!node) return this.#nothing(0)
    const known = this.#built.get(node)
    if (known) return known
    this.#open.add(node)
    const tree = this.#make(node)
    this.#open.delete(node)
    this.#built.set(node, tree)
    return tree
  }

  #nothing(offset: number): YamlNode {
    return { kind: 'scalar', value: null, style: 'plain', source: this.#source, start: offset, end: offset }
  }

  #make(node: Node): YamlNode {
    const [start = 0, end = 0] = node.range ?? []
    const place = { source: this.#source, start, end }
    if (isAlias(node)) {
      const target = node.resolve(this.#document)
      const at = this.#source.span(start, end - start)
      if (!target) this.#findings.error('unknown-anchor', `there is no anchor '${node.source}' above`, at)
      else if (this.#open.has(target as Node))
        this.#findings.error('alias-cycle', `'*${node.source}' stands inside what it names`, at)
      else {
        const tree = this.build(target as Node)
        if (this.#size(tree) <= MAX_NODES) return tree
        this.#findings.error('too-many-aliases', `aliases make this file stand for more than ${MAX_NODES} values`, at)
      }
      return this.#nothing(start)
    }
    if (isSeq(node)) return { ...place, kind: 'list', items: node.items.map((item) => this.build(item as Node | null)) }
    if (isMap(node)) return { ...place, kind: 'map', entries: node.items.flatMap((pair) => this.#entry(pair, start)) }
    if (!isScalar(node)) return this.#nothing(start)
    const value = node.value
    const style = STYLES[node.type ?? ''] ?? 'plain'
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return { ...place, kind: 'scalar', value, style }
    return { ...place, kind: 'scalar', value: String(value), style }
  }

  #entry(pair: { key: unknown; value: unknown }, mapStart: number): YamlEntry[] {
    const key = pair.key as Node | null
    const [start = mapStart, end = start + 1] = key?.range ?? []
    const keyAt = this.#source.span(start, end - start)
    if (!isScalar(key)) {
      const braces = this.#source.text.startsWith('{{', mapStart)
      if (braces)
        this.#findings.error(
          'unquoted-expression',
          'a value that begins with {{ must be in quotes',
          this.#source.span(mapStart, 2),
          `"{{ … }}"`,
        )
      else this.#findings.error('bad-key', 'a key must be a plain word or a text', keyAt)
      return []
    }
    const name = typeof key.value === 'string' ? key.value : this.#source.text.slice(start, end)
    if (name === '<<') {
      this.#findings.error(
        'merge-key',
        "merge keys ('<<') are not part of YAML 1.2",
        keyAt,
        'write the keys out, or put the shared part into vars',
      )
      return []
    }
    const value = pair.value as Node | null
    return [{ key: name, keyAt, value: value ? this.build(value) : this.#nothing(end) }]
  }

  /** How many nodes the tree has when every alias is written out; more than MAX_NODES is not counted further. */
  #size(tree: YamlNode): number {
    const known = this.#sizes.get(tree)
    if (known !== undefined) return known
    let size = 1
    const parts =
      tree.kind === 'list' ? tree.items : tree.kind === 'map' ? tree.entries.map((entry) => entry.value) : []
    for (const part of parts) size = Math.min(size + this.#size(part), MAX_NODES + 1)
    this.#sizes.set(tree, size)
    return size
  }
}
