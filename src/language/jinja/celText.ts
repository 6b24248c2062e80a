// Joins pieces of CEL source with only the parentheses that they need.

/** How tightly an expression binds: the operators of CEL from the loosest to the tightest. */
export const BINDING = { ternary: 0, or: 1, and: 2, relation: 3, sum: 4, product: 5, unary: 6, access: 7 } as const

export interface CelText {
  readonly text: string
  readonly binding: number
  /** Of `a.b` and `a['b']`: what is needed to ask whether it is there. A bare variable has no owner. */
  readonly path?: { readonly owner?: string; readonly key: string }
  /** Always there, and empty where what it stands for is not. */
  readonly empty?: true
}

export const atom = (text: string): CelText => ({ text, binding: BINDING.access })

export const within = ({ text, binding }: CelText, least: number): string => (binding < least ? `(${text})` : text)

export const binary = (left: CelText, operator: string, right: CelText, binding: number): CelText => ({
  text: `${within(left, binding)} ${operator} ${within(right, binding + 1)}`,
  binding,
})

export const not = (value: CelText): CelText => ({ text: `!${within(value, BINDING.unary)}`, binding: BINDING.unary })

export const choose = (condition: CelText, yes: CelText, no: CelText): CelText => ({
  text: `${within(condition, BINDING.or)} ? ${within(yes, BINDING.or)} : ${no.text}`,
  binding: BINDING.ternary,
})

export const call = (name: string, ...args: readonly CelText[]): CelText =>
  atom(`${name}(${args.map(({ text }) => text).join(', ')})`)

export const method = (subject: CelText, name: string, ...args: readonly CelText[]): CelText =>
  atom(`${within(subject, BINDING.access)}.${name}(${args.map(({ text }) => text).join(', ')})`)

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' }

/** A string literal of Jinja: a backslash before any other letter is itself there, and a mistake in CEL. */
export function text(written: string): CelText {
  const quote = written[0] ?? "'"
  const inside = written.slice(1, -1)
  if (![...inside.matchAll(/\\([\s\S])/g)].some(([, letter = '']) => !/[abfnrtvxuU\\'"`?]/.test(letter)))
    return atom(written)
  const meant = inside.replace(/\\([\s\S])/g, (whole, letter: string) => ESCAPES[letter] ?? whole)
  const raw = !meant.includes(quote) && !/[\n\r]|\\$/.test(meant)
  return atom(
    raw
      ? `r${quote}${meant}${quote}`
      : `'${meant.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}'`,
  )
}

/** The inside of a string literal without escapes; undefined for anything else. */
export const literal = (value: CelText | undefined): string | undefined => {
  const match = value && /^(['"])([^'"\\]*)\1$/.exec(value.text)
  return match?.[2]
}
