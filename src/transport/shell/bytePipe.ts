// The byte stream to a shell: a channel of an SSH connection, or a child process.
import type { Readable } from 'node:stream'
import type { TransportFailure } from '../session.ts'

/** How a pipe ended. All absent: it was closed and nobody said why. */
export interface PipeEnd {
  readonly status?: number
  readonly signal?: string
  /** The connection under the pipe was lost: what happened to it. */
  readonly lost?: string
}

export interface BytePipe {
  write(bytes: string | Buffer): void
  /** End of input. */
  end(): void
  /** Gives up on the pipe at once. */
  destroy(): void
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves after the last byte of both streams was read. Never rejects. */
  readonly closed: Promise<PipeEnd>
}

export type Opened =
  | { readonly ok: true; readonly pipe: BytePipe }
  | { readonly ok: false; readonly failure: TransportFailure }
