// Parts of INI lines: words with quotes as a shell reads them, and values with the types that users expect.
import type { Json } from '../../model/inventory.ts'
import { WrittenNumber } from '../../model/writtenNumber.ts'
import { isTextVariable } from '../variables/knownVariables.ts'

export interface Word {
  readonly text: string
  /** Position and length in the line, quotes included. */
  readonly offset: number
  readonly length: number
  /** In `key=value`: whether the value, or a part of it, is quoted. */
  readonly quotedValue: boolean
}

/**
 * Splits a line at blanks; quotes and backslashes as in a POSIX shell. A `#` at the beginning of a word starts a comment
 * (Ansible also cuts `secret#1` at the `#`, which nobody intends). `unclosed` is the offset of a quote without its partner.
 */
export function splitWords(line: string): { readonly words: readonly Word[]; readonly unclosed?: number } {
  const words: Word[] = []
  let i = 0
  while (true) {
    while (line[i] === ' ' || line[i] === '\t') i++
    if (i >= line.length || line[i] === '#') return { words }
    const offset = i
    let text = ''
    let quotedValue = false
    while (i < line.length && line[i] !== ' ' && line[i] !== '\t') {
      const char = line.charAt(i)
      if (char === '\\') {
        text += line[i + 1] ?? ''
        i += 2
      } else if (char === "'" || char === '"') {
        if (text.includes('=')) quotedValue = true
        const close = closingQuote(line, i)
        if (close < 0) return { words, unclosed: i }
        const inside = line.slice(i + 1, close)
        text += char === '"' ? inside.replace(/\\(["\\])/g, '$1') : inside
        i = close + 1
      } else {
        text += char
        i++
      }
    }
    words.push({ text, offset, length: Math.min(i, line.length) - offset, quotedValue })
  }
}

function closingQuote(line: string, open: number): number {
  const quote = line[open]
  for (let i = open + 1; i < line.length; i++) {
    if (line[i] === quote) return i
    if (line[i] === '\\' && quote === '"') i++
  }
  return -1
}

export type IniValue =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint: string }

/** The right side of `key = value` in a `:vars` section, blanks around it cut off. */
export function readSectionValue(name: string, raw: string): IniValue {
  const quoted = /^(?:'([^']*)'|"((?:[^"\\]|\\.)*)")\s*(?:#.*)?$/.exec(raw)
  if (quoted) return { ok: true, value: quoted[1] ?? (quoted[2] ?? '').replace(/\\(["\\])/g, '$1') }
  const comment = raw.search(/\s#/)
  if (comment >= 0) {
    const value = raw.slice(0, comment).trimEnd()
    // Ansible drops the comment after a number and keeps it in a string. Only unambiguous values are accepted.
    if (typeof plainValue(value) !== 'string') return { ok: true, value: plainValue(value) }
    return {
      ok: false,
      code: 'ini-comment',
      message: 'cannot decide whether # begins a comment or belongs to the value',
      hint: 'quote the value, or put the comment on its own line',
    }
  }
  return readPlainValue(name, raw)
}

/** A value without quotes: whole and decimal numbers, true and false have their type; `007` is a string; JSON is parsed. */
export function readPlainValue(name: string, raw: string): IniValue {
  if (isTextVariable(name)) return { ok: true, value: raw }
  if (/^(\[.*\]|\{.*\})$/.test(raw) && !raw.startsWith('{{')) {
    try {
      return { ok: true, value: JSON.parse(raw) as Json }
    } catch {
      if (/["']/.test(raw)) {
        return {
          ok: false,
          code: 'ini-literal',
          message: `the value of '${name}' looks like a Python list or map, and is not JSON`,
          hint: 'write it as JSON, or as YAML in group_vars/ or host_vars/',
        }
      }
    }
  }
  return { ok: true, value: plainValue(raw) }
}

function plainValue(raw: string): boolean | number | string {
  if (raw === 'true' || raw === 'True') return true
  if (raw === 'false' || raw === 'False') return false
  if (/^[+-]?(0|[1-9]\d*)$/.test(raw) && Number.isSafeInteger(Number(raw))) return Number(raw)
  if (/^[+-]?\d+\.\d+([eE][+-]?\d+)?$/.test(raw)) return WrittenNumber.from(raw)
  return raw
}
