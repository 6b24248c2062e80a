// Steps are what apply asks for: plain data that says what will be sent to the host, in order.
import type { Duplex } from 'node:stream'
import { commandLine } from '../../model/quoteShell.ts'

export interface ShellStep {
  readonly kind: 'shell'
  /** What is tried, as a person would type or say it; shown while it runs and when it fails. */
  readonly label: string
  /** POSIX sh. A non-zero exit status is a failure and the steps after it are not made. */
  readonly script: string
  /** A function is called when the step is due, with what the steps before it gave back. */
  readonly stdin?: string | Uint8Array | ((earlier: readonly StepOutput[]) => string)
  readonly functions?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
}

/** Speaks over a unix socket of the host from the controller; where that cannot be (sudo), the script is run there. */
export interface SocketStep {
  readonly kind: 'socket'
  readonly label: string
  readonly path: string
  /** Resolves with what came out of it; rejects with a StepFailed. Must end by itself within `deadlineMs`. */
  talk(dial: () => Promise<Duplex>, deadlineMs: number): Promise<string>
  /** Used when one becomes another user, whom the forwarded socket would not let in. Its stdout goes to `read`. */
  readonly otherwise: Pick<ShellStep, 'script' | 'functions'> & { read(stdout: Buffer): string }
}

export type Step = ShellStep | SocketStep

/** What a step gave back. */
export interface StepOutput {
  readonly label: string
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

/** A socket step's way to say what is wrong. */
export class StepFailed extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/** A command by its words; they are quoted. */
export const command = (...words: readonly string[]): ShellStep => ({
  kind: 'shell',
  label: commandLine(words),
  script: commandLine(words),
})

/** A script with a label. */
export const script = (label: string, text: string, more: Partial<ShellStep> = {}): ShellStep => ({
  ...more,
  kind: 'shell',
  label,
  script: text,
})
