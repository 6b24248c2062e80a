// What every reporter is: a function of the event stream that writes text, and can be ended at any moment.
import type { RunEvent } from '../model/runEvent.ts'
import type { Palette } from './palette.ts'

export interface Reporter {
  event(event: RunEvent): void
  /** Writes what is still held back. Never rejects; calling it twice writes nothing twice. */
  end(): Promise<void>
  /** The same at once, for a process that is about to leave: no timers, no promises. */
  leave(): void
}

/** Where text goes: `out` is the result (stdout), `err` is progress and warnings (stderr). Whole lines only. */
export interface Sink {
  out(text: string): void
  err(text: string): void
}

export interface ReportOptions {
  /** How many `-v`, or -1 for `-q`: 1 evidence and reasons, 2 places in the playbook, 3 what was sent and received. */
  readonly verbosity: number
  readonly diff: boolean
  /** Columns of the terminal that stdout is. Absent: stdout is not a terminal, and lines stay whole. */
  readonly width?: number | undefined
  /** For what goes to stdout. */
  readonly palette: Palette
}
