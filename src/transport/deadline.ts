// Waiting with an end: for a promise, or for a deadline that may be set anew meanwhile.

export class Deadline {
  /** Resolves once a deadline has passed; never when it was cleared before. */
  readonly passed: Promise<'overdue'>
  #ms: number
  #timer: NodeJS.Timeout
  #pass: (how: 'overdue') => void = () => {}

  constructor(ms: number) {
    this.passed = new Promise((resolve) => {
      this.#pass = resolve
    })
    this.#ms = ms
    this.#timer = setTimeout(this.#pass, ms, 'overdue')
  }

  /** The milliseconds that were given last. */
  get ms(): number {
    return this.#ms
  }

  /** From now on, whatever was set before. */
  restart(ms: number): void {
    this.clear()
    this.#ms = ms
    this.#timer = setTimeout(this.#pass, ms, 'overdue')
  }

  clear(): void {
    clearTimeout(this.#timer)
  }
}

/** What the promise resolves to, or `overdue` where that takes longer than `ms`. The promise itself goes on. */
export async function withinTime<T>(promise: Promise<T>, ms: number): Promise<T | 'overdue'> {
  const deadline = new Deadline(ms)
  try {
    return await Promise.race([promise, deadline.passed])
  } finally {
    deadline.clear()
  }
}
