// What a verification proved and when, kept on the host, so that it is due again only when something has changed.
import { createHash } from 'node:crypto'
import type { Json } from '../../model/inventory.ts'
import { type FileFact, textFile } from '../probes/file.ts'
import { replaceFile } from './replaceFile.ts'
import { type ShellStep, script, type StepOutput } from './step.ts'

const FOLDER = '/var/lib/crane-play/verified'

/** A digest of all that a proof rests on. */
export const digestOf = (facts: unknown): string => createHash('sha256').update(JSON.stringify(facts)).digest('hex')

/** Each claim has a record of its own, or the proofs of two sockets or partitions would replace each other. */
const fileOf = (type: string, claim: unknown) => `${FOLDER}/${type}-${digestOf(claim).slice(0, 16)}.json`

/** The record of a verification, as text. `claim`: the parameters that say what is proved, and of what. */
export const evidence = (type: string, claim: unknown) => textFile(fileOf(type, claim))

export interface Evidence {
  /** Of all that the proof rests on. */
  readonly digest: string
  /** Microseconds since the epoch, by the controller's clock. */
  readonly at: number
  readonly [field: string]: Json
}

/** Undefined when there is none, or none that can be read: then the verification is due. */
export function readEvidence(fact: FileFact): Evidence | undefined {
  if (fact.type !== 'file' || fact.text === null) return undefined
  try {
    const record = JSON.parse(fact.text) as Partial<Evidence> | null
    return typeof record?.digest === 'string' && typeof record.at === 'number' ? (record as Evidence) : undefined
  } catch {
    return undefined
  }
}

/** `2026-08-01 12:34 UTC`: to the minute, so that hosts that were proved in one run mostly share it. */
export const provedAt = ({ at }: Evidence): string =>
  `${new Date(at / 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** Steps that write the record; it is made when they are due, from what the steps before gave back. */
export const keepEvidence = (
  type: string,
  claim: unknown,
  record: (earlier: readonly StepOutput[]) => Evidence,
): readonly ShellStep[] => [
  script(`make ${FOLDER}`, `mkdir -p -m 0700 ${FOLDER}`),
  replaceFile({
    path: fileOf(type, claim),
    content: (earlier) => `${JSON.stringify(record(earlier), null, 2)}\n`,
    mode: '0600',
  }),
]
