// Waits for a promise or a deadline, which may be extended meanwhile.

export class Deadline {
  /** Resolves once a deadline has passed; never when it was cleared before. */
  readonly passed: Promise<'overdue'>
  #limitMs: number
  #timer: NodeJS.Timeout
  #pass: (how: 'overdue') => void = () => {}

  constructor(ms: number) {
    this.passed = new Promise((resolve) => {
      this.#pass = resolve
    })
    this.#limitMs = ms
    this.#timer = setTimeout(this.#pass, ms, 'overdue')
  }

  /** The milliseconds that a message about it names. */
  get limitMs(): number {
    return this.#limitMs
  }

  /** From now on, whatever was set before. `limitMs` is what somebody set, where `ms` is only what is left of it. */
  restart(ms: number, limitMs = ms): void {
    this.clear()
    this.#limitMs = limitMs
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
