// What the cases of a task type look like, and the facts they are written with.
import type { DecideContext, DirectoryFact, FileFact, PackageFact, UnitFact } from 'crane-play/task'
import { sha256 } from 'crane-play/task'
import { CASE_TIME } from '../../src/run/checkCases.ts'

export type { DecideCase, LiveExample, TaskCases } from 'crane-play/task'
export type Params = Readonly<Record<string, unknown>>

/** The moment before which all facts of the cases lie. */
export { CASE_TIME as SOON }

export const CONTEXT: DecideContext = {
  host: 'crane02',
  notified: false,
  watched: [],
  predictedTime: CASE_TIME,
  now: CASE_TIME,
  files: new Map(),
  kept: new Map(),
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
  providedBy: null,
  candidate: null,
  removes: [],
  ...more,
})
