// Yields to the event loop so that signals, connections and the terminal are served while hosts are being decided on.

/** Milliseconds without a turn; a tenth of a second would be seen. */
const AT_MOST_MS = 25

export class EventLoopYield {
  #last: number

  constructor(now: number) {
    this.#last = now
  }

  due(now: number): boolean {
    return now - this.#last > AT_MOST_MS
  }

  /** `clock` is read after the others had their turn. */
  async take(clock: () => number): Promise<void> {
    await new Promise<void>((resolve) => void setImmediate(resolve))
    this.#last = clock()
  }
}
