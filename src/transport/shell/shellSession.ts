// A session made of shells: one persistent shell for each identity, and a second one to end what hangs.
import type { Duplex } from 'node:stream'
import type { Host } from '../../model/inventory.ts'
import { shellCommand } from './becomeSudo.ts'
import type { Opened } from './bytePipe.ts'
import { Deadline, withinTime } from '../deadline.ts'
import {
  type Cancelled,
  type ConnectOptions,
  DIAL_WITHIN_MS,
  type Identity,
  type Reply,
  type Script,
  type Session,
  type TransportFailure,
} from '../session.ts'
import { HIDDEN_PART } from './requestText.ts'
import { type Progress, Shell } from './shell.ts'
import { relayTo } from './socketRelay.ts'
import { stopResult, stopScript } from './stopScript.ts'

/** What a transport has to bring: channels to one host. */
export interface Line {
  readonly how: string
  readonly why?: string
  /** The shell to start, if it is not `sh`. */
  readonly shell?: string
  /** Starts a command line of the login shell. Never rejects. */
  open(command: string): Promise<Opened>
  dialUnix(path: string): Promise<Duplex>
  close(): Promise<void>
}

/** Time for processes that hang past a deadline to clean up. */
const HUNG_GRACE_MS = 1000
/** For the second channel, on top of the grace: opening it, sudo, KILL, and looking. */
const STOP_MARGIN_MS = 8000

/** For a shell that was only just started to say which process it is. */
const FIRST_ANSWER_MS = 2000
const LOOK_MS = 20

/** Not even a channel: the host or the network is gone, though the connection was not closed. */
const SILENT = 'the host opens no second channel'

interface Slot {
  identity: Identity
  shell?: Shell
  /** sudo said no to this identity: asking again with the same password could lock the account. */
  refused?: { readonly password: string | undefined; readonly failure: TransportFailure }
  /** What was running when the connection was lost, and how: what became of it is not known. */
  lost?: string
  /** The last call; the next one waits for it. */
  last: Promise<unknown>
  /** Calls made before the last cancellation are not run any more. */
  epoch: number
}

export class ShellSession implements Session {
  readonly host: Host
  readonly how: string
  declare readonly why?: string
  readonly #line: Line
  readonly #trace: ConnectOptions['trace']
  readonly #slots = new Map<string, Slot>()
  #roundTrips = 0
  #closed = false

  constructor(host: Host, line: Line, trace?: ConnectOptions['trace']) {
    this.host = host
    this.how = line.how
    if (line.why !== undefined) this.why = line.why
    this.#line = line
    this.#trace = trace
  }

  get roundTrips(): number {
    return this.#roundTrips
  }

  run(identity: Identity, script: Script): Promise<Reply> {
    const slot = this.#slot(identity)
    const epoch = slot.epoch
    const reply = slot.last.then(() =>
      slot.epoch === epoch
        ? this.#run(slot, identity, script)
        : fail({ kind: 'cancelled', cause: 'the run was cancelled' }),
    )
    slot.last = reply
    return reply
  }

  async dialUnix(path: string, identity: Identity = {}, deadlineMs = DIAL_WITHIN_MS): Promise<Duplex> {
    const dialing = this.#dial(path, identity)
    const stream = await withinTime(dialing, deadlineMs)
    if (stream !== 'overdue') return stream
    dialing.then((late) => late.destroy()).catch(() => {})
    throw new Error(`${path} on the host: no answer within ${deadlineMs / 1000} s`)
  }

  async cancel(graceMs = 5000): Promise<Cancelled> {
    const cancelled: TransportFailure = { kind: 'cancelled', cause: 'the run was cancelled' }
    const states = await Promise.all(
      [...this.#slots.values()].map(async (slot): Promise<Cancelled> => {
        slot.epoch++
        const { shell } = slot
        if (slot.lost !== undefined) return { state: 'unknown', why: slot.lost }
        if (!shell?.busy) return { state: 'idle' }
        const tried = shell.running
        const state = await this.#stop(shell, slot.identity, graceMs)
        const left = state.state === 'still-running' ? { stillRunning: state.pid } : {}
        shell.abandon({ ...cancelled, exitStatus: null, ...(tried !== undefined && { tried }), ...left })
        return state
      }),
    )
    const worst = ['still-running', 'unknown', 'stopped', 'idle']
    states.sort((a, b) => worst.indexOf(a.state) - worst.indexOf(b.state))
    return states[0] ?? { state: 'idle' }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const { shell } of this.#slots.values()) {
      if (shell?.busy) shell.abandon({ kind: 'cancelled', cause: 'the session was closed', exitStatus: null })
      else shell?.close()
    }
    await this.#line.close()
  }

  async #dial(path: string, identity: Identity): Promise<Duplex> {
    const { become } = identity
    if (!become) return await this.#line.dialUnix(path)
    const command = shellCommand(identity, this.#line.shell)
    if ('kind' in command) throw new Error(command.cause)
    const opened = await this.#line.open(command.command)
    if (!opened.ok) throw new Error(opened.failure.cause)
    return await relayTo(path, become.user, opened.pipe, command)
  }

  #slot(identity: Identity): Slot {
    const key = identity.become?.user ?? ''
    let slot = this.#slots.get(key)
    if (!slot) {
      slot = { identity, last: Promise.resolve(), epoch: 0 }
      this.#slots.set(key, slot)
    }
    return slot
  }

  async #run(slot: Slot, identity: Identity, script: Script): Promise<Reply> {
    if (script.parts.some((part) => part.script.includes('\0'))) {
      return fail({ kind: 'garbled', cause: 'the script has a NUL character, which no shell can read' })
    }
    const deadline = new Deadline(script.deadlineMs)
    try {
      const password = identity.become?.password
      if (slot.refused && slot.refused.password === password) return fail(slot.refused.failure)
      if (!slot.shell?.alive) {
        const opening = this.#open(identity)
        const opened = await Promise.race([opening, deadline.passed])
        if (opened === 'overdue') {
          void opening.then((late) => late instanceof Shell && late.close())
          return fail(noChannel(script.deadlineMs))
        }
        if (!(opened instanceof Shell)) return fail(opened)
        slot.shell = opened
        slot.identity = identity
      }
      const { shell } = slot
      this.#roundTrips++
      const fedBefore = shell.feeds
      const reply = shell.run(script, turns(deadline, script))
      if ((await Promise.race([reply, deadline.passed])) === 'overdue')
        await this.#giveUp(shell, identity, deadline.limitMs)
      const answer = await reply
      this.#roundTrips += shell.feeds - fedBefore
      // An answer without sense or end: what gives it would go on.
      if (!answer.ok && answer.failure.kind === 'garbled' && shell.abandoned && shell.process) {
        await this.#stop(shell, identity, HUNG_GRACE_MS)
      }
      if (!answer.ok && answer.failure.kind === 'unreachable') slot.lost = lostWhile(answer.failure)
      if (!answer.ok && answer.failure.kind === 'become') slot.refused = { password, failure: answer.failure }
      this.#traceReply(answer, script)
      return answer
    } finally {
      deadline.clear()
    }
  }

  /** Ends a shell that is past its deadline, and names what was running. */
  async #giveUp(shell: Shell, identity: Identity, limitMs: number): Promise<void> {
    const tried = shell.running
    const state = await this.#stop(shell, identity, HUNG_GRACE_MS)
    const silent = state.state === 'unknown' && state.why === SILENT
    shell.abandon({
      kind: silent ? 'unreachable' : 'hung',
      cause: `no answer within ${limitMs / 1000} s${silent ? ', and the host opens no other channel' : ''}`,
      exitStatus: null,
      ...(tried !== undefined && { tried }),
      ...(state.state === 'still-running' && { stillRunning: state.pid }),
      ...(state.state === 'unknown' && { hint: `check on the host whether it still runs: ${state.why}` }),
    })
  }

  async #open(identity: Identity): Promise<Shell | TransportFailure> {
    if (this.#closed) return { kind: 'unreachable', cause: 'the session is closed' }
    const command = shellCommand(identity, this.#line.shell)
    if ('kind' in command) return command
    const opened = await this.#line.open(command.command)
    return opened.ok ? new Shell(opened.pipe, identity, command, this.#trace) : opened.failure
  }

  /** Through a shell of its own, as the same identity: sshd passes no signal to what runs under sudo. */
  async #stop(shell: Shell, identity: Identity, graceMs: number): Promise<Cancelled> {
    shell.hold()
    let timer: NodeJS.Timeout | undefined
    const overdue = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, graceMs + STOP_MARGIN_MS, undefined)
    })
    let second: Shell | undefined
    const attempt = async (): Promise<Cancelled> => {
      const opened = await this.#open(identity)
      if (!(opened instanceof Shell)) return { state: 'unknown', why: opened.cause }
      second = opened
      const process = await processOf(shell)
      if (!process) return { state: 'unknown', why: 'the shell had not answered yet' }
      const parts = [{ as: 'probe', script: stopScript(process, graceMs) }] as const
      const reply = await opened.run({ parts, deadlineMs: graceMs + STOP_MARGIN_MS })
      return reply.ok ? stopResult(reply.parts[0]) : { state: 'unknown', why: reply.failure.cause }
    }
    const state = await Promise.race([attempt(), overdue])
    clearTimeout(timer)
    if (state === undefined) second?.abandon({ kind: 'hung', cause: 'the second channel did not answer' })
    else second?.close()
    const why = second ? 'a second shell on the host did not answer either' : SILENT
    return state ?? { state: 'unknown', why }
  }

  #traceReply(reply: Reply, { parts }: Script): void {
    if (!this.#trace) return
    for (const [index, part] of reply.parts.entries()) {
      const end = part.ran ? `status ${part.status}` : 'not run'
      const dropped = part.dropped > 0 ? `, ${part.dropped} bytes dropped` : ''
      const said = parts[index]?.hidden ? [HIDDEN_PART] : [part.stdout.toString('utf8'), part.stderr]
      const text = said.filter((each) => each !== '').join('\n')
      this.#trace('received', `# part ${index + 1} of ${reply.parts.length}: ${end}${dropped}\n${text}`)
    }
    if (!reply.ok) this.#trace('received', `# ${reply.failure.kind}: ${reply.failure.cause}`)
  }
}

/** A step may be under way before its shell has said which process it is. */
async function processOf(shell: Shell): Promise<Shell['process']> {
  for (let wait = 0; !shell.process && wait < FIRST_ANSWER_MS; wait += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  return shell.process
}

/** Steps have a deadline of their own where the script gives one, and what follows them has the script's again. */
function turns(deadline: Deadline, { stepDeadlineMs, stepLimitMs, deadlineMs, parts }: Script): Partial<Progress> {
  if (stepDeadlineMs === undefined || !parts.some((part) => part.as === 'step')) return {}
  return { begun: () => deadline.restart(stepDeadlineMs, stepLimitMs), stepsEnded: () => deadline.restart(deadlineMs) }
}

const fail = (failure: TransportFailure): Reply => ({ ok: false, failure, parts: [] })

const lostWhile = ({ cause, tried }: TransportFailure): string =>
  tried === undefined ? cause : `${cause}, while \`${tried}\` was running`

const noChannel = (deadlineMs: number): TransportFailure => ({
  kind: 'hung',
  cause: `the host opened no channel within ${deadlineMs / 1000} s`,
})
