// A session over one ssh2 connection: its shells are channels of it.
import type { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import type { Host } from '../../model/inventory.ts'
import type { BytePipe, Opened, PipeEnd } from '../shell/bytePipe.ts'
import { withinTime } from '../deadline.ts'
import type { ConnectOptions, Session } from '../session.ts'
import { type Line, ShellSession } from '../shell/shellSession.ts'
import type { SshConnection } from './ssh2Connect.ts'

/** How long after a channel closed without an exit status the connection may take to close too. */
const LOST_WITHIN_MS = 300
const CLOSE_WITHIN_MS = 1000

export function ssh2Session(host: Host, connection: SshConnection, trace?: ConnectOptions['trace']): Session {
  const { client } = connection
  const line: Line = {
    how: 'ssh2',
    open: (command) => openChannel(connection, command),
    dialUnix: (path) => dialUnix(connection, path),
    async close() {
      connection.end()
      if ((await withinTime(connection.closed, CLOSE_WITHIN_MS)) === 'overdue') client.destroy()
    },
  }
  return new ShellSession(host, line, trace)
}

function openChannel(connection: SshConnection, command: string): Promise<Opened> {
  return new Promise((resolve) => {
    const refuse = (error: Error) => {
      const lost = connection.lost()
      resolve({
        ok: false,
        failure:
          lost === undefined
            ? {
                kind: 'refused',
                cause: `the host opened no channel: ${error.message}`,
                hint: 'check MaxSessions and ForceCommand of its sshd',
              }
            : { kind: 'unreachable', cause: `the connection was lost: ${lost}` },
      })
    }
    try {
      connection.client.exec(command, (error, channel) => {
        if (error) refuse(error)
        else resolve({ ok: true, pipe: pipeOf(connection, channel) })
      })
    } catch (error) {
      refuse(error as Error)
    }
  })
}

function pipeOf(connection: SshConnection, channel: ClientChannel): BytePipe {
  let end: PipeEnd = {}
  channel.once('exit', (status: number | null, signal?: string) => {
    end = { ...(status !== null && { status }), ...(signal && { signal }) }
  })
  channel.on('error', () => {})
  const closed = new Promise<PipeEnd>((resolve) => {
    channel.once('close', async () => {
      // `close` without `exit`, or at a shutdown with a signal: the connection itself is about to go.
      if (end.status === undefined) await withinTime(connection.closed, LOST_WITHIN_MS)
      const lost = connection.lost()
      resolve(lost === undefined || end.status !== undefined ? end : { ...end, lost })
    })
  })
  return {
    stdout: channel,
    stderr: channel.stderr,
    closed,
    write: (bytes) => void (channel.writable && channel.write(bytes)),
    end: () => void channel.end(),
    destroy: () => void channel.destroy(),
  }
}

function dialUnix({ client, lost }: SshConnection, path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => reject(new Error(`${path} on the host: ${lost() ?? error.message}`))
    try {
      client.openssh_forwardOutStreamLocal(path, (error, stream) => (error ? refuse(error) : resolve(stream)))
    } catch (error) {
      refuse(error as Error)
    }
  })
}
