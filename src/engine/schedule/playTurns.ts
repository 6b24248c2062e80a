// Runs the batches of a play in order until one fails as a whole, then reports what was not started.
import { foldNodeSet } from '../../model/nodeSet.ts'
import { batchesOf } from './batches.ts'
import type { HostRun } from '../hostRun.ts'
import { isLeft } from './progress.ts'
import { type BatchInput, PlayRun } from './playRun.ts'

export interface PlayTurns extends BatchInput {
  /** All hosts of the play. */
  readonly hosts: readonly HostRun[]
  /** No play comes after it. */
  readonly last: boolean
}

/** Whether the plays after this one may run. */
export async function runPlay({ hosts, last, ...input }: PlayTurns): Promise<boolean> {
  const batches = batchesOf(
    hosts,
    input.play.spec.serial,
    (run, name) => input.play.spec.variables(run.host.name)[name],
  )
  for (const [i, batch] of batches.entries()) {
    const began = batch.filter(isLeft)
    // Hosts that an earlier play lost do not count as failures of this one, while it has others.
    if (began.length === 0 && hosts.some(isLeft)) continue
    const turn = new PlayRun(input)
    await turn.runBatch(batch)
    if (input.runner.stopping) return false
    if (turn.ended !== undefined) {
      input.emit({ type: 'warning', message: `${turn.ended}; the run ends` })
      return false
    }
    if (turn.playEnded) return true
    if (began.some(isLeft)) continue
    const message = whyEnded(
      input.play.spec.name,
      began,
      batches
        .slice(i + 1)
        .flat()
        .filter(isLeft),
      hosts,
      last,
    )
    if (message !== undefined) input.emit({ type: 'warning', message })
    return false
  }
  return true
}

const nodeSet = (runs: readonly HostRun[]): string => foldNodeSet(runs.map((run) => run.host.name))

/** Undefined: nothing was left out. */
function whyEnded(
  play: string,
  failed: readonly HostRun[],
  notBegun: readonly HostRun[],
  hosts: readonly HostRun[],
  last: boolean,
): string | undefined {
  if (notBegun.length > 0) {
    const later = last ? '' : ', and the plays after it are not run'
    return `all hosts of a batch of play "${play}" failed (${nodeSet(failed)}): ${nodeSet(notBegun)} was not begun${later}`
  }
  if (last) return undefined
  const why = hosts.some(isLeft)
    ? `all hosts of the last batch of play "${play}" failed (${nodeSet(failed)})`
    : `no host is left in play "${play}"`
  return `${why}: the plays after it are not run`
}
