// What a verification proved and when, kept on the host, so that it is due again only when something has changed.
import { createHash } from 'node:crypto'
import type { Json } from '../model/inventory.ts'
import { type FileFact, textFile } from './probes/file.ts'
import { replaceFile } from './replaceFile.ts'
import { type ShellStep, script, type StepOutput } from './step.ts'

const FOLDER = '/var/lib/crane-play/verified'

/** A digest of all that a proof rests on. */
export const digestOf = (facts: unknown): string => createHash('sha256').update(JSON.stringify(facts)).digest('hex')

/** The record of a verification, as text. */
export const evidence = (name: string) => textFile(`${FOLDER}/${name}.json`)

export interface Evidence {
  readonly digest: string
  readonly [field: string]: Json
}

/** Undefined when there is none, or none that can be read: then the verification is due. */
export function readEvidence(fact: FileFact): Evidence | undefined {
  if (fact.type !== 'file' || fact.text === null) return undefined
  try {
    const record = JSON.parse(fact.text) as unknown
    const digest = (record as { digest?: unknown } | null)?.digest
    return typeof digest === 'string' ? (record as Evidence) : undefined
  } catch {
    return undefined
  }
}

/** Steps that write the record; it is made when they are due, from what the steps before gave back. */
export const keepEvidence = (
  name: string,
  record: (earlier: readonly StepOutput[]) => Evidence,
): readonly ShellStep[] => [
  script(`make ${FOLDER}`, `mkdir -p -m 0700 ${FOLDER}`),
  replaceFile({
    path: `${FOLDER}/${name}.json`,
    content: (earlier) => `${JSON.stringify(record(earlier), null, 2)}\n`,
    mode: '0600',
  }),
]
