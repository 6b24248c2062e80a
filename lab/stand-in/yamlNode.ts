/** Reads YAML values as yaml-cpp converts them: by the text of the scalar, with an exception for a wrong type. */
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'

/** What yaml-cpp throws and CraneSched's daemons do not catch: the process aborts. */
export class YamlAbort extends Error {}

const trueWords = /^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/
const falseWords = /^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/

export class YamlNode {
  readonly #node: unknown
  constructor(node: unknown) {
    this.#node = node
  }

  static parse(text: string): YamlNode {
    const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false })
    const [mistake] = document.errors
    if (mistake) {
      const at = mistake.linePos?.[0]
      const what = mistake.message.split('\n')[0]?.replace(/ at line .*$/, '')
      throw new YamlAbort(`yaml-cpp: error at line ${at?.line ?? 0}, column ${at?.col ?? 0}: ${what}`)
    }
    return new YamlNode(resolveAlias(document.contents, document))

    function resolveAlias(node: unknown, from: typeof document): unknown {
      return isAlias(node) ? node.resolve(from) : node
    }
  }

  get(key: string): YamlNode {
    return new YamlNode(
      isMap(this.#node) ? (this.#node as { get(key: string, keep: true): unknown }).get(key, true) : undefined,
    )
  }

  /** Whether the key is written at all, even with an empty value. */
  get defined(): boolean {
    return this.#node !== undefined && this.#node !== null
  }

  get isNull(): boolean {
    return isScalar(this.#node) && this.#node.type === 'PLAIN' && ['', '~', 'null'].includes(this.#node.source ?? '')
  }

  get isSequence(): boolean {
    return isSeq(this.#node)
  }

  items(): YamlNode[] {
    return isSeq(this.#node) ? this.#node.items.map((item) => new YamlNode(item)) : []
  }

  text(fallback?: string): string {
    if (!this.defined && fallback !== undefined) return fallback
    if (this.isNull) return 'null'
    if (!isScalar(this.#node)) throw this.#bad()
    return String(this.#node.value)
  }

  flag(fallback?: boolean): boolean {
    if (!this.defined && fallback !== undefined) return fallback
    const word = isScalar(this.#node) ? String(this.#node.value) : ''
    if (trueWords.test(word)) return true
    if (falseWords.test(word)) return false
    throw this.#bad()
  }

  number(fallback?: number): number {
    if (!this.defined && fallback !== undefined) return fallback
    const word = isScalar(this.#node) ? String(this.#node.value) : ''
    if (!/^-?\d+$/.test(word)) throw this.#bad()
    return Number(word)
  }

  /** The document without comments, blanks and quotes, but with the order of its keys: what the daemons compare. */
  dump(): string {
    return JSON.stringify((this.#node as Node | null)?.toJSON?.() ?? null)
  }

  #bad(): YamlAbort {
    return new YamlAbort('yaml-cpp: error: bad conversion')
  }
}
