// Finds the `{{ … }}` of a text, minding that an expression may hold quoted braces and maps.

export interface TemplatePart {
  /** An expression, or text as it stands. */
  readonly kind: 'text' | 'expression'
  readonly text: string
  /** Of `text` in the whole. */
  readonly offset: number
}

export interface TemplateProblem {
  readonly message: string
  readonly offset: number
  readonly length: number
  readonly hint: string
}

export const LITERAL_BRACES = `for literal braces write {{ "{{" }}`

export function splitTemplate(text: string): readonly TemplatePart[] | TemplateProblem {
  const parts: TemplatePart[] = []
  let from = 0
  for (let open = text.indexOf('{{'); open >= 0; open = text.indexOf('{{', from)) {
    if (open > from) parts.push({ kind: 'text', text: text.slice(from, open), offset: from })
    const close = endOfExpression(text, open + 2)
    if (close < 0)
      return {
        message: "this '{{' is never closed",
        offset: open,
        length: 2,
        hint: `close it with }}; ${LITERAL_BRACES}`,
      }
    parts.push({ kind: 'expression', text: text.slice(open + 2, close), offset: open + 2 })
    from = close + 2
  }
  const block = /\{%[-+]?\s*(\w+)|\{#/.exec(parts.reduce((rest, part) => blank(rest, part), text))
  if (block && (block[1] === undefined || STATEMENTS.has(block[1])))
    return {
      message: block[1] === undefined ? "'{# … #}' is Jinja syntax" : "'{% … %}' is Jinja syntax",
      offset: block.index,
      length: block[0].length,
      hint:
        STATEMENT_HINTS[block[1] ?? 'comment'] ??
        "use {{ condition ? a : b }}, {{ list.map(x, …).join('\\n') }}, or 'when' and 'loop'",
    }
  if (from < text.length || parts.length === 0) parts.push({ kind: 'text', text: text.slice(from), offset: from })
  return parts
}

const STATEMENTS = new Set(
  (
    'if elif else endif for endfor set endset raw endraw include import from macro endmacro call endcall filter endfilter ' +
    'block endblock extends with endwith autoescape endautoescape do break continue trans endtrans debug'
  ).split(' '),
)

const STATEMENT_HINTS: Readonly<Record<string, string>> = {
  comment: "write the comment in YAML, after '#'",
  with: "set the variable in the task's 'vars'",
  set: "set the variable in the task's 'vars'",
  debug: "delete it; a task with 'print' shows a value",
  include: "put the text into a template, and name that with 'template' of writeFile",
}

/** The text with an expression hidden, so that nothing is looked for in it. */
const blank = (text: string, { kind, text: inner, offset }: TemplatePart): string =>
  kind === 'text' ? text : text.slice(0, offset) + ' '.repeat(inner.length) + text.slice(offset + inner.length)

/** The offset of the `}}` that closes, or -1. */
export function endOfExpression(text: string, from: number): number {
  let depth = 0
  for (let i = from; i < text.length; i++) {
    const char = text[i]
    if (char === '"' || char === "'") {
      const end = endOfQuotes(text, i)
      if (end < 0) return -1
      i = end
    } else if (char === '{') depth++
    else if (char === '}') {
      if (depth > 0) depth--
      else if (text[i + 1] === '}') return i
    }
  }
  return -1
}

/** The offset of the closing quote of the string that begins at `from`, or -1. */
export function endOfQuotes(text: string, from: number): number {
  const quote = text[from]
  const raw = /[rR]/.test(text[from - 1] ?? '') && !/\w/.test(text[from - 2] ?? '')
  for (let i = from + 1; i < text.length; i++) {
    if (text[i] === '\\' && !raw) i++
    else if (text[i] === quote) return i
  }
  return -1
}
