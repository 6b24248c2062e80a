// Reads on other hosts what explains a failure on this one: the last lines of the files that the task type names.
import { quoteShell } from '../../model/quoteShell.ts'
import type { Host } from '../../model/inventory.ts'
import type { FollowUp, FollowUpRead } from '../../task/defineTask.ts'
import type { Identity } from '../../transport/session.ts'
import type { SessionPool } from '../sessionPool.ts'

const DEADLINE_MS = 10_000
const TAIL_BYTES = 16 * 1024

export interface FollowUpInput {
  /** The inventory: a node need not take part in the run. */
  readonly hosts: ReadonlyMap<string, Host>
  readonly pool: SessionPool
  readonly identity: (host: Host) => Identity
}

/** Files that cannot be read, and hosts that are not in the inventory or cannot be reached, are left out. Never rejects. */
export async function readFollowUps(wanted: readonly FollowUp[], input: FollowUpInput): Promise<FollowUpRead[]> {
  const names = [...new Set(wanted.map(({ host }) => host))]
  const reads = names.map(async (name) => {
    const files = wanted.filter(({ host }) => host === name)
    const host = hostOf(name, input.hosts)
    if (!host) return []
    const parts = files.map(({ path }) => ({
      as: 'probe' as const,
      script: `tail -c ${TAIL_BYTES} -- ${quoteShell(path)}`,
    }))
    return input.pool.use(host, async (connected) => {
      if (!connected.ok) return []
      const reply = await connected.session.run(input.identity(host), { parts, deadlineMs: DEADLINE_MS })
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
function hostOf(name: string, hosts: ReadonlyMap<string, Host>): Host | undefined {
  return hosts.get(name) ?? [...hosts.values()].find((host) => host.name.split('.')[0] === name)
}
