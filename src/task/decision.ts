// What decide may answer: nothing to do, a change, a verification that is due, or that it cannot be.
import type { MayCreate } from './mayCreate.ts'
import type { Diff } from '../model/result.ts'
import type { Json } from '../model/inventory.ts'
import type { Unknown } from '../model/playbook.ts'

/** What the probes will read afterwards; a probe left out is predicted to stay, `UNKNOWN` cannot be predicted. */
export type After<Values> = { readonly [K in keyof Values]?: Values[K] | Unknown }

export interface OkDecision {
  readonly kind: 'ok'
  /** The evidence, in a few words: `containerd 1.7.24`. */
  readonly note?: string
  readonly data?: Readonly<Record<string, Json>>
  readonly warnings?: readonly string[]
}

export interface ChangeDecision<Values, Plan> {
  readonly kind: 'change'
  /** What would be done, in a few words: `install containerd`. */
  readonly note: string
  readonly diffs?: readonly Diff[]
  readonly after: After<Values>
  /** What apply needs and nothing else. */
  readonly plan: Plan
  /** What is absent now and may exist afterwards, although nobody can say: `mayCreateAnything`, `mayCreateFiles`, `foldersAbove(path)`. */
  readonly mayCreate?: MayCreate | undefined
  /** What to say when it was made and this is decided again: why it may not hold. Left out: something undoes it. */
  readonly stillDue?: string | undefined
  /** It is done at each run and never says ok: convergence cannot be checked. */
  readonly repeats?: boolean
  readonly data?: Readonly<Record<string, Json>>
  readonly warnings?: readonly string[]
}

/** Changes nothing worth reporting, but costs something: due, and ok when it succeeds. */
export interface VerifyDecision<Values, Plan>
  extends Omit<ChangeDecision<Values, Plan>, 'kind' | 'diffs' | 'mayCreate'> {
  readonly kind: 'verify'
}

/** A failure with a cause: the wanted state cannot be reached or told. */
export interface RefuseDecision {
  readonly kind: 'refuse'
  readonly cause: string
  readonly hint?: string
}

export type Decision<Values, Plan> =
  | OkDecision
  | ChangeDecision<Values, Plan>
  | VerifyDecision<Values, Plan>
  | RefuseDecision

export const ok = (rest: Omit<OkDecision, 'kind'> = {}): OkDecision => ({ kind: 'ok', ...rest })

export const change = <Values, Plan>(
  rest: Omit<ChangeDecision<Values, Plan>, 'kind'>,
): ChangeDecision<Values, Plan> => ({
  kind: 'change',
  ...rest,
})

export const verify = <Values, Plan>(
  rest: Omit<VerifyDecision<Values, Plan>, 'kind'>,
): VerifyDecision<Values, Plan> => ({
  kind: 'verify',
  ...rest,
})

export const refuse = (cause: string, hint?: string): RefuseDecision => ({
  kind: 'refuse',
  cause,
  ...(hint !== undefined && { hint }),
})
