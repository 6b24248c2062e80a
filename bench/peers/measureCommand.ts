// Runs a command and measures its time, its cost on this machine, and its output.
import { spawn } from 'node:child_process'
import { ControlGroup } from './controlGroup.ts'

export interface Measured {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
  readonly wallMs: number
  /** User and system time of the command and all it started, also of what it left running. */
  readonly cpuMs: number
  /** The most memory of their own that its processes had together at one time. */
  readonly peakBytes: number
}

const LOOK_MS = 20
const LIMIT_MS = 20 * 60_000
const JOIN = 'while [ "$1" != -- ]; do echo $$ >"$1"; shift; done; shift; exec "$@"'
let count = 0

/** Never throws on a status; daemons that the command leaves (such as ssh's masters) are ended, so each run starts cold. */
export async function measureCommand(
  command: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Measured> {
  const group = new ControlGroup(`crane-bench-${process.pid}-${count++}`)
  const clean = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/root', LANG: 'C.UTF-8' }
  let peakBytes = 0
  const look = () => {
    peakBytes = Math.max(peakBytes, group.ownMemory())
  }
  const start = process.hrtime.bigint()
  const child = spawn('/bin/sh', ['-c', JOIN, 'measure', ...group.joins, '--', ...command], {
    cwd,
    env: { ...clean, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const timer = setInterval(look, LOOK_MS)
  const limit = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text))
  const drained = new Promise((resolve) => child.once('close', resolve))
  try {
    // Not 'close' yet: a daemon that keeps the output open must not keep the command from having ended.
    const status = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => resolve(code ?? 255))
    })
    const wallMs = Number(process.hrtime.bigint() - start) / 1e6
    const cpuMs = group.cpuMs()
    await group.end()
    await drained
    return { status, stdout, stderr, wallMs, cpuMs, peakBytes }
  } finally {
    clearInterval(timer)
    clearTimeout(limit)
  }
}
