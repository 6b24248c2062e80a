// Does what a hint says, to the text that it is about: so that a test can see whether it was true.
import type { Diagnostic } from '../../src/model/diagnostic.ts'

const EDITS: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/^did you mean '([^']+)'\?/, (word) => word],
  [/^write (true|false)(?:$|, or )/, (word) => word],
  [/(?:^|: )write '([^']+)'(?: in quotes\b.*)?$/, (word) => `'${word}'`],
  [/^(?:leave the quotes out|without quotes): (.+)$/, (word) => word],
  [/^put it in quotes: '(.+)'$/, (word) => `'${word}'`],
  [/^put it in double quotes$/, (_all, written) => `"${(written ?? '').replace(/^'|'$/g, '')}"`],
]

/** Mistakes in an expression: `write x.quote()` gives the whole of it. */
const IN_EXPRESSIONS = new Set([
  'braces-in-condition',
  'jinja-habit',
  'type-mismatch',
  'unknown-function',
  'unquoted-word',
])

/** The line with another expression where one stands around the column: between braces, or as a condition. */
function withExpression(line: string, column: number, expression: string): string | undefined {
  const open = line.lastIndexOf('{{', column)
  const close = line.indexOf('}}', column)
  const condition = /^(\s*(?:- )?(?:when|until|changed_when|failed_when): ).*$/.exec(line)
  if (condition) return `${condition[1]}${JSON.stringify(expression)}`
  if (open < 0 || close < 0) return undefined
  return `${line.slice(0, open)}{{ ${expression} ${line.slice(close)}`
}

/** The text after the edit, if the hint says one that can be made where it points. */
export function applyHint(text: string, { at, hint, code }: Diagnostic): string | undefined {
  if (!at || hint === undefined) return undefined
  const lines = text.split('\n')
  const line = lines[at.line - 1]
  if (line === undefined || line.replace(/\r$/, '') !== at.text) return undefined
  if (/(^|: )delete this line$/.test(hint)) return withoutBlock(lines, at.line - 1)
  const expression = IN_EXPRESSIONS.has(code) ? /^write ([^…]+)$/.exec(hint)?.[1] : undefined
  if (expression !== undefined) {
    const edited = withExpression(line, at.column - 1, expression)
    return edited === undefined ? undefined : lines.with(at.line - 1, edited).join('\n')
  }
  for (const [pattern, written] of EDITS) {
    const found = pattern.exec(hint)
    if (!found) continue
    const start = at.column - 1
    const old = line.slice(start, start + at.length)
    lines[at.line - 1] = line.slice(0, start) + written(found[1] ?? '', old) + line.slice(start + at.length)
    return lines.join('\n')
  }
  return undefined
}

/** Without the line and those that belong to it; `- ` in front of its key goes to the next one. */
function withoutBlock(lines: string[], index: number): string | undefined {
  const line = lines[index] ?? ''
  if (/[{[]/.test(line)) return undefined
  const indent = line.search(/[^ -]/)
  let end = index + 1
  while (end < lines.length && (lines[end] ?? '').trim() !== '' && (lines[end] ?? '').search(/\S/) > indent) end++
  const dash = /^\s*- /.test(line)
  const next = lines[end]
  if (dash && (next === undefined || next.search(/\S/) !== indent)) return undefined
  const rest = dash
    ? [`${' '.repeat(indent - 2)}- ${(next ?? '').trimStart()}`, ...lines.slice(end + 1)]
    : lines.slice(end)
  return [...lines.slice(0, index), ...rest].join('\n')
}

/** What is said of the text after the hint was followed, if it can be: it must not be what was said before. */
export function untrueHints(
  text: string,
  found: readonly Diagnostic[],
  again: (text: string) => readonly Diagnostic[],
): readonly string[] {
  return found.flatMap((one) => {
    const followed = applyHint(text, one)
    if (followed === undefined) return []
    const after = again(followed)
    const known = new Set(found.map(({ code, message }) => `${code} ${message}`))
    // A word that was only guessed may lead to the next question.
    const guess = one.hint?.startsWith('did you mean') === true
    const same = after.filter(({ code, message }) =>
      guess ? code === one.code && message === one.message : !known.has(`${code} ${message}`),
    )
    const left = after.some(
      ({ code, message, at }) =>
        code === one.code && message === one.message && at?.line === one.at?.line && at?.column === one.at?.column,
    )
    const wrong = [...new Set([...same, ...(left ? [one] : [])])]
    return wrong.map(({ message }) => `after '${one.hint}' in ${JSON.stringify(one.at?.text)}: ${message}`)
  })
}
