// Which things that are absent now a change may bring into being, beyond those it says itself: for predictions.
import type { Probe } from './probes/probe.ts'

/** True for a probe whose answer may no longer be `absent` afterwards. */
export type MayCreate = (probe: Probe<unknown>) => boolean

/** A package, or a command that nobody knows. */
export const mayCreateAnything: MayCreate = () => true

/** A service that starts makes sockets, pid files and folders. */
export const mayCreateFiles: MayCreate = ({ kind }) => kind.name === 'file' || kind.name === 'directory'

/** Folders above a path are made with it. */
export const foldersAbove =
  (path: string): MayCreate =>
  (probe) =>
    mayCreateFiles(probe) && path.startsWith(`${probe.subject}/`)
