// Runs the controllers one after the other against one fleet of SSH hosts in another process.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fleetPlaybook, type FleetSize } from '../fleet/fleetPlaybook.ts'
import type { BenchOptions } from '../result.ts'
import { runController } from './controllerProcess.ts'
import type { ControllerWord } from './controllerProgram.ts'
import { hashKnownHosts, writeFleetFiles } from './fleetFiles.ts'
import { startHosts } from './hostsProcess.ts'
import { type HostCounts, keyPair } from './sshHosts.ts'

/** hostsProgram.ts and controllerProgram.ts, built. */
export interface Programs {
  readonly hosts: string
  readonly controller: string
}

export interface Fleet extends FleetSize {
  /** How long a host takes for its login and for its answer, each; milliseconds. */
  readonly pauseMs: number
}

/** A way to run the controller. */
export interface Way {
  readonly subject: string
  readonly threads: number
  /** The names in known_hosts are hashed. */
  readonly hashed?: boolean
  /** Hosts connected at once, over all threads. */
  readonly forks: number
  /** After which hosts the memory is looked at. */
  readonly looks: readonly number[]
}

export interface ControllerRun {
  readonly word: ControllerWord
  /** What the hosts counted meanwhile. */
  readonly counts: HostCounts
}

interface RunOptions {
  readonly runs: number
  readonly say: BenchOptions['say']
}

/** Each way so many times, in turn, so that whatever else the machine does hits all of them; by way, in their order. */
export async function runControllers(
  programs: Programs,
  fleet: Fleet,
  ways: readonly Way[],
  { runs, say }: RunOptions,
): Promise<readonly (readonly ControllerRun[])[]> {
  const login = keyPair()
  const { hosts, tasks, pauseMs } = fleet
  const there = await startHosts(programs.hosts, { hosts, tasks, pauseMs, login: login.public })
  const directory = mkdtempSync(join(tmpdir(), 'crane-play-connections-'))
  try {
    const { port, knownHosts } = there
    const content = { fleet: fleetPlaybook(fleet), port, knownHosts, privateKey: login.private }
    const prepared = ways.map((way, i) => {
      const own = way.hashed ? { ...content, knownHosts: hashKnownHosts(knownHosts) } : content
      return Array.from({ length: way.threads }, (_, share) => ({
        files: writeFleetFiles(join(directory, `${i}-${share}`), own, share, way.threads),
        forks: way.forks / way.threads,
        looks: way.looks,
      }))
    })
    const results = ways.map((): ControllerRun[] => [])
    for (let run = 1; run <= runs; run++) {
      for (const [i, orders] of prepared.entries()) {
        const word = await runController(programs.controller, orders)
        results[i]?.push({ word, counts: await there.takeCounts() })
        const cost = (word.cpuMs / hosts).toFixed(1)
        say(`connections: ${hosts} hosts, ${ways[i]?.subject}: ${run} of ${runs}: ${cost} ms a host`)
      }
    }
    return results
  } finally {
    await there.end()
    rmSync(directory, { recursive: true, force: true })
  }
}
