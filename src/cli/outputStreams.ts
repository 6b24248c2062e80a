// The output streams of the process, which their readers may close at any time.
import type { Sink } from '../report/reporter.ts'
import type { Sized } from '../report/terminalSize.ts'

/** A stream as far as it is needed here; process.stdout is one. */
export interface OutputStream extends Sized {
  readonly isTTY?: boolean
  write(text: string, done?: (error?: Error | null) => void): unknown
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
}

export interface OutputStreams {
  readonly sink: Sink
  /** Resolves when all that was written has left the process, or cannot. */
  flushed(): Promise<void>
}

/**
 * A reader that went away (`| head`) does not stop a run: hosts that are half done are worse than lines that nobody
 * reads. It is said once on stderr, while one is `running`.
 */
export function outputStreams(stdout: OutputStream, stderr: OutputStream, running: () => boolean): OutputStreams {
  const closed = { out: false, err: false }
  stderr.on('error', () => {
    closed.err = true
  })
  stdout.on('error', (error) => {
    if (closed.out) return
    closed.out = true
    const why = error.code === 'EPIPE' ? 'stdout was closed' : `stdout: ${error.message}`
    if (closed.err || (error.code === 'EPIPE' && !running())) return
    stderr.write(`crane-play: ${why}${running() ? '; the run continues' : ''}\n`)
  })
  const flush = (stream: OutputStream, isClosed: boolean) =>
    isClosed ? Promise.resolve() : new Promise<void>((resolve) => void stream.write('', () => resolve()))
  return {
    sink: {
      out: (text) => {
        if (!closed.out) stdout.write(text)
      },
      err: (text) => {
        if (!closed.err) stderr.write(text)
      },
    },
    flushed: async () => {
      await Promise.all([flush(stdout, closed.out), flush(stderr, closed.err)])
    },
  }
}
