// Cuts a template into text, expressions and statements, with the newline rules of Ansible's template module.
import { endOfExpression } from '../splitTemplate.ts'

export interface TemplatePiece {
  readonly kind: 'text' | 'expression' | 'statement'
  readonly text: string
  /** Of `text` in the whole. */
  readonly offset: number
}

export interface SplitProblem {
  readonly message: string
  readonly offset: number
}

const CLOSING = { '{{': '}}', '{%': '%}', '{#': '#}' } as const

/**
 * The line feed right after a statement or comment is dropped (`trim_blocks`), blanks in front of one stay. `-` inside a
 * brace drops all blanks and line feeds on that side, `+` keeps the line feed.
 */
export function splitBlocks(text: string): readonly TemplatePiece[] | SplitProblem {
  const pieces: TemplatePiece[] = []
  const push = (kind: TemplatePiece['kind'], part: string, offset: number) => {
    if (part !== '' || kind !== 'text') pieces.push({ kind, text: part, offset })
  }
  let from = 0
  for (;;) {
    const rest = /\{[{%#]/g
    rest.lastIndex = from
    const found = rest.exec(text)
    if (!found) break
    const open = found[0] as keyof typeof CLOSING
    const close = open === '{{' ? endOfExpression(text, found.index + 2) : text.indexOf(CLOSING[open], found.index + 2)
    if (close < 0) return { message: `this '${open}' is never closed`, offset: found.index }
    const left = text[found.index + 2] === '-'
    const before = text.slice(from, found.index)
    push('text', left ? before.trimEnd() : before, from)
    const marked = open !== '{#' && /[-+]/.test(text[found.index + 2] ?? '') && (open === '{%' || left) ? 1 : 0
    const end = text[close - 1] ?? ''
    const right = end === '-' && close - 1 > found.index + 2
    const inner = text.slice(found.index + 2 + marked, close - (right || (open === '{%' && end === '+') ? 1 : 0))
    from = close + 2
    if (right) from += /^\s*/.exec(text.slice(from))?.[0].length ?? 0
    else if (open !== '{{' && end !== '+' && text[from] === '\n') from++
    if (open === '{#') continue
    if (open === '{%' && inner.trim() === 'raw') {
      const stop = /\{%[-+]?\s*endraw\s*[-+]?%\}\n?/g
      stop.lastIndex = from
      const ended = stop.exec(text)
      if (!ended) return { message: "'raw' has no 'endraw'", offset: found.index }
      push('text', text.slice(from, ended.index), from)
      from = ended.index + ended[0].length
      continue
    }
    push(open === '{{' ? 'expression' : 'statement', inner, found.index + 2 + marked)
  }
  push('text', text.slice(from), from)
  return pieces
}
