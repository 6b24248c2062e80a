// The operators of Jinja and CEL, from the loosest to the tightest, written in CEL.
import { isThere, withOurValues } from './ansibleFacts.ts'
import { atom, binary, BINDING, call, type CelText, choose, not, within } from './celText.ts'
import { NoTranslation, type TokenCursor } from './tokenCursor.ts'

/** Jinja's `/` of two integers is not rounded. */
const asFraction = (divisor: CelText): CelText =>
  /^\d+$/.test(divisor.text)
    ? { ...divisor, text: `${divisor.text}.0` }
    : /^\d+\.\d+$/.test(divisor.text)
      ? divisor
      : call('double', divisor)

const RELATIONS = new Set(['==', '!=', '<', '>', '<=', '>='])

export class Operators {
  readonly #cursor: TokenCursor
  readonly #operand: () => CelText

  /** `operand` reads what stands between operators. */
  constructor(cursor: TokenCursor, operand: () => CelText) {
    this.#cursor = cursor
    this.#operand = operand
  }

  conditional(): CelText {
    const value = this.#or()
    if (this.#cursor.take('?')) {
      const yes = this.conditional()
      this.#cursor.need(':')
      return choose(value, yes, this.conditional())
    }
    const word = this.#cursor.take('if')
    if (!word) return value
    this.#cursor.habit(word, "'a if b else c' is Python; expressions are CEL")
    const condition = this.#or()
    return choose(condition, value, this.#cursor.take('else') ? this.conditional() : atom("''"))
  }

  #or(): CelText {
    let left = this.#and()
    for (;;) {
      const word = this.#cursor.take('or')
      if (word) this.#cursor.habit(word, "'or' is Jinja; expressions are CEL")
      if (!word && !this.#cursor.take('||')) return left
      left = binary(left, '||', this.#and(), BINDING.or)
    }
  }

  #and(): CelText {
    let left = this.#not()
    for (;;) {
      const word = this.#cursor.take('and')
      if (word) this.#cursor.habit(word, "'and' is Jinja; expressions are CEL")
      if (!word && !this.#cursor.take('&&')) return left
      left = binary(left, '&&', this.#not(), BINDING.and)
    }
  }

  #not(): CelText {
    const word = this.#cursor.take('not')
    if (!word) return this.#relation()
    this.#cursor.habit(word, "'not' is Jinja; expressions are CEL")
    return not(this.#not())
  }

  #relation(): CelText {
    let left = this.#sum()
    for (;;) {
      const token = this.#cursor.next
      if (token.kind === 'operator' && RELATIONS.has(token.text)) {
        this.#cursor.skip()
        left = compare(left, token.text, this.#sum())
      } else if (this.#cursor.take('=')) {
        this.#cursor.habit(token, "'=' does not compare")
        left = binary(left, '==', this.#sum(), BINDING.relation)
      } else if (this.#cursor.take('in')) left = compare(left, 'in', this.#sum())
      else if (token.text === 'not' && this.#cursor.after.text === 'in') {
        const { start } = this.#cursor.after
        this.#cursor.skip(2)
        this.#cursor.habit(token, "'not in' is Jinja; expressions are CEL", start + 2)
        left = not(compare(left, 'in', this.#sum()))
      } else return left
    }
  }

  #sum(): CelText {
    let left = this.#product()
    for (;;) {
      const token = this.#cursor.next
      if (this.#cursor.take('+') || this.#cursor.take('-'))
        left = binary(left, token.text, this.#product(), BINDING.sum)
      else if (this.#cursor.take('~')) {
        this.#cursor.habit(token, "'~' is Jinja; expressions are CEL")
        left = binary(left, '+', this.#product(), BINDING.sum)
      } else return left
    }
  }

  #product(): CelText {
    let left = this.#unary()
    for (;;) {
      const token = this.#cursor.next
      if (this.#cursor.take('/')) left = binary(left, '/', asFraction(this.#unary()), BINDING.product)
      else if (this.#cursor.take('*') || this.#cursor.take('%'))
        left = binary(left, token.text, this.#unary(), BINDING.product)
      else if (this.#cursor.take('//')) {
        this.#cursor.habit(token, "'//' is Python; in CEL it begins a comment")
        left = binary(left, '/', this.#unary(), BINDING.product)
      } else if (this.#cursor.take('**')) {
        this.#cursor.habit(token, "CEL has no '**'")
        throw new NoTranslation()
      } else return left
    }
  }

  #unary(): CelText {
    if (this.#cursor.take('!')) return not(this.#unary())
    if (this.#cursor.take('-')) return { text: `-${within(this.#unary(), BINDING.unary)}`, binding: BINDING.unary }
    return this.#operand()
  }
}

const compare = (left: CelText, operator: string, right: CelText): CelText =>
  (operator === 'in' && isThere(left, right)) ||
  binary(withOurValues(right, left), operator, withOurValues(left, right), BINDING.relation)
