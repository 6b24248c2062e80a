// Steps are what `apply` returns: plain data that describes what is sent to the host, in order.
import type { Duplex } from 'node:stream'
import { commandLine } from '../../model/quoteShell.ts'

/** A script that is run on the host. */
export interface ShellStep {
  readonly kind: 'shell'
  /** What is tried, as a person would type or say it. Shown while it runs and when it fails. */
  readonly label: string
  /** POSIX sh. A non-zero exit status is a failure, and the steps after it are not made. */
  readonly script: string
  /** The standard input. A function is called when the step is due, with the output of the steps before it. */
  readonly stdin?: string | Uint8Array | ((earlier: readonly StepOutput[]) => string | Uint8Array)
  /** Shell functions that the script calls: name → body. They are sent to a host once. */
  readonly functions?: Readonly<Record<string, string>>
  readonly environment?: Readonly<Record<string, string>>
  /**
   * The exit status by which the script says that the host is no longer what `decide` saw: it changed nothing, and the
   * task is observed and decided again.
   */
  readonly outdatedStatus?: number
  /** One line for the host's own log once the step is made, such as `drained crane02`; task, run and operator are added. */
  readonly log?: string
}

/** The exit status of steps that find the host changed: EX_TEMPFAIL of sysexits.h. */
export const OUTDATED = 75

/** Speaks over a unix socket of the host from the controller, as the user that the task runs as. */
export interface SocketStep {
  readonly kind: 'socket'
  readonly label: string
  readonly path: string
  /** Resolves with the step's output; rejects with `StepFailed`. Must end within `deadlineMs` milliseconds. */
  talk(dial: () => Promise<Duplex>, deadlineMs: number): Promise<string>
}

/** Works on the controller, such as signing a certificate. */
export interface ControllerStep {
  readonly kind: 'controller'
  readonly label: string
  /** Resolves with the step's output; rejects with `StepFailed`. */
  work(): Promise<string>
}

/** What `apply` returns a list of. */
export type Step = ShellStep | SocketStep | ControllerStep

/** The output of a step that was made. */
export interface StepOutput {
  readonly label: string
  readonly stdout: string
  readonly stderr: string
  /** The exit status: 0..255, or 128 + signal. */
  readonly status: number
}

/** What a step of the socket or the controller rejects with: the message is the cause, `hint` says what to do. */
export class StepFailed extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}

/**
 * A step that runs one command.
 *
 * @param words - The command and its arguments; each is quoted for the shell.
 * @example command('systemctl', 'daemon-reload')
 */
export const command = (...words: readonly string[]): ShellStep => ({
  kind: 'shell',
  label: commandLine(words),
  script: commandLine(words),
})

/**
 * One step of several, which are made in their order until one fails.
 *
 * @param label - What is tried, as a person would say it.
 * @param steps - Without standard input.
 */
export const oneStep = (label: string, steps: readonly ShellStep[]): ShellStep => ({
  kind: 'shell',
  label,
  script: steps.map((step) => step.script).join(' &&\n'),
  functions: Object.assign({}, ...steps.map((step) => step.functions)) as Record<string, string>,
})

/**
 * A step that runs a script.
 *
 * @param label - What is tried, as a person would say it: `create /srv/data`.
 * @param text - POSIX sh. Quote values with `quoteShell`.
 * @param more - Standard input, functions, environment.
 */
export const script = (label: string, text: string, more: Partial<ShellStep> = {}): ShellStep => ({
  ...more,
  kind: 'shell',
  label,
  script: text,
})
