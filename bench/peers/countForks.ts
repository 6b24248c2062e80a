// Counts the processes that a host's shell starts for each exchange of a run, itself or through what it starts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startRun } from '../../src/engine/run.ts'
import { localSession } from '../../src/transport/localSession.ts'
import type { ScriptPart, Session, Transport } from '../../src/transport/session.ts'
import { loadRun } from '../loadRun.ts'
import type { Work } from './contender.ts'
import { playbookFor } from './contenders/cranePlay.ts'
import type { World } from './world.ts'

/** Starts nothing, so that the first exchange does not count the way into the host. */
const NOTHING: ScriptPart = { as: 'probe', script: ':', inShell: true }

/** Processes started on the last host for each exchange, in order. The shell is the same as over SSH, reached without it. */
export async function countForks(world: World, work: Work): Promise<readonly number[]> {
  const host = world.hosts.at(-1)
  if (!host) throw new Error('the lab has no host')
  const loaded = await loadRun({
    inventory: world.lab.inventory,
    playbook: playbookFor(world, work),
    check: work.check,
    limit: host.name,
    forks: 1,
  })
  const log = join(world.directory, 'forks')
  // Not by the process ids that the host assigns: it starts other things meanwhile.
  const trace = ['strace', '-f', '-qq', '-e', 'trace=clone,clone3,fork,vfork', '-e', 'signal=none', '-o', log]
  const shell = [...trace, ...host.enter(), 'sh'].join(' ')
  const counts: number[] = []
  const transport: Transport = {
    async connect(inventoryHost) {
      const session = localSession(inventoryHost, { shell })
      await session.run({}, { parts: [NOTHING], deadlineMs: 60_000 })
      return { ok: true, session: countingSession(session, log, counts) }
    },
    close: async () => {},
  }
  const { done } = startRun({
    ...loaded,
    transport,
    emit: () => {},
    readFile: (path) => readFileSync(path),
    clock: Date.now,
  })
  await done
  return counts
}

function countingSession(session: Session, log: string, counts: number[]): Session {
  return {
    host: session.host,
    how: session.how,
    get roundTrips() {
      return session.roundTrips
    },
    async run(identity, script) {
      const before = forksIn(log)
      const reply = await session.run(identity, script)
      counts.push(forksIn(log) - before)
      return reply
    },
    dialUnix: (path, identity) => session.dialUnix(path, identity),
    cancel: (graceMs) => session.cancel(graceMs),
    close: () => session.close(),
  }
}

/** strace writes a line as soon as a call returns; those of interest return a process id. */
const forksIn = (log: string): number => readFileSync(log, 'latin1').match(/ = \d+$/gm)?.length ?? 0
