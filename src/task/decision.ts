// What `decide` may return: nothing to do, a change, a verification that is due, or a refusal.
import type { ChangeDecision, OkDecision, RefuseDecision, VerifyDecision } from '../model/decision.ts'

export type { After, ChangeDecision, Decision, OkDecision, RefuseDecision, VerifyDecision } from '../model/decision.ts'

/**
 * Nothing to do.
 *
 * @param rest - `note`: the evidence in a few words; `data`: what `register` stores; `warnings`: shown to the user;
 *   `diffs`: differences to show that are not for the task to remove.
 * @example ok({ note: 'containerd 1.7.24' })
 */
export const ok = (rest: Omit<OkDecision, 'kind'> = {}): OkDecision => ({ kind: 'ok', ...rest })

/**
 * A change that is due.
 *
 * @param rest - `note`: what will be done; `diffs`: what a person will see; `after`: what the probes will read afterwards;
 *   `plan`: what `apply` receives.
 * @example change({ note: `write ${path}`, diffs: [textDiff(path, before, text)], after: { file: predictFile(file, text, context.predictedTime) }, plan: { text } })
 */
export const change = <Values, Plan>(
  rest: Omit<ChangeDecision<Values, Plan>, 'kind'>,
): ChangeDecision<Values, Plan> => ({
  kind: 'change',
  ...rest,
})

/**
 * A verification that is due: it changes nothing worth reporting but costs something. Check mode reports "would run".
 *
 * @param rest - `note`: what will be verified; `after`: what the probes will read afterwards; `plan`: what `apply` receives.
 */
export const verify = <Values, Plan>(
  rest: Omit<VerifyDecision<Values, Plan>, 'kind'>,
): VerifyDecision<Values, Plan> => ({
  kind: 'verify',
  ...rest,
})

/**
 * A failure that is known before anything is touched.
 *
 * @param cause - One sentence in lower case, without a full stop: `/x is a directory, not a file`.
 * @param hint - What to do about it, as an imperative: `remove it first`.
 * @param lines - What is shown below the cause, such as the line of a file that is wrong.
 */
export const refuse = (cause: string, hint?: string, lines?: string): RefuseDecision => ({
  kind: 'refuse',
  cause,
  ...(hint !== undefined && { hint }),
  ...(lines !== undefined && { lines }),
})
