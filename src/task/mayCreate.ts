// For predictions: which absent things a change may create besides those that it names.
import type { MayCreate } from '../model/decision.ts'

export type { MayCreate } from '../model/decision.ts'

/** For packages and arbitrary commands: anything absent may exist afterwards. */
export const mayCreateAnything: MayCreate = {}

/** For a service that starts: it creates sockets, PID files and directories. */
export const mayCreateFiles: MayCreate = { kinds: ['file', 'directory'] }

/** For a path created with its missing parents: the directories above it may exist afterwards. */
export const directoriesAbove = (path: string): MayCreate => ({ ...mayCreateFiles, above: path })
