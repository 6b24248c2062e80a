// Diagnostics as one line each, and tables of cases that have one on each line.
import type { Checked, Diagnostic } from '../../src/model/diagnostic.ts'

/** `hosts:3:7+5 duplicate-host`, and `~` before a warning. */
export const codeOf = ({ severity, code, at }: Diagnostic): string =>
  `${severity === 'warning' ? '~' : ''}${at ? `${at.file}:${at.line}:${at.column}+${at.length} ` : ''}${code}`

/** `3:7+5 duplicate-host a is listed twice; keep one of them`: line, column and underlined length, code, message, hint. */
export const shown = (result: Checked<unknown>): string =>
  diagnosticsOf(result)
    .map(({ severity, code, at, message, hint }) => {
      const place = at ? `${at.line}:${at.column}+${at.length} ` : ''
      return `${severity === 'warning' ? '~' : ''}${place}${code} ${message}${hint === undefined ? '' : `; ${hint}`}`
    })
    .join(' | ')

/** Lines `INPUT  =>  EXPECTED`; ⏎ is a line feed, → a tab, ␇ a bell, ␣ a blank at the edge. */
export const cases = (table: string): [input: string, expected: string][] =>
  table
    .split('\n')
    .filter((line) => line.includes('  =>  '))
    .map((line) => {
      const [input = '', expected = ''] = line.split('  =>  ')
      return [input.replace(/[⏎→␇␣]/g, (sign) => SIGNS[sign] ?? sign), expected]
    })

const SIGNS: Readonly<Record<string, string>> = { '⏎': '\n', '→': '\t', '␇': '\u0007', '␣': ' ' }

export const diagnosticsOf = (result: Checked<unknown>): readonly Diagnostic[] =>
  result.ok ? result.warnings : result.diagnostics

/** The value, or an error that shows all diagnostics. */
export function valueOf<T>(result: Checked<T>): T {
  if (result.ok) return result.value
  throw new Error(shown(result))
}

/** The part of the line that a diagnostic underlines. */
export const underlined = ({ at }: Diagnostic): string | undefined =>
  at?.text.slice(at.column - 1, at.column - 1 + at.length)
