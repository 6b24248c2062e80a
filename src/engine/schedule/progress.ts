// How far a host has got in the tree of its play: going on, failed, ended or lost.
import type { FailureFacts } from '../../model/result.ts'

/** The failures that led into the rescues around a task, the innermost first. */
export interface Rescued {
  readonly failure: FailureFacts
  readonly within: Rescued | undefined
}

export type Progress =
  /** Goes on with the next node. */
  | { readonly at: 'next'; readonly in: Rescued | undefined }
  /** A task failed: on its way out of the blocks around it, until a rescue takes it up; at the end, out of the run. */
  | { readonly at: 'failed'; readonly failure: FailureFacts; readonly in: Rescued | undefined }
  /** Has ended this play, and takes part in the next one. */
  | { readonly at: 'ended' }
  /** Cannot be worked with any more, and is out of the run. */
  | { readonly at: 'lost' }

export const START: Progress = { at: 'next', in: undefined }

interface Progressing {
  progress: Progress
}

/** Goes on with the next task. */
export const goesOn = ({ progress }: Progressing): boolean => progress.at === 'next'

/** Is in the run still: it takes part in the plays to come. */
export const isLeft = ({ progress }: Progressing): boolean => progress.at === 'next' || progress.at === 'ended'

/** Falls out of the blocks around it. */
export function fall(host: Progressing, failure: FailureFacts): void {
  if (host.progress.at === 'next') host.progress = { at: 'failed', failure, in: host.progress.in }
}

/** Into the rescue of the block that it fell out of. */
export function enterRescue(host: Progressing): void {
  const { progress } = host
  if (progress.at === 'failed') host.progress = { at: 'next', in: { failure: progress.failure, within: progress.in } }
}

/** Out of the rescue; a host that failed in it keeps falling, and the facts of that failure are the later one's. */
export function leaveRescue(host: Progressing): void {
  const { progress } = host
  if (progress.at === 'next' || progress.at === 'failed') host.progress = { ...progress, in: progress.in?.within }
}
