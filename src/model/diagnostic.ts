// A mistake of the user: where it is, what is wrong, and what to write instead.

/** A position in what the user wrote. Lines and columns count from 1; columns count UTF-16 units, tabs as one. */
export interface SourceSpan {
  /** Path as the user named it, or a label such as `-e` or `--limit`. */
  readonly file: string
  readonly line: number
  readonly column: number
  /** How many characters to underline, at least 1. A span never goes past its first line. */
  readonly length: number
  /** The source line itself, without its line end, so that a reporter needs no file access. */
  readonly text: string
}

export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  /** Stable, kebab-case, greppable: `unknown-parameter`, `no-host-matched`. */
  readonly code: string
  /** One sentence without a full stop, naming the thing that is wrong. */
  readonly message: string
  /** Absent only where there is no text to point at (an empty inventory, a missing file). */
  readonly at?: SourceSpan
  /** What to write instead, or what to look at. */
  readonly hint?: string
  /** The name that it is about, where what is said of several names can be said together. */
  readonly subject?: string
}

/** A value, or all the mistakes that stood in its way. Warnings may come with a value. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

export const checked = <T>(value: T, warnings: readonly Diagnostic[] = []): Checked<T> => ({
  ok: true,
  value,
  warnings,
})

export const mistaken = (diagnostics: readonly Diagnostic[]): Checked<never> => ({ ok: false, diagnostics })

/** An error diagnostic; `hint` is left out when it is undefined. */
export function mistake(code: string, message: string, at?: SourceSpan, hint?: string): Diagnostic {
  return { severity: 'error', code, message, ...(at && { at }), ...(hint !== undefined && { hint }) }
}
