// Reads an answer of a host from front to back, where everything in it has a known length.
import { GarbledAnswer } from './probe.ts'

export class AnswerReader {
  readonly #bytes: Buffer
  readonly #about: string
  #at = 0

  constructor(stdout: Buffer, about: string) {
    this.#bytes = stdout
    this.#about = about
  }

  /** Up to the next line feed, or another byte. */
  line(end = 0x0a): string {
    const at = this.#bytes.indexOf(end, this.#at)
    if (at < 0) throw new GarbledAnswer(`the answer about ${this.#about} ends too early`)
    const line = this.#bytes.toString('utf8', this.#at, at)
    this.#at = at + 1
    return line
  }

  bytes(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new GarbledAnswer('a file became shorter while it was read')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  /** The rest is this. */
  expect(text: string): void {
    if (this.#bytes.toString('latin1', this.#at) !== text) throw new GarbledAnswer('a file changed while it was read')
  }
}
