// The result of one task on one host: a closed union of outcomes, and a failure in the form of a result.
import type { Json } from './inventory.ts'

/** `undecided` is for check mode only: the answer depends on an earlier change that was not made. */
export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'undecided'

export const OUTCOMES = [
  'ok',
  'changed',
  'unreachable',
  'failed',
  'skipped',
  'undecided',
] as const satisfies readonly Outcome[]

export interface Failure {
  /** One sentence: what is wrong. */
  readonly cause: string
  /** What was tried, as a person would type or say it: a command line, `connect to 10.77.0.11:22`. */
  readonly tried?: string
  /** Exit status of what was tried; null when it did not end by itself. */
  readonly exitStatus?: number | null
  /** The last lines of what it wrote to stderr (or stdout when stderr is empty), decoded and escaped. */
  readonly lastLines?: string
  readonly hint?: string
  /** The process (group) that may still be running on the host. */
  readonly stillRunning?: number
}

/** A difference as a person will see it. `unified` has `---`/`+++` heads; hosts with the same diff are shown once. */
export interface Diff {
  readonly subject: string
  readonly unified: string
}

export interface TaskResult {
  readonly outcome: Outcome
  /** Why skipped or undecided, the evidence of an ok, or what would be done. */
  readonly note?: string
  readonly diffs?: readonly Diff[]
  readonly failure?: Failure
  readonly warnings?: readonly string[]
  /** What `register` stores besides `changed`, `failed`, `skipped`, `outcome`. */
  readonly data?: { readonly [key: string]: Json }
  /** Check mode says so and nothing was made: a change that would be, a verification that would run. */
  readonly predicted?: boolean
  /** A verification was made in this run; `note` says what it proved. */
  readonly verified?: boolean
  /** Of a loop with a worse outcome: some of its items were changed all the same. */
  readonly changed?: boolean
  /** True where `ignore_errors` let the host go on after a failure. */
  readonly ignored?: boolean
  /** True where the `rescue` of a block takes over after a failure. */
  readonly rescued?: boolean
  /** How often it was made, where it has `until` or `retries`. */
  readonly attempts?: number
  /** The host that it was made on, where that is another one (`delegate_to`). */
  readonly delegate?: string
  /** The loop item, where the task has a loop. */
  readonly item?: Json
  readonly durationMs: number
}

/** What the tasks of a `rescue` read about the failure that led there. */
export interface FailureFacts {
  /** The name of the task. */
  readonly task: string
  readonly cause: string
  readonly hint: string
  /** What `register` stores of it. */
  readonly result: Readonly<Record<string, unknown>>
}

export const hasChanged = ({ outcome, changed }: Pick<TaskResult, 'outcome' | 'changed'>): boolean =>
  outcome === 'changed' || changed === true
