// YAML text → plain values that know where they stand, with all its mistakes as diagnostics.
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, parseDocument, type Node } from 'yaml'
import { type Diagnostic, mistake, type SourceSpan } from '../model/diagnostic.ts'
import type { Json } from '../model/inventory.ts'
import type { SourceText } from './sourceText.ts'

export type Placed = { readonly at: SourceSpan } & (
  | { readonly kind: 'map'; readonly entries: readonly PlacedEntry[] }
  | { readonly kind: 'list'; readonly items: readonly Placed[] }
  | { readonly kind: 'scalar'; readonly value: null | boolean | number | string }
)

export interface PlacedEntry {
  readonly key: string
  readonly keyAt: SourceSpan
  readonly value: Placed
}

/** A small text of nested aliases can stand for billions of values. */
const MOST_ALIASED_VALUES = 100_000

/** The value is undefined when the text holds none, or is broken (then a diagnostic says so). YAML 1.2 core, and `<<`. */
export function readYaml(source: SourceText, diagnostics: Diagnostic[]): Placed | undefined {
  if (source.text.startsWith('$ANSIBLE_VAULT')) {
    diagnostics.push(vaultMistake(source.span(0, 14)))
    return undefined
  }
  // The library compares every key with every other one: a second for 10,000 hosts. Duplicates are looked for below.
  const doc = parseDocument(source.text, { version: '1.2', uniqueKeys: false, merge: true, prettyErrors: false })
  const broken = doc.errors[0]
  if (broken) {
    // What follows the first error is mostly its echo.
    const [from, to] = broken.pos
    const said = yamlMistakes[broken.code]
    const message = said?.[0] ?? broken.message.replace(/\.$/, '')
    diagnostics.push(mistake('yaml-syntax', message, source.span(from, to - from), said?.[1]))
    return undefined
  }
  return doc.contents ? new Placer(doc, source, diagnostics).place(doc.contents) : undefined
}

const yamlMistakes: Readonly<Record<string, readonly [message: string, hint?: string]>> = {
  TAB_AS_INDENT: ['A tab is used as indentation', 'YAML is indented with blanks only'],
  MULTIPLE_DOCS: ['A second YAML document begins here', 'Put each document into a file of its own'],
}

const vaultMistake = (at: SourceSpan) =>
  mistake(
    'vault-unsupported',
    'Values encrypted with Ansible Vault are not supported yet',
    at,
    'Give the secret at run time, for example with -e @FILE, and keep that file out of the repository',
  )

class Placer {
  readonly #doc: Document
  readonly #source: SourceText
  readonly #diagnostics: Diagnostic[]
  #aliasDepth = 0
  #aliased = 0

  constructor(doc: Document, source: SourceText, diagnostics: Diagnostic[]) {
    this.#doc = doc
    this.#source = source
    this.#diagnostics = diagnostics
  }

  place(node: Node | null, fallback?: SourceSpan): Placed {
    const at = this.#at(node) ?? fallback ?? this.#source.span(0)
    const nothing: Placed = { kind: 'scalar', at, value: null }
    if (this.#aliasDepth > 0 && ++this.#aliased > MOST_ALIASED_VALUES) {
      if (this.#aliased === MOST_ALIASED_VALUES + 1)
        this.#say('yaml-aliases', 'The aliases stand for too many values', at)
      return nothing
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#doc)
      if (!target) this.#say('yaml-alias', `No anchor &${node.source} stands before this alias`, at)
      if (!target || this.#aliasDepth > 50) return nothing
      this.#aliasDepth++
      const placed = { ...this.place(target), at }
      this.#aliasDepth--
      return placed
    }
    if (node?.tag && !this.#tagIsFine(node.tag, at)) return nothing
    if (isMap(node)) return { kind: 'map', at, entries: this.#entries(node.items) }
    if (isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => this.place(item as Node, at)) }
    if (!isScalar(node)) return nothing
    return { kind: 'scalar', at, value: node.value as null | boolean | number | string }
  }

  #entries(items: readonly unknown[]): PlacedEntry[] {
    const own = new Map<string, PlacedEntry>()
    const merged = new Map<string, PlacedEntry>()
    for (const pair of items) {
      if (!isPair<Node, Node>(pair)) continue
      const keyAt = this.#at(pair.key) ?? this.#source.span(0)
      const value = this.place(pair.value, keyAt)
      if (isScalar(pair.key) && typeof pair.key.value === 'symbol') {
        for (const map of value.kind === 'list' ? value.items : [value]) {
          if (map.kind !== 'map')
            this.#say('yaml-merge', 'Only a map, or a list of maps, can be merged with <<', map.at)
          else for (const entry of map.entries) if (!merged.has(entry.key)) merged.set(entry.key, entry)
        }
        continue
      }
      if (!isScalar(pair.key)) {
        this.#say('yaml-key', 'A key must be a plain text', keyAt)
        continue
      }
      const key = pair.key.source ?? String(pair.key.value)
      const before = own.get(key)
      if (before)
        this.#say('duplicate-key', `The key \`${key}\` is there twice`, keyAt, `First in line ${before.keyAt.line}`)
      else own.set(key, { key, keyAt, value })
      if (isScalar(pair.value) && pair.value.type === 'PLAIN' && !key.startsWith('ansible_')) this.#hintAtTruth(value)
    }
    return [...Array.from(merged.values()).filter((entry) => !own.has(entry.key)), ...own.values()]
  }

  #hintAtTruth(value: Placed): void {
    if (value.kind !== 'scalar' || !/^(yes|no|on|off)$/i.test(String(value.value))) return
    const truth = /^(yes|on)$/i.test(String(value.value))
    const message = `\`${value.value}\` is a text in YAML 1.2, not a truth value`
    const hint = `Write ${truth}, or '${value.value}' in quotes where the text is meant`
    this.#diagnostics.push({ severity: 'warning', code: 'yaml-yes-no', message, at: value.at, hint })
  }

  /** `!unsafe` asks Ansible not to evaluate the text, and no value is evaluated here. */
  #tagIsFine(tag: string, at: SourceSpan): boolean {
    if (tag === '!unsafe' || tag.startsWith('tag:yaml.org,2002:')) return true
    if (tag === '!vault' || tag === '!vault-encrypted') this.#diagnostics.push(vaultMistake(at))
    else this.#say('yaml-tag', `The tag ${tag} is not known`, at)
    return false
  }

  #at(node: Node | null): SourceSpan | undefined {
    const range = node?.range
    return range ? this.#source.span(range[0], range[1] - range[0]) : undefined
  }

  #say(code: string, message: string, at: SourceSpan, hint?: string): void {
    this.#diagnostics.push(mistake(code, message, at, hint))
  }
}

export function toJson(placed: Placed): Json {
  if (placed.kind === 'scalar') return placed.value
  if (placed.kind === 'list') return placed.items.map(toJson)
  // A key `__proto__` must become a key.
  return Object.fromEntries(placed.entries.map((entry) => [entry.key, toJson(entry.value)]))
}

/** `a map`, `a list`, `a number` …, for messages. */
export function kindInWords(placed: Placed): string {
  if (placed.kind !== 'scalar') return `a ${placed.kind}`
  if (placed.value === null) return 'nothing'
  return typeof placed.value === 'string' ? 'a text' : `a ${typeof placed.value}`
}
