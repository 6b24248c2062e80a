// Gathers the replies of one request from the two streams of a shell.
import { KeptBytes } from './keptBytes.ts'
import { MarkReader } from './markReader.ts'
import { partMark } from './requestText.ts'
import type { PartReply, Script } from '../session.ts'

const DEFAULT_OUTPUT = { probe: 1024 * 1024, step: 64 * 1024 } as const
/** Bytes a probe may print: what prints more may never end, and nobody waits for a deadline to find out. */
const FLOOD = 64 * 1024 * 1024
const STDERR_KEPT = 64 * 1024
const NOISE_KEPT = 8 * 1024

/** The process of the shell that answers, and the group it may be ended with (0: none of its own). */
export interface ShellProcess {
  readonly pid: number
  readonly group: number
  /** What the part that runs has in its environment. */
  readonly mark?: string
}

interface Half {
  readonly kept: KeptBytes
  readonly words: readonly string[]
}

/** One of the two streams: its finished parts, and the part that is being printed. */
class Side {
  readonly reader: MarkReader
  readonly done: Half[] = []
  readonly noise = new KeptBytes(0, NOISE_KEPT)
  started = false
  open: KeptBytes
  #fed = -1

  constructor(
    boundary: string,
    fresh: (index: number) => KeptBytes,
    on: (words: readonly string[]) => void,
    feed: (index: number) => void,
    bad: () => void,
    flood: (index: number) => void,
  ) {
    this.open = fresh(0)
    this.reader = new MarkReader(boundary, {
      bytes: (chunk) => {
        const kept = this.started ? this.open : this.noise
        kept.push(chunk)
        if (kept.dropped > FLOOD) flood(this.done.length)
      },
      mark: (words) => {
        if (!this.started) {
          if (words[0] !== 'start') return bad()
          this.started = true
        } else if (words[0] === 'feed') {
          if (words[1] !== String(this.done.length) || this.#fed === this.done.length) return bad()
          this.#fed = this.done.length
          return feed(this.#fed)
        } else {
          if (words[0] !== String(this.done.length)) return bad()
          this.done.push({ kept: this.open, words })
          this.open = fresh(this.done.length)
        }
        on(words)
      },
      garbled: bad,
    })
  }
}

/** The progress of a request, as its marks report it. */
export interface RequestEvents {
  /** The shell has begun. */
  begun(): void
  /** The shell waits for the input of a part. */
  hungry(index: number): void
  /** The last of the steps has ended, or was not run. */
  stepsEnded(): void
  /** All parts are in. */
  ended(): void
  /** A mark is out of order. */
  garbled(): void
  /** A probe has no end. */
  flooded(): void
}

export class PartReplies {
  readonly #script: Script
  readonly #boundary: string
  readonly #stdout: Side
  readonly #stderr: Side
  #process: ShellProcess | undefined

  constructor(script: Script, boundary: string, events: RequestEvents) {
    this.#script = script
    this.#boundary = boundary
    const output = (index: number) => {
      const part = script.parts[index]
      const limit = part?.maxOutput ?? DEFAULT_OUTPUT[part?.as ?? 'step']
      return new KeptBytes(Math.ceil(limit / 2), Math.floor(limit / 2))
    }
    const lastStep = script.parts.findLastIndex((part) => part.as === 'step')
    const onStdout = (words: readonly string[]) => {
      if (words[0] === 'start') {
        if (words[1]) this.#process = { pid: Number(words[1]), group: Number(words[2] ?? 0) || 0 }
        events.begun()
      } else if (this.#stdout.done.length === lastStep + 1) events.stepsEnded()
      if (this.complete) events.ended()
    }
    const onStderr = () => {
      if (this.complete) events.ended()
    }
    // A step may print as much as it likes: a build does.
    const flood = (index: number) => {
      if (script.parts[index]?.as === 'probe') events.flooded()
    }
    const garbled = () => events.garbled()
    this.#stdout = new Side(boundary, output, onStdout, (index) => events.hungry(index), garbled, flood)
    this.#stderr = new Side(boundary, () => new KeptBytes(0, STDERR_KEPT), onStderr, garbled, garbled, flood)
  }

  get complete(): boolean {
    const all = this.#script.parts.length
    const [out, err] = [this.#stdout, this.#stderr]
    return out.started && err.started && out.done.length === all && err.done.length === all
  }

  get process(): ShellProcess | undefined {
    return this.#process && { ...this.#process, mark: partMark(this.#boundary, this.running) }
  }

  /** The part that has not ended yet. */
  get running(): number {
    return Math.min(this.#stdout.done.length, this.#script.parts.length - 1)
  }

  stdout(chunk: Buffer): void {
    this.#stdout.reader.push(chunk)
  }

  stderr(chunk: Buffer): void {
    this.#stderr.reader.push(chunk)
  }

  /** What the shell, or sudo before it, wrote to stderr outside any finished part. */
  lastWords(): string {
    this.#stderr.reader.flush()
    return (this.#stderr.started ? this.#stderr.open : this.#stderr.noise).bytes().toString('utf8').trim()
  }

  replies(): PartReply[] {
    const replies: PartReply[] = []
    for (const [index, { kept, words }] of this.#stdout.done.entries()) {
      const ran = words[1] !== 'not-run'
      const stderr = this.#stderr.done[index]?.kept ?? this.#stderr.open
      replies.push({
        ran,
        stdout: kept.bytes(),
        stderr: stderr.bytes().toString('utf8'),
        status: ran ? Number(words[1]) : 0,
        dropped: kept.dropped,
      })
    }
    return replies
  }
}
