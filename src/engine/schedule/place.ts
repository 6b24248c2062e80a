// The position of a host in the tree of its play, from which its state follows.
import type { FailureFacts } from '../../model/result.ts'

/** The failures that led into the rescues around a place, the innermost first. */
export interface Rescued {
  readonly failure: FailureFacts
  readonly within: Rescued | undefined
}

export type Place =
  /** Goes on with the next node. */
  | { readonly at: 'next'; readonly in: Rescued | undefined }
  /** A task failed: on its way out of the blocks around it, until a rescue takes it up; at the end, out of the run. */
  | { readonly at: 'failed'; readonly failure: FailureFacts; readonly in: Rescued | undefined }
  /** Has ended this play, and takes part in the next one. */
  | { readonly at: 'ended' }
  /** Cannot be worked with any more, and is out of the run. */
  | { readonly at: 'lost' }

export const START: Place = { at: 'next', in: undefined }

interface Placed {
  place: Place
}

/** Goes on with the next task. */
export const goesOn = ({ place }: Placed): boolean => place.at === 'next'

/** Is in the run still: it takes part in the plays to come. */
export const isLeft = ({ place }: Placed): boolean => place.at === 'next' || place.at === 'ended'

/** Falls out of the blocks around it. */
export function fall(host: Placed, failure: FailureFacts): void {
  if (host.place.at === 'next') host.place = { at: 'failed', failure, in: host.place.in }
}

/** Into the rescue of the block that it fell out of. */
export function enterRescue(host: Placed): void {
  const { place } = host
  if (place.at === 'failed') host.place = { at: 'next', in: { failure: place.failure, within: place.in } }
}

/** Out of the rescue; a host that failed in it keeps falling, and the facts of that failure are the later one's. */
export function leaveRescue(host: Placed): void {
  const { place } = host
  if (place.at === 'next' || place.at === 'failed') host.place = { ...place, in: place.in?.within }
}
