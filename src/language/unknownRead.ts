// Values that do not exist yet: how reading one differs from an error, deep inside an expression.
import { UNKNOWN } from '../model/computed.ts'

/**
 * Thrown where an expression needs a value that is `UNKNOWN`, and caught at the edge of this room. An Error, because
 * the evaluator of `&&` and `||` lets errors of one side be outdone by the other: `false && unknown` is false.
 */
export class UnknownRead extends Error {
  constructor(what: string) {
    super(what)
    this.name = 'UnknownRead'
  }
}

/** Thrown again and again: hosts by the thousand ask for what is not known, and a stack trace each would be the cost. */
export const NOT_KNOWN = new UnknownRead('a value that is not known yet')

/**
 * Stands for an unknown value among the expression language's own: whatever looks at its type throws, whatever only
 * hands it on does not.
 */
export const UNKNOWN_VALUE: object = Object.defineProperty(Object.create(null), 'constructor', {
  get() {
    throw NOT_KNOWN
  },
})

/** Fields of a record are converted when they are read: an unknown one troubles only who reads it. */
export class LazyRecord extends Map<string, unknown> {
  readonly raw: Readonly<Record<string, unknown>>
  readonly #convert: (value: unknown, field: string) => unknown

  constructor(raw: Readonly<Record<string, unknown>>, convert: (value: unknown, field: string) => unknown) {
    super()
    this.raw = raw
    this.#convert = convert
  }

  override get(field: string): unknown {
    const value = this.raw[field]
    if (value === undefined) return undefined
    if (value === UNKNOWN) return UNKNOWN_VALUE
    return this.#convert(value, field)
  }
}
