// Cuts a byte stream at the marks of one request, whatever lies between them and however it is chunked.

/** The longest text after the boundary on a mark's line; more than that is not something we sent. */
const LONGEST_MARK = 80

export interface MarkSink {
  /** Bytes that are not a mark. */
  bytes(chunk: Buffer): void
  /** The words after the boundary on a mark's line. */
  mark(words: readonly string[]): void
  /** The boundary was seen, followed by what no shell of ours would print. */
  garbled(): void
}

/**
 * A mark is a line `<boundary> word word…`. It brings its own line feed in front, so that output without a final line
 * feed stays as it is. The boundary is random and known to nobody but the shell that prints it.
 */
export class MarkReader {
  readonly #mark: Buffer
  readonly #sink: MarkSink
  #carry: Buffer = Buffer.alloc(0)

  constructor(boundary: string, sink: MarkSink) {
    this.#mark = Buffer.from(`\n${boundary} `, 'latin1')
    this.#sink = sink
  }

  push(chunk: Buffer): void {
    let data = this.#carry.length > 0 ? Buffer.concat([this.#carry, chunk]) : chunk
    for (;;) {
      const at = data.indexOf(this.#mark)
      if (at < 0) return this.#keep(data, Math.max(0, data.length - this.#mark.length + 1))
      const from = at + this.#mark.length
      const end = data.indexOf(10, from)
      if ((end < 0 ? data.length : end) - from > LONGEST_MARK) return this.#sink.garbled()
      if (end < 0) return this.#keep(data, at)
      if (at > 0) this.#sink.bytes(data.subarray(0, at))
      this.#sink.mark(data.toString('latin1', from, end).split(' '))
      data = data.subarray(end + 1)
    }
  }

  /** Hands out what was held back because it might have become a mark. */
  flush(): void {
    if (this.#carry.length > 0) this.#sink.bytes(this.#carry)
    this.#carry = Buffer.alloc(0)
  }

  #keep(data: Buffer, from: number): void {
    if (from > 0) this.#sink.bytes(data.subarray(0, from))
    this.#carry = Buffer.from(data.subarray(from))
  }
}
