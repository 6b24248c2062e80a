// What a verification proved and when, kept on the host so that it is due again only after something has changed.
import { createHash } from 'node:crypto'
import type { Json } from '../../model/inventory.ts'
import { type FileFact, textFile } from '../probes/file.ts'
import { replaceFile } from './replaceFile.ts'
import { type ShellStep, script, type StepOutput } from './step.ts'

const DIRECTORY = '/var/lib/crane-play/verified'

/**
 * A digest of everything that a proof rests on.
 *
 * @param facts - Any plain data; the order of keys counts.
 * @returns SHA-256 of its JSON, in hexadecimal.
 */
export const digestOf = (facts: unknown): string => createHash('sha256').update(JSON.stringify(facts)).digest('hex')

/** Each claim has its own record; otherwise the proofs of two sockets or partitions would replace each other. */
const fileOf = (type: string, claim: unknown) => `${DIRECTORY}/${type}-${digestOf(claim).slice(0, 16)}.json`

/**
 * A probe for the record of a verification.
 *
 * @param type - The task type's name.
 * @param claim - The parameters that say what is proved, and about what.
 */
export const evidence = (type: string, claim: unknown) => textFile(fileOf(type, claim))

/** The record of a verification that succeeded. */
export interface Evidence {
  /** The digest of everything that the proof rests on. */
  readonly digest: string
  /** Microseconds since the epoch, by the controller's clock. */
  readonly at: number
  readonly [field: string]: Json
}

/** Microseconds that a date can show. */
const isTime = (value: unknown) => typeof value === 'number' && Math.abs(value) <= 8.64e18

/**
 * Reads the record of a verification.
 *
 * @param fact - What the probe `evidence` read.
 * @returns Undefined when there is no valid record; then the verification is due.
 */
export function readEvidence(fact: FileFact): Evidence | undefined {
  if (fact.type !== 'file' || fact.text === null) return undefined
  try {
    const record = JSON.parse(fact.text) as Partial<Evidence> | null
    return typeof record?.digest === 'string' && isTime(record.at) ? (record as Evidence) : undefined
  } catch {
    return undefined
  }
}

/** When it was proved, to the minute so that the hosts of one run mostly share it: `2026-08-01 12:34 UTC`. */
export const provedAt = ({ at }: Evidence): string =>
  `${new Date(at / 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/**
 * Steps that write the record of a verification.
 *
 * @param type - The task type's name.
 * @param claim - As given to `evidence`.
 * @param record - Called when the step is due, with the output of the steps before it.
 */
export const keepEvidence = (
  type: string,
  claim: unknown,
  record: (earlier: readonly StepOutput[]) => Evidence,
): readonly ShellStep[] => [
  script(`make ${DIRECTORY}`, `mkdir -p -m 0700 ${DIRECTORY}`),
  replaceFile({
    path: fileOf(type, claim),
    content: (earlier) => `${JSON.stringify(record(earlier), null, 2)}\n`,
    mode: '0600',
  }),
]
