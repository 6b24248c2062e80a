// How many hosts are connected at once: as many as `--forks` says, where the process may have files open for them.
import { readFileSync } from 'node:fs'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'

/** Sockets, pipes and a second channel: what one host needs at most. */
const FILES_PER_HOST = 4
/** For the program's own files and the streams of a terminal. */
const RESERVED = 100
const MOST = 1000
/** Where the limit cannot be read: the usual soft limit of 1024 leaves room for this many. */
const UNKNOWN = 200

/**
 * `hosts` of the run are never connected more than once each, so no more than that many files are asked for.
 * @param limits the text of /proc/self/limits, or undefined where it cannot be read
 */
export function forksWithin(
  asked: number | undefined,
  hosts: number,
  limits: string | undefined = readLimits(),
): Checked<number> {
  const soft = limits === undefined ? undefined : /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1]
  if (soft === undefined) return checked(asked ?? UNKNOWN)
  if (soft === 'unlimited') return checked(asked ?? MOST)
  const room = Math.floor((Number(soft) - RESERVED) / FILES_PER_HOST)
  const atOnce = Math.min(asked ?? 1, hosts)
  if (atOnce <= room) return checked(asked ?? Math.min(MOST, room))
  const needed = RESERVED + atOnce * FILES_PER_HOST
  const who = asked === undefined ? 'one host at a time' : `${atOnce} hosts at once`
  const message = `${who} can need ${needed} open files; the limit of this process is ${soft}`
  const fewer = room > 0 ? `, or use --forks ${room}` : ''
  return mistaken([mistake('too-few-open-files', message, undefined, `run \`ulimit -n ${needed}\`${fewer}`)])
}

function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return undefined
  }
}
