// How many hosts are connected at once unless `--forks` says it: as many as the process may have files open for.
import { readFileSync } from 'node:fs'

/** Sockets, pipes and a second channel: what one host needs at most. */
const FILES_PER_HOST = 4
/** For the program's own files and the streams of a terminal. */
const RESERVED = 100
const LEAST = 8
const MOST = 1000
/** Where the limit cannot be read: the usual soft limit of 1024 leaves room for this many. */
const UNKNOWN = 200

/** @param limits the text of /proc/self/limits, or undefined where there is none */
export function defaultForks(limits: string | undefined = readLimits()): number {
  const soft = limits === undefined ? undefined : /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1]
  if (soft === undefined) return UNKNOWN
  if (soft === 'unlimited') return MOST
  return Math.min(MOST, Math.max(LEAST, Math.floor((Number(soft) - RESERVED) / FILES_PER_HOST)))
}

function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return undefined
  }
}
