// Collects errors, so that all of them are reported at once.
import { type Diagnostic, mistake, type SourceSpan } from '../model/diagnostic.ts'

export class Findings {
  readonly all: Diagnostic[] = []
  readonly #seen = new Set<string>()

  get failed(): boolean {
    return this.all.some((one) => one.severity === 'error')
  }

  get warnings(): readonly Diagnostic[] {
    return this.all.filter((one) => one.severity === 'warning')
  }

  /** The same thing said of the same place is kept once: an imported file may be read by several plays. */
  add(one: Diagnostic): void {
    const key = `${one.at?.file}:${one.at?.line}:${one.at?.column}:${one.code}:${one.message}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.all.push(one)
  }

  error(code: string, message: string, at?: SourceSpan, hint?: string): undefined {
    this.add(mistake(code, message, at, hint))
  }

  warn(code: string, message: string, at?: SourceSpan, hint?: string): undefined {
    this.add({ ...mistake(code, message, at, hint), severity: 'warning' })
  }
}
