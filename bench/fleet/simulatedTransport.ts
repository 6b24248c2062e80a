// A transport to hosts in memory: each answer takes some time, and some hosts fail as real hosts do.
import type { Host } from '../../src/model/inventory.ts'
import type { Connected, Script, Session, Transport, TransportFailure } from '../../src/transport/session.ts'
import type { SimulatedHost } from './simulatedHost.ts'

export type Fault =
  /** No connection comes about. */
  | 'unreachable'
  /** The connection breaks at the first request. */
  | 'lost'

export interface SimulatedTransportOptions {
  readonly hosts: ReadonlyMap<string, SimulatedHost>
  /** Of a connection and of each request, milliseconds. */
  readonly latencyMs: number
  readonly faults?: ReadonlyMap<string, Fault>
}

const FAILURES: Readonly<Record<Fault, TransportFailure>> = {
  unreachable: { kind: 'unreachable', cause: 'nothing answers', tried: 'connect' },
  lost: { kind: 'unreachable', cause: 'the connection was lost: reset by peer', exitStatus: null },
}

export class SimulatedTransport implements Transport {
  readonly #options: SimulatedTransportOptions
  /** Sessions open now, and the most there were. */
  open = 0
  mostOpen = 0
  connections = 0
  /** Processor time that the hosts' side took, which no controller pays; microseconds. */
  hostMicroseconds = 0

  constructor(options: SimulatedTransportOptions) {
    this.#options = options
  }

  async connect(host: Host): Promise<Connected> {
    const { hosts, faults } = this.#options
    this.connections++
    this.open++
    this.mostOpen = Math.max(this.mostOpen, this.open)
    await this.#wait()
    const simulated = hosts.get(host.name)
    const fault = faults?.get(host.name)
    if (!simulated || fault === 'unreachable') {
      this.open--
      return { ok: false, failure: FAILURES.unreachable }
    }
    return { ok: true, session: this.#session(host, simulated, fault) }
  }

  async close(): Promise<void> {}

  #session(host: Host, simulated: SimulatedHost, fault: Fault | undefined): Session {
    let roundTrips = 0
    const run = async ({ parts }: Script): ReturnType<Session['run']> => {
      roundTrips++
      await this.#wait()
      if (fault) return { ok: false, failure: FAILURES[fault], parts: [] }
      const before = process.cpuUsage()
      const replies = parts.map((part) => simulated.answer(part))
      const { user, system } = process.cpuUsage(before)
      this.hostMicroseconds += user + system
      return { ok: true, parts: replies }
    }
    return {
      host,
      how: 'simulated',
      run: (_identity, script) => run(script),
      dialUnix: () => Promise.reject(new Error('a simulated host has no sockets')),
      cancel: async () => ({ state: 'idle' }),
      get roundTrips() {
        return roundTrips
      },
      close: async () => {
        this.open--
      },
    }
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#options.latencyMs))
  }
}
