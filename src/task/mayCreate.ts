// Which things that are absent now a change may create besides those it names: for predictions.
import type { Probe } from './probes/probe.ts'

/** Returns true for a probe whose answer may no longer be `absent` after the change. */
export type MayCreate = (probe: Probe<unknown>) => boolean

/** For packages and arbitrary commands: anything absent may exist afterwards. */
export const mayCreateAnything: MayCreate = () => true

/** For a service that starts: it creates sockets, PID files and directories. */
export const mayCreateFiles: MayCreate = ({ kind }) => kind.name === 'file' || kind.name === 'directory'

/** For a path created with its missing parents: the directories above it may exist afterwards. */
export const directoriesAbove =
  (path: string): MayCreate =>
  (probe) =>
    mayCreateFiles(probe) && path.startsWith(`${probe.subject}/`)
