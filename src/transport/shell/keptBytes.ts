// Keeps the head and the tail of a stream of any length in bounded memory.

/** `head` and `tail` are numbers of bytes; what lies between them is counted and dropped. */
export class KeptBytes {
  readonly #headSize: number
  readonly #tailSize: number
  #head: Buffer[] = []
  #headLength = 0
  #tail: Buffer[] = []
  #tailLength = 0
  #dropped = 0

  constructor(head: number, tail: number) {
    this.#headSize = head
    this.#tailSize = tail
  }

  get dropped(): number {
    return this.#dropped
  }

  push(bytes: Buffer): void {
    const room = this.#headSize - this.#headLength
    const first = room > 0 ? bytes.subarray(0, room) : bytes.subarray(0, 0)
    if (first.length > 0) {
      // Copied, because a small slice would keep the whole network buffer alive.
      this.#head.push(Buffer.from(first))
      this.#headLength += first.length
    }
    let rest = bytes.subarray(first.length)
    if (rest.length === 0) return
    if (rest.length > this.#tailSize) {
      this.#dropped += rest.length - this.#tailSize
      rest = rest.subarray(rest.length - this.#tailSize)
    }
    this.#tail.push(Buffer.from(rest))
    this.#tailLength += rest.length
    // Many small chunks are joined now and then: a list of one-byte buffers costs far more than its bytes.
    if (this.#tailLength > 2 * this.#tailSize || this.#tail.length > 1024) this.#trim()
  }

  bytes(): Buffer {
    this.#trim()
    return Buffer.concat([...this.#head, ...this.#tail])
  }

  #trim(): void {
    const all = Buffer.concat(this.#tail)
    const over = Math.max(0, all.length - this.#tailSize)
    this.#dropped += over
    this.#tail = all.length > over ? [over > 0 ? Buffer.from(all.subarray(over)) : all] : []
    this.#tailLength = all.length - over
  }
}
