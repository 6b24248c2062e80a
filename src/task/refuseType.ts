// The refusal of a task that needs a file or a directory where something else is.
import { type RefuseDecision, refuse } from './decision.ts'
import type { FileFact } from './probes/file.ts'

const CALLED: Readonly<Record<Exclude<FileFact['type'], 'absent' | 'denied'>, string>> = {
  file: 'a file',
  directory: 'a directory',
  socket: 'a socket',
  other: 'a device or a pipe',
  'dangling-link': 'a symbolic link to nothing',
}

/**
 * Refuses when something else is at a path: `/x is a directory, not a file`, `permission denied: /x`.
 *
 * @param path - The path, as it is shown.
 * @param fact - What a probe read there.
 * @param wanted - What the task needs there.
 * @param hint - What to do about it; by default to remove it, which is right for a task that writes there.
 * @returns Undefined when the path is absent or already what is wanted.
 */
export function refuseType(
  path: string,
  fact: FileFact,
  wanted: 'file' | 'directory',
  hint = 'remove or rename it first',
): RefuseDecision | undefined {
  if (fact.type === 'absent' || fact.type === wanted) return undefined
  if (fact.type === 'denied') return refuse(`permission denied: ${path}`, 'add `become: true`')
  return refuse(`${path} is ${CALLED[fact.type]}, not a ${wanted}`, hint)
}
