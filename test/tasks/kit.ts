// What the cases of a task type look like, and the facts they are written with.
import type { DecideContext, DirectoryFact, FileFact, PackageFact, UnitFact } from 'crane-play/task'
import { sha256 } from 'crane-play/task'

export type Params = Readonly<Record<string, unknown>>

export interface DecideCase {
  readonly it: string
  readonly params: Params
  /** Under the names that observe gives its probes; a name too many or too few is a mistake. */
  readonly observed: Readonly<Record<string, unknown>>
  readonly context?: Partial<DecideContext>
  readonly expect: {
    readonly kind: 'ok' | 'change' | 'verify' | 'refuse'
    /** A part of the note, or of the cause of a refusal. */
    readonly says?: string
    /** A part of the hint of a refusal, or of one that is made and due again. */
    readonly hint?: string
    /** All unified diffs, one after the other. */
    readonly diff?: string
    /** What the probes would read afterwards, at least this of it. */
    readonly after?: Readonly<Record<string, unknown>>
    readonly data?: Readonly<Record<string, unknown>>
    readonly warnings?: readonly string[]
    readonly mayCreate?: boolean
    /** Labels of the steps that apply would make of it. */
    readonly steps?: readonly string[]
    /** A part of one of their scripts. */
    readonly script?: string
  }
}

/** Parameters that are refused: where (a JSON pointer) and with which words. */
export interface WrongCase {
  readonly params: Params
  readonly path: string
  readonly says: string
}

/** For the law on a real host: done twice, changed and then ok. */
export interface LiveExample {
  readonly it: string
  /** Run as root on the host before. */
  readonly setup?: string
  readonly params: Params
  /** What the first run says. */
  readonly first?: 'changed' | 'ok'
  /** Run as root on the host after; must exit 0. */
  readonly proof?: string
  /** What a host does not have by itself: a containerd that runs. */
  readonly needs?: 'containerd'
}

export interface TaskCases {
  readonly decide: readonly DecideCase[]
  readonly wrong: readonly WrongCase[]
  /** Absent where a host of the lab alone cannot show it; then `notLive` says why. */
  readonly live?: readonly LiveExample[]
  readonly notLive?: string
}

/** Microseconds: the moment before which all facts of the cases lie. */
export const SOON = 1_800_000_000_000_000

export const CONTEXT: DecideContext = {
  host: 'crane02',
  notified: false,
  watched: [],
  predictedTime: SOON,
  now: SOON,
  files: new Map(),
}

export const absent: FileFact = { type: 'absent' }

const inodeOf = { owner: 'root', group: 'root', uid: 0, gid: 0, link: false, changedAt: 1_000_000 }

export const file = (text: string, more: object = {}): FileFact => ({
  ...inodeOf,
  type: 'file',
  mode: '0644',
  size: Buffer.byteLength(text),
  text,
  sha256: sha256(text),
  ...more,
})

export const directory = (more: object = {}): FileFact => ({
  ...inodeOf,
  type: 'directory',
  mode: '0755',
  size: 4096,
  ...more,
})

export const program = (more: object = {}): FileFact =>
  file('', { mode: '0755', text: null, sha256: null, size: 1e6, ...more })

export const holding = (...names: string[]): DirectoryFact => ({
  entries: names.map((name) => ({ name, size: 1, changedAt: 1_000_000 })),
})

export const runs = (more: Partial<UnitFact> = {}): UnitFact => ({
  load: 'loaded',
  active: 'active',
  sub: 'running',
  file: 'enabled',
  startedAt: 2_000_000,
  needsReload: false,
  ...more,
})

export const down = (more: Partial<UnitFact> = {}): UnitFact =>
  runs({ active: 'inactive', sub: 'dead', file: 'disabled', startedAt: null, ...more })

export const noUnit = (): UnitFact => down({ load: 'not-found', file: '' })

export const pkg = (version: string | null, more: Partial<PackageFact> = {}): PackageFact => ({
  manager: 'apt',
  version,
  candidate: null,
  ...more,
})
