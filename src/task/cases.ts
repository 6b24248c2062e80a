// The cases of a task type as data: `NAME.cases.ts` beside `NAME.ts`, checked without a host.
import type { DecideContext } from './defineTask.ts'

/** Observed facts, and the decision that they lead to. */
export interface DecideCase {
  /** The name of the case, as in "it …". */
  readonly it: string
  /** The parameters, as a playbook gives them. */
  readonly params: Readonly<Record<string, unknown>>
  /** What each probe of `observe` answers, by the name that `observe` gives it. */
  readonly observed: Readonly<Record<string, unknown>>
  /** What differs from a context in which nothing was notified. */
  readonly context?: Partial<DecideContext>
  /** What `decide` returns. Only what is given here is compared. */
  readonly expect: {
    /** Which of the four decisions it is. */
    readonly kind: 'ok' | 'change' | 'verify' | 'refuse'
    /** A part of the note, or of the cause of a refusal. */
    readonly says?: string
    /** A part of the hint of a refusal, or of `stillDue`. */
    readonly hint?: string
    /** All unified diffs, one after the other. */
    readonly diff?: string
    /** What the probes read afterwards, or a part of it. */
    readonly after?: Readonly<Record<string, unknown>>
    /** What `register` stores. */
    readonly data?: Readonly<Record<string, unknown>>
    /** All warnings. Default: none. */
    readonly warnings?: readonly string[]
    /** Whether the change may create files that later tasks look at. */
    readonly mayCreate?: boolean
    /** The labels of the steps that `apply` returns. */
    readonly steps?: readonly string[]
    /** A part of the script of one of these steps. */
    readonly script?: string
  }
}

/** Parameters that are rejected. */
export interface WrongCase {
  /** The parameters, as a playbook gives them. */
  readonly params: Readonly<Record<string, unknown>>
  /** Which parameter is wrong: a JSON pointer such as `/path`; `''` for all of them. */
  readonly path: string
  /** A part of the message. */
  readonly says: string
}

/** A task that is run twice on a real host: changed, then ok. Only the product's own tests run these. */
export interface LiveExample {
  /** The name of the example, as in "it …". */
  readonly it: string
  /** A shell script that root runs on the host before. */
  readonly setup?: string
  /** The parameters, as a playbook gives them. */
  readonly params: Readonly<Record<string, unknown>>
  /** The outcome of the first run. Default: `changed`. */
  readonly first?: 'changed' | 'ok'
  /** A shell script that root runs on the host after; it must exit with status 0. */
  readonly proof?: string
  /** What a fresh host does not have: a running containerd. */
  readonly needs?: 'containerd'
  /** The only family of hosts that it is for. Default: it is tried on both. */
  readonly on?: 'apt' | 'rpm'
}

/** The default export of `NAME.cases.ts`. */
export interface TaskCases {
  /** At least one case for `ok`, and one for `change` or `verify` unless it only reads. */
  readonly decide: readonly DecideCase[]
  /** Parameters that are rejected; may be empty. */
  readonly wrong: readonly WrongCase[]
  /** Examples for a real host. */
  readonly live?: readonly LiveExample[]
  /** Why there are no live examples. */
  readonly notLive?: string
}
