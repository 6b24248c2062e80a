// The only interface through which the engine talks to a host: a session, its shells, and their replies.
import type { Duplex } from 'node:stream'
import type { Host } from '../model/inventory.ts'
import type { Failure } from '../model/result.ts'

/** The user on the host. `become` absent: the login user. */
export interface Identity {
  readonly become?: { readonly user: string; readonly password?: string }
}

/**
 * One piece of a script. A probe runs in a subshell of the persistent shell and may not write. What a step starts can be
 * ended from outside, apart from what earlier steps left running; when a step fails, the steps after it are not run,
 * probes are.
 */
export interface ScriptPart {
  readonly as: 'probe' | 'step'
  /** POSIX sh text. Its stdin is `stdin`, or closed (/dev/null). */
  readonly script: string
  /** Sent without a temporary file. */
  readonly stdin?: string | Uint8Array
  /** Bytes of stdout kept, head and tail; the rest is counted and dropped. Default 1 MiB for probes, 64 KiB for steps. */
  readonly maxOutput?: number
  /** Its script and what it answers stay out of traces: a task with `diff: false` has a part in it. */
  readonly hidden?: boolean
  /** For a probe whose script never exits and leaves the shell as it was: it runs in the shell itself, which saves a process. */
  readonly inShell?: boolean
  /** Environment variables for this part only. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface Script {
  readonly parts: readonly ScriptPart[]
  /**
   * Shell functions the parts call, by name: the body is sent once for the life of the shell.
   * A body reads like `stat -L -c '%s' "$@"`, without braces.
   */
  readonly functions?: Readonly<Record<string, string>>
  /** For the steps together, from the moment the shell begins until the last of them has ended. Absent: `deadlineMs`. */
  readonly stepDeadlineMs?: number
  /** What a failure names where `stepDeadlineMs` is only what is left of a limit that somebody set. */
  readonly stepLimitMs?: number
  /** For all of the script; beside `stepDeadlineMs`, for what comes before the steps and again for what comes after. */
  readonly deadlineMs: number
}

export interface PartReply {
  /** False: an earlier step failed, or the shell ended before it. */
  readonly ran: boolean
  readonly stdout: Buffer
  /** The last 64 KiB, decoded as UTF-8 with replacement. */
  readonly stderr: string
  /** 0..255, or 128 + signal. Meaningless when `ran` is false. */
  readonly status: number
  /** Bytes of stdout that were dropped. */
  readonly dropped: number
}

/** The connection or the shell failed; a command's own failure is a PartReply. */
export interface TransportFailure extends Failure {
  /**
   * `unreachable`: no connection, or it was lost. `refused`: the host answered and refused (authentication, host key).
   * `become`: sudo refused. `hung`: the deadline passed. `cancelled`: the run was interrupted.
   * `garbled`: what came back is not the answer of a shell.
   */
  readonly kind: 'unreachable' | 'refused' | 'become' | 'hung' | 'cancelled' | 'garbled'
}

export type Reply =
  | { readonly ok: true; readonly parts: readonly PartReply[] }
  | {
      readonly ok: false
      readonly failure: TransportFailure /** What had come back by then. */
      readonly parts: readonly PartReply[]
    }

export type Cancelled =
  | { readonly state: 'idle' }
  /** The group was ended and is gone. */
  | { readonly state: 'stopped' }
  | { readonly state: 'still-running'; readonly pid: number }
  | { readonly state: 'unknown'; readonly why: string }

/** How long a unix socket on the host may take to be connected to, in milliseconds. */
export const DIAL_WITHIN_MS = 10_000

export interface Session {
  readonly host: Host
  /** Which transport, such as `ssh2` or `openssh`, and why it was chosen when it is not the usual one. */
  readonly how: string
  readonly why?: string
  /** One round trip. Calls for one identity are answered in order. Never rejects. */
  run(identity: Identity, script: Script): Promise<Reply>
  /**
   * A stream to a unix socket on the host: forwarded by ssh, or carried by a program under sudo for another user.
   * Rejects with an Error whose message is for a person, at the latest after `deadlineMs` (default: `DIAL_WITHIN_MS`).
   */
  dialUnix(path: string, identity?: Identity, deadlineMs?: number): Promise<Duplex>
  /** Ends what is running now, through a second channel, as the identity that runs it: TERM, grace, KILL, then looks. */
  cancel(graceMs?: number): Promise<Cancelled>
  /** Requests sent and answered so far, handshake left out. */
  readonly roundTrips: number
  close(): Promise<void>
}

export type Connected =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly failure: TransportFailure }

export interface ConnectOptions {
  readonly acceptNewHostKeys: boolean
  /** For the TCP connection, the handshake and the login together. */
  readonly deadlineMs: number
  /** What the user should know although the connection was made. */
  readonly warning?: (message: string) => void
  /** Sees every script and reply, for `-vvv`. Secrets are redacted by whoever listens. */
  readonly trace?: (what: 'sent' | 'received', text: string) => void
}

/** Opens sessions; limits how many handshakes are under way at once. The engine is given one. */
export interface Transport {
  connect(host: Host, options: ConnectOptions): Promise<Connected>
  /** Frees what is shared (agents, master connections). */
  close(): Promise<void>
}
