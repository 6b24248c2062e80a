/** Waits for a condition with a bound, and reads files that may be gone. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { LabProblem } from './machine.ts'

/** Polls until `look` gives a value. @throws LabProblem naming what was awaited after `limit` milliseconds */
export async function until<T>(
  what: string,
  limit: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const giveUp = Date.now() + limit
  for (;;) {
    const value = await look()
    if (value !== undefined) return value
    if (Date.now() > giveUp) throw new LabProblem(`waited ${limit / 1000} s in vain for ${what}`)
    await pause(30)
  }
}

/** The text of a file, or '' when it cannot be read. */
export function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
