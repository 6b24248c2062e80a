// Reads on other hosts what explains a failure of this one: the last lines of the files that the task type names.
import { quoteShell } from '../../model/quoteShell.ts'
import type { FollowUp, FollowUpRead } from '../../task/defineTask.ts'
import type { Identity } from '../../transport/session.ts'
import type { HostRun } from '../hostRun.ts'
import type { SessionPool } from '../sessionPool.ts'

const DEADLINE_MS = 10_000
const TAIL_BYTES = 16 * 1024

export interface FollowUpInput {
  readonly runs: ReadonlyMap<string, HostRun>
  readonly pool: SessionPool
  readonly identity: (run: HostRun) => Identity
}

/** Files that cannot be read, and hosts that are not in the run or cannot be reached, are left out. Never rejects. */
export async function readFollowUps(wanted: readonly FollowUp[], input: FollowUpInput): Promise<FollowUpRead[]> {
  const names = [...new Set(wanted.map(({ host }) => host))]
  const reads = names.map(async (name) => {
    const files = wanted.filter(({ host }) => host === name)
    const run = runOf(name, input.runs)
    if (!run || run.place.at === 'lost') return []
    const parts = files.map(({ path }) => ({
      as: 'probe' as const,
      script: `tail -c ${TAIL_BYTES} -- ${quoteShell(path)}`,
    }))
    return input.pool.use(run.host, async (connected) => {
      if (!connected.ok) return []
      const reply = await connected.session.run(input.identity(run), { parts, deadlineMs: DEADLINE_MS })
      return files.flatMap((file, i) => {
        const part = reply.parts[i]
        return part?.ran && part.status === 0 ? [{ ...file, text: part.stdout.toString('utf8') }] : []
      })
    })
  })
  const settled = await Promise.allSettled(reads)
  return settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
}

/** A node is named by its host name, which is often the first label of the name in the inventory. */
function runOf(name: string, runs: ReadonlyMap<string, HostRun>): HostRun | undefined {
  return runs.get(name) ?? [...runs.values()].find(({ host }) => host.name.split('.')[0] === name)
}
