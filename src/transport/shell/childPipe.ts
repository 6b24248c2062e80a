// A byte pipe to a child process of the controller.
import { type ChildProcess, spawn } from 'node:child_process'
import type { Opened, PipeEnd } from './bytePipe.ts'

export interface ChildOptions {
  /** Says why the child's end means that the connection under it was lost. */
  readonly lost?: (end: PipeEnd) => string | undefined
  readonly environment?: NodeJS.ProcessEnv
}

/** Starts a program in a session of its own, so that a Ctrl-C at the terminal reaches only the controller. */
export function childPipe(program: string, args: readonly string[], options: ChildOptions = {}): Promise<Opened> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      ...(options.environment && { env: options.environment }),
    })
    child.once('error', (error: NodeJS.ErrnoException) => {
      const cause = error.code === 'ENOENT' ? `${program} is not installed here` : `${program}: ${error.message}`
      resolve({ ok: false, failure: { kind: 'unreachable', cause, tried: [program, ...args].join(' ') } })
    })
    child.once('spawn', () => resolve({ ok: true, pipe: pipeOf(child, options) }))
  })
}

function pipeOf(child: ChildProcess, options: ChildOptions) {
  const { stdin, stdout, stderr } = child
  if (!stdin || !stdout || !stderr) throw new Error('a child without pipes')
  // EPIPE: the child is gone, and `close` says so.
  stdin.on('error', () => {})
  const closed = new Promise<PipeEnd>((resolve) => {
    child.once('close', (status, signal) => {
      const end = { ...(status !== null && { status }), ...(signal !== null && { signal }) }
      const lost = options.lost?.(end)
      resolve({ ...end, ...(lost !== undefined && { lost }) })
    })
  })
  return {
    stdout,
    stderr,
    closed,
    write: (bytes: string | Buffer) => void stdin.write(bytes),
    end: () => void stdin.end(),
    destroy: () => {
      stdin.destroy()
      stdout.destroy()
      stderr.destroy()
      child.kill('SIGTERM')
    },
  }
}
