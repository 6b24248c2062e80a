// A decimal of an inventory or of a variable that keeps its digits: `2.0` is the number 2 in arithmetic and `2.0` inside a string.
import type { Json } from './inventory.ts'

export class WrittenNumber extends Number {
  readonly text: string

  private constructor(text: string) {
    super(text)
    this.text = text
    Object.freeze(this)
  }

  /** A plain number where its digits are those that JavaScript would print. Typed as a number, which JSON makes of it. */
  static from(text: string): number {
    const value = Number(text)
    const keeps = /^[+-]?\d+\.\d+$/.test(text) && String(value) !== text
    return keeps ? (new WrittenNumber(text) as unknown as number) : value
  }

  override toString(): string {
    return this.text
  }
}

/** A plain number, or one that keeps its digits. */
export const isNumber = (value: unknown): boolean => typeof value === 'number' || value instanceof WrittenNumber

/** The same value with plain numbers; the same object where there are none but plain ones. */
export function withPlainNumbers(value: Json): Json {
  if ((value as unknown) instanceof WrittenNumber) return Number(value)
  if (typeof value !== 'object' || value === null) return value
  let same = true
  const plain = (inner: Json): Json => {
    const made = withPlainNumbers(inner)
    if (made !== inner) same = false
    return made
  }
  const copy = Array.isArray(value)
    ? value.map(plain)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
  return same ? value : copy
}
