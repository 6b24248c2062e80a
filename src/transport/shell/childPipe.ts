// A byte pipe to a program that zx runs on the controller.
import type { ChildProcess } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { $, which } from 'zx/core'
import { programOptions } from '../../model/programOptions.ts'
import { commandLine } from '../../model/quoteShell.ts'
import type { BytePipe, Opened, PipeEnd } from './bytePipe.ts'

/** How long a child that does not end at a TERM is given. */
const KILL_AFTER_MS = 1000

export interface ChildOptions {
  /** Says why the child's end means that the connection under it was lost. */
  readonly lost?: (end: PipeEnd) => string | undefined
  /** Default: that of this process. */
  readonly environment?: NodeJS.ProcessEnv
}

/** Starts a program in a session of its own, so that a Ctrl-C at the terminal reaches only the controller. Never rejects. */
export async function childPipe(
  program: string,
  args: readonly string[],
  { lost, environment }: ChildOptions = {},
): Promise<Opened> {
  const failed = (cause: string): Opened => ({
    ok: false,
    failure: { kind: 'unreachable', cause, tried: commandLine([program, ...args]) },
  })
  const path = await which(program, { nothrow: true, ...(environment?.PATH && { path: environment.PATH }) })
  if (path === null) return failed(`${program} is not installed on this machine`)
  const set = { ...programOptions, detached: true, stdio: 'pipe', ...(environment && { env: environment }) } as const
  const running = $({ ...set, store: forgetting() })`${path} ${args}`
  const { child } = running
  if (!child) return failed(`${program} could not be started: ${(await running).message}`)
  return await new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(failed(`${program} could not be started: ${message}`)))
    child.once('spawn', () => resolve({ ok: true, pipe: pipeOf(child, lost) }))
  })
}

/** zx would keep all that a program prints until it ends. */
const forgetting = () => {
  const chunks = () => Object.assign([], { push: () => 0 })
  return { stdout: chunks(), stderr: chunks(), stdall: chunks() }
}

function pipeOf(child: ChildProcess, lost: ChildOptions['lost']): BytePipe {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('a child without pipes')
  // EPIPE: the child is gone, and `close` says so.
  stdin.on('error', () => {})
  // zx reads the child's own streams from the start; those behind them wait for their reader.
  const [out, err] = [stdout.pipe(new PassThrough()), stderr.pipe(new PassThrough())]
  const read = [out, err].map((stream) => new Promise((resolve) => stream.once('close', resolve)))
  let last: NodeJS.Timeout | undefined
  const closed = new Promise<PipeEnd>((resolve) => {
    child.once('close', async (status, signal) => {
      clearTimeout(last)
      await Promise.all(read)
      const end = { ...(status !== null && { status }), ...(signal !== null && { signal }) }
      const why = lost?.(end)
      resolve({ ...end, ...(why !== undefined && { lost: why }) })
    })
  })
  return {
    stdout: out,
    stderr: err,
    closed,
    write: (bytes: string | Buffer) => void stdin.write(bytes),
    end: () => void stdin.end(),
    destroy: () => {
      stdin.destroy()
      for (const stream of [stdout, stderr, out, err]) stream.destroy()
      child.kill('SIGTERM')
      last ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
      last.unref()
    },
  }
}
