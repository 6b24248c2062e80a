// Limits the number of connected hosts; a host that waits for nothing may lose its connection to another.
import type { Host } from '../model/inventory.ts'
import type { Connected, Session } from '../transport/session.ts'

interface Slot {
  session: Session | undefined
  /** Work under way on the host; it may not lose its connection meanwhile. */
  users: number
  connecting: Promise<Connected> | undefined
}

export class SessionPool {
  readonly #slots = new Map<string, Slot>()
  readonly #waiting: (() => void)[] = []
  /** Connections that are being closed: until they are, they count. */
  #closing = 0
  readonly #limit: number
  readonly #connect: (host: Host) => Promise<Connected>
  /** Round trips of connections that were closed. */
  readonly #spent = new Map<string, number>()

  constructor(limit: number, connect: (host: Host) => Promise<Connected>) {
    this.#limit = limit
    this.#connect = connect
  }

  /** Runs `work` with the host's session, connecting first where there is none. */
  async use<T>(host: Host, work: (connected: Connected) => Promise<T>): Promise<T> {
    const slot = await this.#take(host.name)
    try {
      if (slot.session) return await work({ ok: true, session: slot.session })
      const connected = await (slot.connecting ??= this.#connect(host))
      if (connected.ok) slot.session = connected.session
      return await work(connected)
    } finally {
      slot.connecting = undefined
      slot.users--
      if (!slot.session && slot.users === 0) this.#slots.delete(host.name)
      this.#waiting.shift()?.()
    }
  }

  /** The session of a host that is connected now. */
  current(host: string): Session | undefined {
    return this.#slots.get(host)?.session
  }

  roundTrips(host: string): number {
    return (this.#spent.get(host) ?? 0) + (this.current(host)?.roundTrips ?? 0)
  }

  /** For a session that failed: the next use connects anew. */
  async drop(host: string): Promise<void> {
    const slot = this.#slots.get(host)
    if (!slot?.session) return
    const { session } = slot
    this.#spent.set(host, this.roundTrips(host))
    slot.session = undefined
    if (slot.users === 0) this.#slots.delete(host)
    this.#closing++
    try {
      await session.close()
    } finally {
      this.#closing--
      this.#waiting.shift()?.()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#slots.keys()].map((host) => this.drop(host)))
  }

  async #take(name: string): Promise<Slot> {
    for (;;) {
      const known = this.#slots.get(name)
      if (known) {
        known.users++
        // Map order is the order of last use.
        this.#slots.delete(name)
        this.#slots.set(name, known)
        return known
      }
      if (this.#slots.size + this.#closing < this.#limit) {
        const slot: Slot = { session: undefined, users: 1, connecting: undefined }
        this.#slots.set(name, slot)
        return slot
      }
      const idle = [...this.#slots].find(([, slot]) => slot.users === 0)
      if (idle) await this.drop(idle[0])
      else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
}
