// Waits until a container runtime is ready for CraneSched, and explains why if it is not.
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { StepFailed } from '../task/index.ts'
import type { CriReport } from './criReport.ts'
import { type CriDemands, judge, NotReady } from './judgeCri.ts'

/** Milliseconds between two tries with a runtime that is still starting. */
const PAUSE_MS = 250
const MINIMUM_DEADLINE_MS = 2_000

/**
 * Asks a runtime for its version and status until it meets the demands, for at most `patienceMs` milliseconds.
 * `dial` opens a new stream to its socket for each try. Returns the runtime's last report; rejects with a `StepFailed`
 * that names what is wrong and a hint, at once where waiting cannot help.
 */
export async function awaitCri(
  dial: () => Promise<Duplex>,
  demands: CriDemands,
  patienceMs: number,
): Promise<CriReport> {
  const until = Date.now() + patienceMs
  for (;;) {
    const answer = await ask(dial, demands.socket, Math.max(until - Date.now(), MINIMUM_DEADLINE_MS))
    const wrong = answer instanceof StepFailed ? answer : judge(answer, demands)
    if (!wrong && !(answer instanceof StepFailed)) return answer
    if (wrong && (!(wrong instanceof NotReady) || Date.now() + PAUSE_MS > until)) throw wrong
    await pause(PAUSE_MS)
  }
}

async function ask(dial: () => Promise<Duplex>, socket: string, deadlineMs: number): Promise<CriReport | StepFailed> {
  let stream: Duplex
  try {
    stream = await within(dial(), deadlineMs)
  } catch (error) {
    return error instanceof StepFailed ? error : unreachable(socket, error)
  }
  const { askCri } = await import('./criClient.ts')
  try {
    return await askCri(stream, deadlineMs)
  } catch (error) {
    return explain(error, socket)
  }
}

export class TooLate extends Error {}

/** What is dialed, within `ms` milliseconds, or `TooLate`. A stream that comes later is closed. */
export async function within(dialed: Promise<Duplex>, ms: number): Promise<Duplex> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TooLate()), ms)
  })
  try {
    return await Promise.race([dialed, late])
  } catch (error) {
    dialed.then(
      (stream) => stream.destroy(),
      () => {},
    )
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const silent = (socket: string) => new NotReady(`no answer at ${socket} in time`, 'see `systemctl status` of its unit')

function unreachable(socket: string, error: unknown): StepFailed {
  if (error instanceof TooLate) return silent(socket)
  return new NotReady(
    `nothing answers at ${socket}: ${messageOf(error)}`,
    'check that the runtime runs and that this is its socket; where only root may use it, add `become: true`',
  )
}

/** Codes of gRPC that mean something of their own here. */
const DEADLINE_EXCEEDED = 4
const RESOURCE_EXHAUSTED = 8
const UNIMPLEMENTED = 12

function explain(error: unknown, socket: string): StepFailed {
  const { code, metadata } = error as { readonly code?: unknown; readonly metadata?: Headers }
  switch (code) {
    case UNIMPLEMENTED:
      // The library uses the same code for answers that are not one message.
      if (metadata?.get('grpc-status') !== String(UNIMPLEMENTED)) return malformed(error, socket)
      return new StepFailed(
        `the runtime at ${socket} does not speak CRI v1`,
        "check that the CRI plug-in is on: `disabled_plugins` in containerd's configuration must not name 'cri'",
      )
    case DEADLINE_EXCEEDED:
      return silent(socket)
    case RESOURCE_EXHAUSTED:
      return new StepFailed(`the answer at ${socket} is too long for a container runtime: ${messageOf(error)}`)
    default:
      return malformed(error, socket)
  }
}

const malformed = (error: unknown, socket: string) =>
  new NotReady(`the answer at ${socket} is not that of a working runtime: ${messageOf(error)}`)

const MESSAGE_KEPT = 300

/** Without the prefix `[code] ` of the library. */
function messageOf(error: unknown): string {
  const { rawMessage, message } = error as { readonly rawMessage?: string; readonly message?: string }
  const text = (rawMessage ?? message ?? String(error)).trim() || 'no reason given'
  return text.length > MESSAGE_KEPT ? `${text.slice(0, MESSAGE_KEPT)}…` : text
}
