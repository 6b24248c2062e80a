// The process around the command: streams, environment, signals, and leaving; a test brings its own.
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Sink } from '../report/reporter.ts'
import type { OutputStream } from './outputStreams.ts'
import type { SignalSource } from './signals.ts'

/** What a question is asked on. */
export interface Keyboard {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: NodeJS.WritableStream
}

export interface ProcessContext {
  readonly stdout: OutputStream
  readonly stderr: OutputStream & NodeJS.WritableStream
  readonly stdin: Keyboard['input']
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signals: SignalSource
  /** All that is printed goes here, but for passwords' prompts and the live rows of a terminal. */
  readonly sink: Sink
  /** What a bug that nobody catches must not leave undone, such as a hidden cursor. */
  readonly atBug: (cleanUp: () => void) => void
  /** Ends the process at once. */
  readonly leave: (status: number) => void
}

/** Shows mistakes and warnings on stderr. */
export type Tell = (diagnostics: readonly Diagnostic[]) => Promise<void>
