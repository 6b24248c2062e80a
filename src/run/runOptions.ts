// The engine's options for a run: deadlines, and how many hosts are connected at once.
import type { RunOptions } from '../engine/options.ts'
import { type Checked, checked } from '../model/diagnostic.ts'
import type { ValidPlaybook } from '../model/playbook.ts'
import { forksWithin } from './forksWithin.ts'
import type { RunRequest } from './runRequest.ts'

const CONNECT_SECONDS = 15
const PROBE_DEADLINE_MS = 60_000

/** A mistake when this process may not have enough open files for the hosts. */
export function runOptions(request: RunRequest, { plays }: ValidPlaybook): Checked<RunOptions> {
  const hosts = new Set(plays.flatMap((play) => play.hosts))
  const forks = forksWithin(request.forks, hosts.size)
  if (!forks.ok) return forks
  return checked({
    check: request.check,
    forks: forks.value,
    acceptNewHostKeys: request.connections.acceptNewHostKeys,
    connectDeadlineMs: connectDeadlineMs(request),
    probeDeadlineMs: PROBE_DEADLINE_MS,
    trace: request.trace,
  })
}

export const connectDeadlineMs = ({ connectSeconds = CONNECT_SECONDS }: RunRequest): number => connectSeconds * 1000
