// A session on the controller itself, for `ansible_connection=local`.
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Host } from '../model/inventory.ts'
import { childPipe } from './shell/childPipe.ts'
import type { ConnectOptions, Session } from './session.ts'
import { ShellSession } from './shell/shellSession.ts'

export interface LocalOptions {
  readonly trace?: ConnectOptions['trace']
  /** The shell to speak to, such as `busybox sh`; default `sh`. */
  readonly shell?: string
}

export function localSession(host: Host, options: LocalOptions = {}): Session {
  const line = {
    how: 'local',
    ...(options.shell !== undefined && { shell: options.shell }),
    open: (command: string) => childPipe('/bin/sh', ['-c', command]),
    dialUnix,
    close: async () => {},
  }
  return new ShellSession(host, line, options.trace)
}

function dialUnix(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error) => reject(new Error(`${path}: ${error.message}`)))
  })
}
