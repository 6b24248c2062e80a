// What a task decided on a host, as plain data: it can be stored, sent to another process and made there.
import type { Json } from './inventory.ts'
import type { Unknown } from './computed.ts'
import type { Diff } from './result.ts'

/** What the probes will read afterwards. A probe left out keeps its value; `UNKNOWN` means that it cannot be predicted. */
export type After<Values> = { readonly [K in keyof Values]?: Values[K] | Unknown }

/** What is absent now and may exist after a change, besides what the change names. */
export interface MayCreate {
  /** Kinds of probes, such as `file`. Default: all. */
  readonly kinds?: readonly string[]
  /** Only the directories above this path. */
  readonly above?: string
}

/** The host is already in the wanted state. */
export interface OkDecision {
  readonly kind: 'ok'
  /** The evidence in a few words: `containerd 1.7.24`. */
  readonly note?: string
  /** Differences to show that are not for this task to remove. */
  readonly diffs?: readonly Diff[]
  readonly data?: Readonly<Record<string, Json>>
  readonly warnings?: readonly string[]
}

/** The host differs from the wanted state, and this is what will be done. */
export interface ChangeDecision<Values, Plan> {
  readonly kind: 'change'
  /** What will be done, in a few words: `install containerd`. */
  readonly note: string
  /** Why it is due, where what will be done does not say it: `config.toml changed after it started`. */
  readonly why?: string
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
  /** It only looks: it is made in check mode too, and nothing that was observed has to be asked again. */
  readonly readOnly?: boolean
}

/** A failure with a cause: the wanted state cannot be decided or reached. */
export interface RefuseDecision {
  readonly kind: 'refuse'
  readonly cause: string
  readonly hint?: string
  /** What is shown below the cause, such as the line of a file that is wrong. */
  readonly lines?: string
}

/** What `decide` returns. `Values` are the observed facts, `Plan` is what `apply` receives. */
export type Decision<Values = Readonly<Record<string, unknown>>, Plan = unknown> =
  | OkDecision
  | ChangeDecision<Values, Plan>
  | VerifyDecision<Values, Plan>
  | RefuseDecision
