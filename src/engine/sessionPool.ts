// Keeps at most so many hosts connected at once; a host that waits for nothing may lose its connection to another.
import type { Host } from '../model/inventory.ts'
import type { Connected, Session } from '../transport/session.ts'

interface Place {
  session: Session | undefined
  /** Work under way on the host; it may not lose its connection meanwhile. */
  users: number
  connecting: Promise<Connected> | undefined
}

export class SessionPool {
  readonly #places = new Map<string, Place>()
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
    const place = await this.#take(host.name)
    try {
      if (place.session) return await work({ ok: true, session: place.session })
      const connected = await (place.connecting ??= this.#connect(host))
      if (connected.ok) place.session = connected.session
      return await work(connected)
    } finally {
      place.connecting = undefined
      place.users--
      if (!place.session && place.users === 0) this.#places.delete(host.name)
      this.#waiting.shift()?.()
    }
  }

  /** The session of a host that is connected now. */
  current(host: string): Session | undefined {
    return this.#places.get(host)?.session
  }

  roundTrips(host: string): number {
    return (this.#spent.get(host) ?? 0) + (this.current(host)?.roundTrips ?? 0)
  }

  /** For a session that failed: the next use connects anew. */
  async drop(host: string): Promise<void> {
    const place = this.#places.get(host)
    if (!place?.session) return
    const { session } = place
    this.#spent.set(host, this.roundTrips(host))
    place.session = undefined
    if (place.users === 0) this.#places.delete(host)
    this.#closing++
    try {
      await session.close()
    } finally {
      this.#closing--
      this.#waiting.shift()?.()
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#places.keys()].map((host) => this.drop(host)))
  }

  async #take(name: string): Promise<Place> {
    for (;;) {
      const known = this.#places.get(name)
      if (known) {
        known.users++
        // Map order is the order of last use.
        this.#places.delete(name)
        this.#places.set(name, known)
        return known
      }
      if (this.#places.size + this.#closing < this.#limit) {
        const place: Place = { session: undefined, users: 1, connecting: undefined }
        this.#places.set(name, place)
        return place
      }
      const idle = [...this.#places].find(([, place]) => place.users === 0)
      if (idle) await this.drop(idle[0])
      else await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
}
