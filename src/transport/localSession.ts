// A session on the controller itself, for `ansible_connection=local`.
import type { Host } from '../model/inventory.ts'
import { childPipe } from './shell/childPipe.ts'
import { dialLocal } from './shell/dialLocal.ts'
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
    dialUnix: (path: string) => dialLocal(path),
    close: async () => {},
  }
  return new ShellSession(host, line, options.trace)
}
