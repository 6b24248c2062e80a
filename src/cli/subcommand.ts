// The interface of a subcommand: what it is given, and its name, summary and options.
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Sink } from '../report/reporter.ts'
import type { ProcessContext } from './processContext.ts'

export interface SubcommandContext {
  readonly sink: Sink
  /** Reports a mistake of the command line; returns the exit status. */
  readonly fail: (message: string, hint: string) => number
  readonly tell: (diagnostics: readonly Diagnostic[]) => Promise<void>
  readonly setting: ProcessContext
}

export interface Subcommand {
  /** Its operands, one word each. */
  readonly operands: readonly string[]
  readonly summary: string
  /** Its own options, for `--help`: whole lines. */
  readonly details?: string
  /** It takes the options of a run too, and looks at its words itself. */
  readonly takesOptions?: boolean
  /** @returns the exit status */
  readonly run: (words: readonly string[], context: SubcommandContext) => Promise<number>
}
