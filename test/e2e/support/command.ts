// The built command as a process of its own, as a user starts it: what it prints, how it ends, how much memory it took.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEvent } from '../../../src/model/runEvent.ts'

/** CRANE_PLAY_BIN names another build to test, such as that of an installed package. */
const bin = process.env['CRANE_PLAY_BIN'] ?? join(import.meta.dirname, '../../../bin/crane-play.js')

export interface Ended {
  /** Null when a signal ended it. */
  readonly status: number | null
  readonly out: string
  readonly err: string
  /** The most resident memory it had, MiB, as far as it was looked at. */
  readonly peakMiB: number
}

export interface Running {
  readonly ended: Promise<Ended>
  out(): string
  err(): string
  kill(signal: NodeJS.Signals): void
}

export interface Situation {
  readonly cwd?: string
  /** On top of an environment with nothing but PATH and HOME. */
  readonly env?: Readonly<Record<string, string>>
}

const LOOK_MS = 50

export function startCommand(argv: readonly string[], { cwd, env }: Situation = {}): Running {
  const { PATH = '', HOME = '/root' } = process.env
  const child = spawn(process.execPath, [bin, ...argv], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (err += text))
  let peakMiB = 0
  const timer = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakOf(child.pid ?? 0))
  }, LOOK_MS)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      clearInterval(timer)
      resolve({ status, out, err, peakMiB })
    })
  })
  return { ended, out: () => out, err: () => err, kill: (signal) => void child.kill(signal) }
}

export const command = (argv: readonly string[], situation: Situation = {}): Promise<Ended> =>
  startCommand(argv, situation).ended

/** What `--output jsonl` wrote; a line that is no JSON throws. */
export const eventsOf = ({ out }: Pick<Ended, 'out'>): RunEvent[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RunEvent)

function peakOf(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
