// Counts the processes that a host starts for each exchange of a run, by the process ids that its kernel assigns.
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { startRun } from '../../src/engine/run.ts'
import { autoTransport } from '../../src/transport/autoTransport.ts'
import type { Script, ScriptPart, Session, Transport } from '../../src/transport/session.ts'
import { loadRun } from '../loadRun.ts'
import type { Work } from './contender.ts'
import { playbookFor } from './contenders/cranePlay.ts'
import type { World } from './world.ts'

/** The subshell of a part reports its own process id without starting anything. */
const WHO_AM_I: ScriptPart = { as: 'probe', script: 'read -r pid rest </proc/self/stat; echo "$pid"' }

/** Processes started on one host for each exchange, in order. A host numbers its processes one after another. */
export async function countForks(world: World, work: Work, host: string): Promise<readonly number[]> {
  const files = {
    inventory: world.lab.inventory,
    playbook: playbookFor(world, work),
    check: work.check,
    limit: host,
    forks: 1,
  }
  const loaded = await loadRun(files)
  const counts: number[] = []
  const transport = counting(
    autoTransport({
      home: homedir(),
      username: 'root',
      sshConfigFile: 'none',
      knownHostsFiles: [world.lab.knownHosts],
    }),
    counts,
  )
  const { done } = startRun({
    ...loaded,
    transport,
    emit: () => {},
    readFile: (path) => readFileSync(path),
    clock: Date.now,
  })
  await done
  await transport.close()
  return counts
}

function counting(inner: Transport, counts: number[]): Transport {
  return {
    async connect(host, options) {
      const connected = await inner.connect(host, options)
      return connected.ok ? { ok: true, session: countingSession(connected.session, counts) } : connected
    },
    close: () => inner.close(),
  }
}

function countingSession(session: Session, counts: number[]): Session {
  return {
    host: session.host,
    how: session.how,
    get roundTrips() {
      return session.roundTrips
    },
    async run(identity, script: Script) {
      const reply = await session.run(identity, { ...script, parts: [WHO_AM_I, ...script.parts, WHO_AM_I] })
      const [first, last] = [reply.parts.at(0), reply.parts.at(-1)].map((part) => Number(part?.stdout.toString()))
      // The second of the two parts is a process too, and not the run's.
      counts.push((last ?? Number.NaN) - (first ?? Number.NaN) - 1)
      return { ...reply, parts: reply.parts.slice(1, -1) }
    },
    dialUnix: (path, identity) => session.dialUnix(path, identity),
    cancel: (graceMs) => session.cancel(graceMs),
    close: () => session.close(),
  }
}
