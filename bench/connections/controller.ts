// The real loader, engine and transport on the hosts of an inventory: prepared first, then run and measured.
import { homedir } from 'node:os'
import { readFileSync } from 'node:fs'
import { startRun } from '../../src/engine/run.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { autoTransport } from '../../src/transport/autoTransport.ts'
import { loadRun } from '../loadRun.ts'
import type { FleetFiles } from './fleetFiles.ts'
import { OpenSockets } from './openSockets.ts'

export interface ControllerOrder {
  readonly files: FleetFiles
  /** Hosts connected at once. */
  readonly forks: number
  /** Memory is looked at after each of these hosts is done. */
  readonly looks: readonly number[]
}

export interface Memory {
  readonly hosts: number
  readonly heapBytes: number
  readonly residentBytes: number
}

export interface ControllerFigures {
  readonly hosts: number
  /** Task results by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly failures: readonly string[]
  /** Over the hosts. */
  readonly roundTrips: { readonly least: number; readonly most: number }
  /** How the hosts were reached: `ssh2` → so many. */
  readonly how: Readonly<Record<string, number>>
  readonly connections: number
  readonly mostOpen: number
  readonly memory: readonly Memory[]
  /** Processor time of the looks, which is the benchmark's own. */
  readonly looksMs: number
}

export async function readyController(order: ControllerOrder): Promise<() => Promise<ControllerFigures>> {
  const { files, forks } = order
  const loaded = await loadRun({ ...files, forks })
  const sockets = new OpenSockets()
  const transport = autoTransport({
    home: homedir(),
    username: 'root',
    sshConfigFile: files.sshConfig,
    knownHostsFiles: [files.knownHosts],
  })
  const seen = new Seen(order.looks)
  return async () => {
    const { done } = startRun({
      ...loaded,
      transport,
      emit: (event) => seen.event(event),
      readFile: (path) => readFileSync(path),
      clock: Date.now,
    })
    await done
    await transport.close()
    return {
      hosts: loaded.inventory.hosts.size,
      connections: sockets.opened,
      mostOpen: sockets.most,
      ...seen.figures(),
    }
  }
}

/** What the events say, and the memory at the times they say. */
class Seen {
  readonly #looks: readonly number[]
  readonly #outcomes: Record<string, number> = {}
  readonly #how: Record<string, number> = {}
  readonly #failures: string[] = []
  readonly #memory: Memory[] = []
  #results = 0
  #trips: readonly number[] = []
  #looksMs = 0

  constructor(looks: readonly number[]) {
    this.#looks = looks
  }

  event(event: RunEvent): void {
    switch (event.type) {
      case 'host-connected':
        this.#how[event.how] = (this.#how[event.how] ?? 0) + 1
        return
      case 'task-result': {
        const { outcome, failure } = event.result
        this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1
        if (failure && this.#failures.length < 5) this.#failures.push(`${event.host}: ${failure.cause}`)
        // All hosts are done with a task before the next one begins: the first results are one of each host.
        if (this.#looks.includes(++this.#results)) this.#look()
        return
      }
      case 'run-ended':
        this.#trips = Object.values(event.roundTrips)
    }
  }

  figures() {
    return {
      outcomes: this.#outcomes,
      failures: this.#failures,
      how: this.#how,
      roundTrips: { least: Math.min(...this.#trips), most: Math.max(...this.#trips) },
      memory: this.#memory,
      looksMs: this.#looksMs,
    }
  }

  /** Of what somebody still holds. */
  #look(): void {
    const before = process.cpuUsage()
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    this.#memory.push({ hosts: this.#results, heapBytes: heapUsed, residentBytes: rss })
    const { user, system } = process.cpuUsage(before)
    this.#looksMs += (user + system) / 1000
  }
}
