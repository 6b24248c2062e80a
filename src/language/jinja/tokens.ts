// Splits an expression into the tokens that Jinja and CEL share; an unknown one stops the translation.
import { endOfQuotes } from '../splitTemplate.ts'

export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'operator' | 'end'
  readonly text: string
  readonly start: number
}

const OPERATOR = /^(?:\/\/|\*\*|==|!=|<=|>=|&&|\|\||\.\?|\[\?|[-+*/%<>=!?:.,()[\]{}|~])/

/** Undefined when a string is not closed or a character belongs to neither language. */
export function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = []
  for (let i = 0; i < text.length; ) {
    const rest = text.slice(i)
    const blank = /^\s+/.exec(rest)?.[0]
    if (blank) {
      i += blank.length
      continue
    }
    let found: Token | undefined
    if (rest[0] === '"' || rest[0] === "'") {
      const end = endOfQuotes(text, i)
      if (end < 0) return undefined
      found = { kind: 'string', text: text.slice(i, end + 1), start: i }
    } else {
      const number = /^\d+(?:\.\d+)?/.exec(rest)?.[0]
      const name = /^[A-Za-z_]\w*/.exec(rest)?.[0]
      const operator = OPERATOR.exec(rest)?.[0]
      if (number) found = { kind: 'number', text: number, start: i }
      else if (name) found = { kind: 'name', text: name, start: i }
      else if (operator) found = { kind: 'operator', text: operator, start: i }
    }
    if (!found) return undefined
    tokens.push(found)
    i = found.start + found.text.length
  }
  tokens.push({ kind: 'end', text: '', start: text.length })
  return tokens
}
