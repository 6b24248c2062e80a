// The outcome of one task on one host so far, and small functions that create results.
import type { RefuseDecision } from '../../model/decision.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import { type Failure, hasChanged, type TaskResult } from '../../model/result.ts'

/** A result before its duration is known. */
export interface TaskOutcome extends Omit<TaskResult, 'durationMs'> {
  /** Steps were made on the host, whatever came of them. */
  readonly acted?: boolean
  /** The steps only looked. */
  readonly readOnly?: boolean
  /** Of a loop: some items changed something, whatever became of the others. */
  readonly itemsChanged?: boolean
  /** The host cannot be worked with any more. */
  readonly lost?: boolean
}

/** The run was interrupted in the middle of it. How the host was left is reported for all hosts together, so it has no result. */
export const INTERRUPTED: TaskOutcome = { outcome: 'skipped', note: 'interrupted' }

export const skipped = (note: string): TaskOutcome => ({ outcome: 'skipped', note })

/** What was changed before it failed stays so. */
export const failedAfter = (failure: Failure, made: TaskOutcome): TaskOutcome =>
  failed(failure, { ...made, ...(hasChanged(made) && { changed: true }) })

export const failed = (failure: Failure, rest: Partial<TaskOutcome> = {}): TaskOutcome => ({
  ...rest,
  outcome: 'failed',
  failure,
})

/** `hidden`: what is in files of the host is not shown. */
export const refusal = ({ cause, hint, lines }: RefuseDecision, hidden: boolean): Failure => ({
  cause,
  ...(hint !== undefined && { hint }),
  ...(lines !== undefined && !hidden && { lastLines: lines }),
})

/** Check mode cannot know: what it needs follows from a change that was not made. */
export const dependsOn = (because: string): TaskOutcome => ({
  outcome: 'undecided',
  note: `depends on an earlier change: ${because}`,
  predicted: true,
})

/** A mistake that could only be seen while running: a registered value that does not fit. */
export function failedBy(diagnostics: readonly Diagnostic[]): TaskOutcome {
  const [first] = diagnostics
  const place = first?.at ? ` (${first.at.file}:${first.at.line}:${first.at.column})` : ''
  const cause = diagnostics.map((diagnostic) => diagnostic.message).join('; ') + place
  return failed({ cause, ...(first?.hint !== undefined && { hint: first.hint }) })
}

/** What was decided on something absent that an earlier change may bring. */
export const assuming = <T extends Partial<TaskOutcome>>(said: T, unless: string | undefined): T =>
  unless === undefined
    ? said
    : { ...said, note: `${said.note === undefined ? '' : `${said.note} `}(may differ after "${unless}")` }

export const noted = ({
  note,
  data,
  warnings,
}: Pick<TaskOutcome, 'data' | 'warnings'> & { readonly note?: string }): Partial<TaskOutcome> => ({
  ...(note !== undefined && { note }),
  ...(data && { data }),
  ...(warnings && { warnings }),
})
