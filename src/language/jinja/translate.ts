// Reads an expression of Jinja, or one that mixes Jinja with CEL, and writes it in CEL.
import { factInCel, isFactPath, isThere, withOurValues } from './ansibleFacts.ts'
import { celNameOf, FIELDS, FUNCTIONS, METHODS, NAMES } from './ansibleNames.ts'
import { atom, binary, BINDING, call, type CelText, choose, literal, method, not, within } from './celText.ts'
import { applyFilter, type Arguments } from './filters.ts'
import { applyTest } from './jinjaTests.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Something that is Jinja's or Python's, where it was written. */
export interface Habit {
  readonly offset: number
  readonly length: number
  readonly message: string
}

export interface Translation {
  /** The first habit of the text. */
  readonly habit?: Habit
  /** The whole in CEL; undefined when part of it has no counterpart. Whether it compiles is another question. */
  readonly cel?: string
}

/** Thrown inside this file only: the text is neither Jinja nor CEL, or has no counterpart. */
class NoTranslation extends Error {}

/** `known`: whether a variable of that name exists, which then means itself. */
export function translate(text: string, known: (name: string) => boolean): Translation {
  const tokens = tokensOf(text)
  if (!tokens) return {}
  const reader = new Reader(tokens, known)
  let cel: string | undefined
  try {
    cel = reader.whole()
  } catch (error) {
    if (!(error instanceof NoTranslation)) throw error
  }
  const [habit] = reader.habits.toSorted((a, b) => a.offset - b.offset)
  return { ...(habit && { habit }), ...(cel !== undefined && { cel }) }
}

const RELATIONS = new Set(['==', '!=', '<', '>', '<=', '>='])

class Reader {
  readonly habits: Habit[] = []
  readonly #tokens: readonly Token[]
  readonly #known: (name: string) => boolean
  #at = 0

  constructor(tokens: readonly Token[], known: (name: string) => boolean) {
    this.#tokens = tokens
    this.#known = known
  }

  whole(): string {
    const value = this.#conditional()
    if (this.#next.kind !== 'end') throw new NoTranslation()
    return value.text
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token
  }

  #take(text: string): Token | undefined {
    const token = this.#next
    if (token.text !== text || token.kind === 'string') return undefined
    this.#at++
    return token
  }

  #need(text: string): void {
    if (!this.#take(text)) throw new NoTranslation()
  }

  #habit(from: Token, message: string, end = from.start + from.text.length): void {
    this.habits.push({ offset: from.start, length: Math.max(1, end - from.start), message })
  }

  #conditional(): CelText {
    const value = this.#or()
    if (this.#take('?')) {
      const yes = this.#conditional()
      this.#need(':')
      return choose(value, yes, this.#conditional())
    }
    const word = this.#take('if')
    if (!word) return value
    this.#habit(word, "'a if b else c' is Python; expressions are CEL")
    const condition = this.#or()
    return choose(condition, value, this.#take('else') ? this.#conditional() : atom("''"))
  }

  #or(): CelText {
    let left = this.#and()
    for (;;) {
      const word = this.#take('or')
      if (word) this.#habit(word, "'or' is Jinja; expressions are CEL")
      if (!word && !this.#take('||')) return left
      left = binary(left, '||', this.#and(), BINDING.or)
    }
  }

  #and(): CelText {
    let left = this.#not()
    for (;;) {
      const word = this.#take('and')
      if (word) this.#habit(word, "'and' is Jinja; expressions are CEL")
      if (!word && !this.#take('&&')) return left
      left = binary(left, '&&', this.#not(), BINDING.and)
    }
  }

  #not(): CelText {
    const word = this.#take('not')
    if (!word) return this.#relation()
    this.#habit(word, "'not' is Jinja; expressions are CEL")
    return not(this.#not())
  }

  #relation(): CelText {
    let left = this.#sum()
    for (;;) {
      const token = this.#next
      if (token.kind === 'operator' && RELATIONS.has(token.text)) {
        this.#at++
        left = compare(left, token.text, this.#sum())
      } else if (this.#take('=')) {
        this.#habit(token, "'=' does not compare")
        left = binary(left, '==', this.#sum(), BINDING.relation)
      } else if (this.#take('in')) left = compare(left, 'in', this.#sum())
      else if (token.text === 'not' && this.#tokens[this.#at + 1]?.text === 'in') {
        this.#at += 2
        this.#habit(token, "'not in' is Jinja; expressions are CEL", (this.#tokens[this.#at - 1]?.start as number) + 2)
        left = not(compare(left, 'in', this.#sum()))
      } else return left
    }
  }

  #sum(): CelText {
    let left = this.#product()
    for (;;) {
      const token = this.#next
      if (this.#take('+') || this.#take('-')) left = binary(left, token.text, this.#product(), BINDING.sum)
      else if (this.#take('~')) {
        this.#habit(token, "'~' is Jinja; expressions are CEL")
        left = binary(left, '+', this.#product(), BINDING.sum)
      } else return left
    }
  }

  #product(): CelText {
    let left = this.#unary()
    for (;;) {
      const token = this.#next
      if (this.#take('*') || this.#take('/') || this.#take('%'))
        left = binary(left, token.text, this.#unary(), BINDING.product)
      else if (this.#take('//')) {
        this.#habit(token, "'//' is Python; in CEL it begins a comment")
        left = binary(left, '/', this.#unary(), BINDING.product)
      } else if (this.#take('**')) {
        this.#habit(token, "CEL has no '**'")
        throw new NoTranslation()
      } else return left
    }
  }

  #unary(): CelText {
    if (this.#take('!')) return not(this.#unary())
    if (this.#take('-')) return { text: `-${within(this.#unary(), BINDING.unary)}`, binding: BINDING.unary }
    return this.#postfix()
  }

  #postfix(): CelText {
    let value = this.#primary()
    for (;;) {
      const token = this.#next
      if (this.#take('.')) value = this.#member(value)
      else if (this.#take('.?')) {
        value = atom(`${within(value, BINDING.access)}.?${this.#word().text}`)
      } else if (this.#take('[') || this.#take('[?')) value = this.#subscript(value, token)
      else if (this.#take('|')) value = this.#filter(value, token)
      else if (this.#take('is')) value = this.#test(value, token)
      else return value
    }
  }

  #word(): Token {
    const token = this.#next
    if (token.kind !== 'name' && token.kind !== 'number') throw new NoTranslation()
    this.#at++
    return token
  }

  #member(owner: CelText): CelText {
    const word = this.#word()
    if (this.#next.text === '(' && this.#take('(')) {
      const { positional, named } = this.#arguments()
      if (named.size > 0) throw new NoTranslation()
      return this.#method(owner, word, positional)
    }
    const fact = this.#fact(owner, word.text)
    if (fact) return fact
    const field = Object.hasOwn(FIELDS, word.text) ? FIELDS[word.text] : undefined
    if (field !== undefined) this.#habit(word, `'${word.text}' is Ansible's name`)
    const key = field ?? word.text
    const base = within(owner, BINDING.access)
    return { text: `${base}.${key}`, binding: BINDING.access, path: { owner: base, key } }
  }

  /** Of Ansible's; or something below which there are some. */
  #fact(owner: CelText, key: string): CelText | undefined {
    if (!isFactPath(owner.text) || this.#known(owner.text)) return undefined
    const path = `${owner.text}.${key}`
    return factInCel(path) ?? (isFactPath(path) ? atom(path) : undefined)
  }

  #method(owner: CelText, word: Token, args: readonly CelText[]): CelText {
    if (word.text === 'get' && args[0]) {
      const key = literal(args[0])
      const base = within(owner, BINDING.access)
      const field = key !== undefined && /^[A-Za-z_]\w*$/.test(key) ? `.?${key}` : `[?${args[0].text}]`
      return method(atom(`${base}${field}`), 'orValue', args[1] ?? atom('null'))
    }
    if (word.text === 'join' && literal(owner) !== undefined && args[0]) return method(args[0], 'join', owner)
    if (word.text === 'split' && args.length === 0) return method(method(owner, 'trim'), 'split', atom("' '"))
    return method(owner, Object.hasOwn(METHODS, word.text) ? (METHODS[word.text] ?? '') : word.text, ...args)
  }

  #subscript(owner: CelText, open: Token): CelText {
    const base = within(owner, BINDING.access)
    if (this.#next.text === ':') {
      this.#habit(open, 'slices are Python; expressions are CEL')
      throw new NoTranslation()
    }
    const key = this.#conditional()
    if (this.#next.text === ':') {
      this.#habit(open, 'slices are Python; expressions are CEL')
      throw new NoTranslation()
    }
    this.#need(']')
    if (open.text === '[?') return atom(`${base}[?${key.text}]`)
    const named = literal(key)
    const fact = named === undefined ? undefined : this.#fact(owner, named)
    if (fact) return fact
    if (key.text === '-1') return method(owner, 'last')
    return { text: `${base}[${key.text}]`, binding: BINDING.access, path: { owner: base, key: key.text } }
  }

  #filter(subject: CelText, pipe: Token): CelText {
    const word = this.#word()
    let name = word.text
    while (this.#take('.')) name = this.#word().text
    const args = this.#take('(') ? this.#arguments() : { positional: [], named: new Map<string, CelText>() }
    this.#habit(pipe, `'| ${name}' is a Jinja filter; CEL has functions`, word.start + word.text.length)
    const value = applyFilter(name, subject, args)
    if (!value) throw new NoTranslation()
    return value
  }

  #test(subject: CelText, is: Token): CelText {
    const negate = this.#take('not') !== undefined
    const word = this.#word()
    let name = word.text
    let last = word
    while (this.#take('.')) {
      last = this.#word()
      name = last.text
    }
    const bare = ['string', 'number', 'name'].includes(this.#next.kind) && !isKeyword(this.#next.text)
    const args = this.#take('(') ? this.#arguments().positional : bare ? [this.#postfix()] : []
    const message = `'is ${negate ? 'not ' : ''}${name}' is Jinja; expressions are CEL`
    this.#habit(is, message, last.start + last.text.length)
    const value = applyTest(name, subject, args)
    if (!value) throw new NoTranslation()
    return negate ? (value.text.startsWith('!') ? atom(value.text.slice(1)) : not(value)) : value
  }

  #arguments(): Arguments {
    const positional: CelText[] = []
    const named = new Map<string, CelText>()
    while (!this.#take(')')) {
      const name = this.#next
      if (name.kind === 'name' && this.#tokens[this.#at + 1]?.text === '=') {
        this.#at += 2
        named.set(name.text, this.#conditional())
      } else positional.push(this.#conditional())
      if (!this.#take(',') && this.#next.text !== ')') throw new NoTranslation()
    }
    return { positional, named }
  }

  #primary(): CelText {
    const token = this.#next
    this.#at++
    if (token.kind === 'string' || token.kind === 'number') return atom(token.text)
    if (token.kind === 'name') return this.#name(token)
    if (token.text === '(') {
      const value = this.#conditional()
      this.#need(')')
      return value
    }
    if (token.text === '[') return this.#items(']', () => this.#conditional().text, '[', ']')
    if (token.text === '{')
      return this.#items(
        '}',
        () => {
          const key = this.#conditional().text
          this.#need(':')
          return `${key}: ${this.#conditional().text}`
        },
        '{',
        '}',
      )
    throw new NoTranslation()
  }

  #items(end: string, item: () => string, open: string, close: string): CelText {
    const items: string[] = []
    while (!this.#take(end)) {
      items.push(item())
      if (!this.#take(',') && this.#next.text !== end) throw new NoTranslation()
    }
    return atom(`${open}${items.join(', ')}${close}`)
  }

  #name(token: Token): CelText {
    const { text } = token
    if (this.#next.text === '(' && this.#take('(')) {
      if (/^(lookup|query|q)$/.test(text)) {
        this.#habit(token, 'lookups are not supported')
        throw new NoTranslation()
      }
      const { positional, named } = this.#arguments()
      if (named.size > 0) throw new NoTranslation()
      if (text === 'list' && positional[0]) return positional[0]
      return call(Object.hasOwn(FUNCTIONS, text) ? (FUNCTIONS[text] ?? text) : text, ...positional)
    }
    if (this.#known(text)) return { text, binding: BINDING.access, path: { key: text } }
    if (Object.hasOwn(NAMES, text)) {
      this.#habit(token, `'${text}' is Python; expressions are CEL`)
      return atom(NAMES[text] ?? text)
    }
    const renamed = celNameOf(text)
    if (renamed !== undefined) return atom(renamed)
    const fact = factInCel(text)
    if (fact) return fact
    if (isKeyword(text)) throw new NoTranslation()
    return { text, binding: BINDING.access, path: { key: text } }
  }
}

const compare = (left: CelText, operator: string, right: CelText): CelText =>
  (operator === 'in' && isThere(left, right)) ||
  binary(withOurValues(right, left), operator, withOurValues(left, right), BINDING.relation)

const isKeyword = (text: string): boolean => /^(and|or|not|if|else|is|in)$/.test(text)
