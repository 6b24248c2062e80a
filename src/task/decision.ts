// What `decide` may answer: nothing to do, a change, a verification that is due, or a refusal.
import type { MayCreate } from './mayCreate.ts'
import type { Diff } from '../model/result.ts'
import type { Json } from '../model/inventory.ts'
import type { Unknown } from '../model/playbook.ts'

/** What the probes will read afterwards. A probe left out keeps its value; `UNKNOWN` means that it cannot be predicted. */
export type After<Values> = { readonly [K in keyof Values]?: Values[K] | Unknown }

/** The host is already in the wanted state. */
export interface OkDecision {
  readonly kind: 'ok'
  /** The evidence in a few words: `containerd 1.7.24`. */
  readonly note?: string
  readonly data?: Readonly<Record<string, Json>>
  readonly warnings?: readonly string[]
}

/** The host differs from the wanted state, and this is what will be done. */
export interface ChangeDecision<Values, Plan> {
  readonly kind: 'change'
  /** What will be done, in a few words: `install containerd`. */
  readonly note: string
  readonly diffs?: readonly Diff[]
  readonly after: After<Values>
  /** What `apply` needs, and nothing else. */
  readonly plan: Plan
  /** What is absent now and may exist afterwards: `mayCreateAnything`, `mayCreateFiles`, `directoriesAbove(path)`. */
  readonly mayCreate?: MayCreate | undefined
  /** The hint when the same change is decided again right after it was made. Default: something on the host undoes it. */
  readonly stillDue?: string | undefined
  /** The change is made in every run, so convergence is not checked. */
  readonly repeats?: boolean
  readonly data?: Readonly<Record<string, Json>>
  readonly warnings?: readonly string[]
}

/** A check that costs something: it is due, and reported ok when it succeeds. */
export interface VerifyDecision<Values, Plan>
  extends Omit<ChangeDecision<Values, Plan>, 'kind' | 'diffs' | 'mayCreate'> {
  readonly kind: 'verify'
}

/** A failure with a cause: the wanted state cannot be decided or reached. */
export interface RefuseDecision {
  readonly kind: 'refuse'
  readonly cause: string
  readonly hint?: string
}

/** What `decide` returns. `Values` are the observed facts, `Plan` is what `apply` receives. */
export type Decision<Values, Plan> =
  | OkDecision
  | ChangeDecision<Values, Plan>
  | VerifyDecision<Values, Plan>
  | RefuseDecision

/**
 * Nothing to do.
 *
 * @param rest - `note`: the evidence in a few words; `data`: what `register` stores; `warnings`: shown to the user.
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
 */
export const refuse = (cause: string, hint?: string): RefuseDecision => ({
  kind: 'refuse',
  cause,
  ...(hint !== undefined && { hint }),
})
