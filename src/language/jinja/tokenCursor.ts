// Goes over the tokens of an expression, and keeps what in them is a habit of Jinja or Python.
import type { Token } from './tokens.ts'

/** Something that is Jinja's or Python's, where it was written. */
export interface Habit {
  readonly offset: number
  readonly length: number
  readonly message: string
}

/** The text is neither Jinja nor CEL, or has no counterpart. */
export class NoTranslation extends Error {}

export class TokenCursor {
  readonly habits: Habit[] = []
  readonly #tokens: readonly Token[]
  #at = 0

  /** The last one is the end. */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get next(): Token {
    return this.#tokens[this.#at] as Token
  }

  /** The one after the next. */
  get after(): Token {
    return this.#tokens[this.#at + 1] ?? this.next
  }

  skip(count = 1): void {
    this.#at += count
  }

  take(text: string): Token | undefined {
    const token = this.next
    if (token.text !== text || token.kind === 'string') return undefined
    this.#at++
    return token
  }

  need(text: string): void {
    if (!this.take(text)) throw new NoTranslation()
  }

  word(): Token {
    const token = this.next
    if (token.kind !== 'name' && token.kind !== 'number') throw new NoTranslation()
    this.#at++
    return token
  }

  habit(from: Token, message: string, end = from.start + from.text.length): void {
    this.habits.push({ offset: from.start, length: Math.max(1, end - from.start), message })
  }
}
