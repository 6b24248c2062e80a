// Short forms of results, so that a table of cases can be read.
import type { Checked, Diagnostic } from '../../src/model/diagnostic.ts'

/** `hosts:3:7+5 duplicate-host`, and `~` before a warning. */
export const tell = ({ severity, code, at }: Diagnostic): string =>
  `${severity === 'warning' ? '~' : ''}${at ? `${at.file}:${at.line}:${at.column}+${at.length} ` : ''}${code}`

export const diagnosticsOf = (result: Checked<unknown>): readonly Diagnostic[] =>
  result.ok ? result.warnings : result.diagnostics

/** The value, or an error that shows all diagnostics. */
export function valueOf<T>(result: Checked<T>): T {
  if (result.ok) return result.value
  throw new Error(result.diagnostics.map((each) => `${tell(each)}: ${each.message}`).join('\n'))
}

/** The text that a diagnostic underlines. */
export const underlined = ({ at }: Diagnostic): string | undefined =>
  at?.text.slice(at.column - 1, at.column - 1 + at.length)
