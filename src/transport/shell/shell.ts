// A persistent POSIX sh at the other end of a byte pipe: a request in, marked replies out.
import { randomBytes } from 'node:crypto'
import type { ShellCommand } from './becomeSudo.ts'
import { becomeRefusal, wrongPassword } from './becomeSudo.ts'
import type { BytePipe, PipeEnd } from './bytePipe.ts'
import { PartReplies, type RequestEvents, type ShellProcess } from './partReplies.ts'
import { isFed, PREAMBLE, readableRequest, requestText } from './requestText.ts'
import type { ConnectOptions, Identity, Reply, Script, ScriptPart, TransportFailure } from '../session.ts'
import { SudoDialogue } from './sudoDialogue.ts'

interface Pending {
  readonly script: Script
  readonly replies: PartReplies
  readonly settle: (reply: Reply) => void
}

/** What the keeper of the deadline has to know. */
export type Progress = Pick<RequestEvents, 'begun' | 'stepsEnded'>

/** One request at a time; whoever owns the shell keeps the order and the deadline. */
export class Shell {
  readonly #pipe: BytePipe
  readonly #identity: Identity
  readonly #trace: ConnectOptions['trace']
  readonly #functions = new Map<string, string>()
  readonly #ready: Promise<TransportFailure | undefined>
  #dialogue: SudoDialogue | undefined
  #said = ''
  #greeted = false
  #pending: Pending | undefined
  #process: ShellProcess | undefined
  #ended: PipeEnd | undefined
  #held = false
  #abandoned = false
  #feeds = 0

  constructor(pipe: BytePipe, identity: Identity, command: ShellCommand, trace?: ConnectOptions['trace']) {
    this.#pipe = pipe
    this.#identity = identity
    this.#trace = trace
    if (command.dialogue) {
      this.#dialogue = new SudoDialogue(command.dialogue, (password) => pipe.write(password))
      this.#ready = this.#dialogue.done.then((answer) => this.#afterDialogue(answer))
    } else this.#ready = Promise.resolve(undefined)
    pipe.stdout.on('data', (chunk: Buffer) => this.#read('stdout', chunk))
    pipe.stderr.on('data', (chunk: Buffer) => this.#read('stderr', chunk))
    void pipe.closed.then((end) => this.#close(end))
  }

  /** False once the shell has ended or was abandoned: start another. */
  get alive(): boolean {
    return this.#ended === undefined
  }

  /** It was given up, and what it ran may run on. */
  get abandoned(): boolean {
    return this.#abandoned
  }

  get busy(): boolean {
    return this.#pending !== undefined
  }

  /** How often it has asked for input: each was a round trip more. */
  get feeds(): number {
    return this.#feeds
  }

  /** Known from the first answer on. */
  get process(): ShellProcess | undefined {
    return this.#pending?.replies.process ?? this.#process
  }

  /** The line that is running, whole: a part of a secret would not be found in it. */
  get running(): string | undefined {
    if (!this.#pending) return undefined
    const { script, replies } = this.#pending
    const part = script.parts[replies.running]
    return part?.script.split('\n').find((text) => text.trim() !== '') ?? ''
  }

  run(script: Script, progress: Partial<Progress> = {}): Promise<Reply> {
    if (this.#ended) return Promise.resolve({ ok: false, failure: this.#deathOf(this.#ended, ''), parts: [] })
    return new Promise((resolve) => {
      const boundary = randomBytes(16).toString('hex')
      const settle = (reply: Reply) => {
        if (this.#pending?.replies === replies) this.#pending = undefined
        this.#process = replies.process ?? this.#process
        resolve(reply)
      }
      const replies = new PartReplies(script, boundary, {
        begun: () => progress.begun?.(),
        stepsEnded: () => progress.stepsEnded?.(),
        hungry: (index) => this.#feed(script.parts[index]),
        ended: () => settle({ ok: true, parts: replies.replies() }),
        garbled: () => this.abandon({ kind: 'garbled', cause: 'the answer of the host is not that of a shell' }),
        flooded: () => {
          const tried = this.running
          this.abandon({
            kind: 'garbled',
            cause: 'the answer of the host does not end',
            exitStatus: null,
            ...(tried !== undefined && { tried }),
          })
        },
      })
      this.#pending = { script, replies, settle }
      void this.#ready.then((failure) => {
        if (this.#pending?.replies !== replies) return
        if (failure) return this.abandon(failure)
        try {
          this.#send(script, boundary)
        } catch (error) {
          settle({ ok: false, failure: { kind: 'garbled', cause: (error as Error).message }, parts: [] })
        }
      })
    })
  }

  /** From now on the shell's own end does not answer the request under way: `abandon` will. */
  hold(): void {
    this.#held = true
  }

  /** Gives up: the request under way is answered with `failure` and what had come back, and the pipe is closed. */
  abandon(failure: TransportFailure): void {
    const pending = this.#pending
    this.#ended ??= {}
    this.#abandoned = true
    this.#pipe.destroy()
    pending?.settle({ ok: false, failure, parts: pending.replies.replies() })
  }

  /** Lets the shell end by itself. */
  close(): void {
    this.#ended ??= {}
    this.#pipe.end()
  }

  #send(script: Script, boundary: string): void {
    const text = requestText(script, boundary, this.#functions)
    this.#trace?.('sent', readableRequest(script, this.#functions))
    // One write: a channel's first packet then carries the preamble and the whole request.
    this.#pipe.write(this.#greeted ? text : PREAMBLE + text)
    this.#greeted = true
    for (const [name, body] of Object.entries(script.functions ?? {})) this.#functions.set(name, body)
  }

  #feed(part: ScriptPart | undefined): void {
    if (part?.stdin === undefined || !isFed(part)) {
      return this.abandon({ kind: 'garbled', cause: 'the host asked for input that it was to have none of' })
    }
    this.#feeds++
    const { stdin } = part
    this.#pipe.write(typeof stdin === 'string' ? stdin : Buffer.from(stdin.buffer, stdin.byteOffset, stdin.byteLength))
  }

  #read(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#dialogue) return this.#dialogue[stream](chunk)
    this.#pending?.replies[stream](chunk)
  }

  #afterDialogue(answer: 'ready' | 'wrong-password' | 'ended'): TransportFailure | undefined {
    this.#said = this.#dialogue?.said ?? ''
    this.#dialogue = undefined
    const user = this.#identity.become?.user ?? ''
    if (answer === 'ready') return undefined
    if (this.#ended?.lost !== undefined) return this.#deathOf(this.#ended, this.#said)
    return answer === 'wrong-password' ? wrongPassword(user) : becomeRefusal(user, this.#said, this.#ended ?? {})
  }

  #close(end: PipeEnd): void {
    this.#ended ??= end
    this.#dialogue?.end()
    const pending = this.#pending
    if (!pending || this.#dialogue || this.#held) return
    const last = pending.replies.lastWords()
    pending.settle({ ok: false, failure: this.#deathOf(end, last), parts: pending.replies.replies() })
  }

  #deathOf(end: PipeEnd, lastWords: string): TransportFailure {
    const words = lastWords === '' ? {} : { lastLines: lastWords }
    const running = this.running
    const tried = running === undefined ? {} : { tried: running }
    if (end.lost !== undefined) {
      return {
        kind: 'unreachable',
        cause: `the connection was lost: ${end.lost}`,
        exitStatus: null,
        ...tried,
        ...words,
      }
    }
    const user = this.#identity.become?.user
    if (user !== undefined && this.process === undefined) return becomeRefusal(user, lastWords, end)
    const how = end.signal ? `by signal ${end.signal}` : end.status === undefined ? '' : `with status ${end.status}`
    return {
      kind: 'garbled',
      cause: `the shell on the host ended ${how}`.trimEnd(),
      exitStatus: end.status ?? null,
      ...tried,
      ...words,
      ...(this.process === undefined && {
        hint: 'check that the account can run `sh` without a terminal (see its login shell)',
      }),
    }
  }
}
