// Reads an expression of Jinja, or one that mixes Jinja with CEL, and writes it in CEL.
import { factInCel, isFactPath } from './ansibleFacts.ts'
import { celNameOf, FIELDS, FUNCTIONS, METHODS, NAMES } from './ansibleNames.ts'
import { atom, BINDING, call, type CelText, literal, method, not, text, within } from './celText.ts'
import { applyFilter, type Arguments } from './filters.ts'
import { applyTest } from './jinjaTests.ts'
import { Operators } from './operators.ts'
import { type Habit, NoTranslation, TokenCursor } from './tokenCursor.ts'
import { type Token, tokensOf } from './tokens.ts'

export interface Translation {
  /** The first habit of the text. */
  readonly habit?: Habit
  /** The whole in CEL; undefined when part of it has no counterpart. Whether it compiles is another question. */
  readonly cel?: string
}

/** `known`: whether a variable of that name exists, which then means itself. */
export function translate(text: string, known: (name: string) => boolean): Translation {
  const tokens = tokensOf(text)
  if (!tokens) return {}
  const cursor = new TokenCursor(tokens)
  let cel: string | undefined
  try {
    cel = new Reader(cursor, known).whole()
  } catch (error) {
    if (!(error instanceof NoTranslation)) throw error
  }
  const [habit] = cursor.habits.toSorted((a, b) => a.offset - b.offset)
  return { ...(habit && { habit }), ...(cel !== undefined && { cel }) }
}

/** What stands between operators: names, values, calls, and what follows them. */
class Reader {
  readonly #cursor: TokenCursor
  readonly #operators: Operators
  readonly #known: (name: string) => boolean

  constructor(cursor: TokenCursor, known: (name: string) => boolean) {
    this.#cursor = cursor
    this.#operators = new Operators(cursor, () => this.#postfix())
    this.#known = known
  }

  whole(): string {
    const value = this.#operators.conditional()
    if (this.#cursor.next.kind !== 'end') throw new NoTranslation()
    return value.text
  }

  #postfix(): CelText {
    let value = this.#primary()
    for (;;) {
      const token = this.#cursor.next
      if (this.#cursor.take('.')) value = this.#member(value)
      else if (this.#cursor.take('.?')) {
        value = atom(`${within(value, BINDING.access)}.?${this.#cursor.word().text}`)
      } else if (this.#cursor.take('[') || this.#cursor.take('[?')) value = this.#subscript(value, token)
      else if (this.#cursor.take('|')) value = this.#filter(value, token)
      else if (this.#cursor.take('is')) value = this.#test(value, token)
      else return value
    }
  }

  #member(owner: CelText): CelText {
    const word = this.#cursor.word()
    if (word.kind === 'number') {
      this.#cursor.habit(word, 'an index after a dot is Jinja; expressions are CEL')
      return atom(`${within(owner, BINDING.access)}[${word.text.replace('.', '][')}]`)
    }
    if (this.#cursor.next.text === '(' && this.#cursor.take('(')) {
      const { positional, named } = this.#arguments()
      if (named.size > 0) throw new NoTranslation()
      return this.#method(owner, word, positional)
    }
    const fact = this.#fact(owner, word.text)
    if (fact) return fact
    const renamed = celNameOf(`${owner.text}.${word.text}`)
    if (renamed !== undefined) return atom(renamed)
    const field = Object.hasOwn(FIELDS, word.text) ? FIELDS[word.text] : undefined
    if (field !== undefined) this.#cursor.habit(word, `'${word.text}' is Ansible's name`)
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
    if (this.#cursor.next.text === ':') {
      this.#cursor.habit(open, 'slices are Python; expressions are CEL')
      throw new NoTranslation()
    }
    const key = this.#operators.conditional()
    if (this.#cursor.next.text === ':') {
      this.#cursor.habit(open, 'slices are Python; expressions are CEL')
      throw new NoTranslation()
    }
    this.#cursor.need(']')
    if (open.text === '[?') return atom(`${base}[?${key.text}]`)
    const named = literal(key)
    const fact = named === undefined ? undefined : this.#fact(owner, named)
    if (fact) return fact
    if (key.text === '-1') return method(owner, 'last')
    if (/^-\d+$/.test(key.text)) return atom(`${base}[size(${owner.text}) - ${key.text.slice(1)}]`)
    return { text: `${base}[${key.text}]`, binding: BINDING.access, path: { owner: base, key: key.text } }
  }

  #filter(subject: CelText, pipe: Token): CelText {
    const word = this.#cursor.word()
    let name = word.text
    while (this.#cursor.take('.')) name = this.#cursor.word().text
    const args = this.#cursor.take('(') ? this.#arguments() : { positional: [], named: new Map<string, CelText>() }
    this.#cursor.habit(pipe, `'| ${name}' is a Jinja filter; CEL has functions`, word.start + word.text.length)
    const value = applyFilter(name, subject, args)
    if (!value) throw new NoTranslation()
    return value
  }

  #test(subject: CelText, is: Token): CelText {
    const negate = this.#cursor.take('not') !== undefined
    const word = this.#cursor.word()
    let name = word.text
    let last = word
    while (this.#cursor.take('.')) {
      last = this.#cursor.word()
      name = last.text
    }
    const bare = ['string', 'number', 'name'].includes(this.#cursor.next.kind) && !isKeyword(this.#cursor.next.text)
    const args = this.#cursor.take('(') ? this.#arguments().positional : bare ? [this.#postfix()] : []
    const message = `'is ${negate ? 'not ' : ''}${name}' is Jinja; expressions are CEL`
    this.#cursor.habit(is, message, last.start + last.text.length)
    const value = applyTest(name, subject, args)
    if (!value) throw new NoTranslation()
    return negate ? (value.text.startsWith('!') ? atom(value.text.slice(1)) : not(value)) : value
  }

  #arguments(): Arguments {
    const positional: CelText[] = []
    const named = new Map<string, CelText>()
    while (!this.#cursor.take(')')) {
      const name = this.#cursor.next
      if (name.kind === 'name' && this.#cursor.after.text === '=') {
        this.#cursor.skip(2)
        named.set(name.text, this.#operators.conditional())
      } else positional.push(this.#operators.conditional())
      if (!this.#cursor.take(',') && this.#cursor.next.text !== ')') throw new NoTranslation()
    }
    return { positional, named }
  }

  #primary(): CelText {
    const token = this.#cursor.next
    this.#cursor.skip()
    if (token.kind === 'string') return text(token.text)
    if (token.kind === 'number') return atom(token.text)
    if (token.kind === 'name') return this.#name(token)
    if (token.text === '(') {
      const value = this.#operators.conditional()
      this.#cursor.need(')')
      return value
    }
    if (token.text === '[') return this.#items(']', () => this.#operators.conditional().text, '[', ']')
    if (token.text === '{')
      return this.#items(
        '}',
        () => {
          const key = this.#operators.conditional().text
          this.#cursor.need(':')
          return `${key}: ${this.#operators.conditional().text}`
        },
        '{',
        '}',
      )
    throw new NoTranslation()
  }

  #items(end: string, item: () => string, open: string, close: string): CelText {
    const items: string[] = []
    while (!this.#cursor.take(end)) {
      items.push(item())
      if (!this.#cursor.take(',') && this.#cursor.next.text !== end) throw new NoTranslation()
    }
    return atom(`${open}${items.join(', ')}${close}`)
  }

  #name(token: Token): CelText {
    const { text } = token
    if (this.#cursor.next.text === '(' && this.#cursor.take('(')) {
      if (/^(lookup|query|q)$/.test(text)) {
        this.#cursor.habit(token, 'lookups are not supported')
        throw new NoTranslation()
      }
      const { positional, named } = this.#arguments()
      if (named.size > 0) throw new NoTranslation()
      if (text === 'list' && positional[0]) return positional[0]
      return call(Object.hasOwn(FUNCTIONS, text) ? (FUNCTIONS[text] ?? text) : text, ...positional)
    }
    if (this.#known(text)) return { text, binding: BINDING.access, path: { key: text } }
    if (Object.hasOwn(NAMES, text)) {
      this.#cursor.habit(token, `'${text}' is Python; expressions are CEL`)
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

const isKeyword = (text: string): boolean => /^(and|or|not|if|else|is|in)$/.test(text)
