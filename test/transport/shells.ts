// What the transport's tests share: the shells of this machine, and hosts to name.
import { existsSync, readFileSync } from 'node:fs'
import type { Connection, Host } from '../../src/model/inventory.ts'

/** Each must be on the machine: a missing one fails the test with its name, it is not passed over. */
export const SHELLS = [
  { name: 'dash', command: 'dash', needs: '/usr/bin/dash' },
  { name: 'bash', command: 'bash --posix', needs: '/usr/bin/bash' },
  { name: 'busybox', command: 'busybox sh', needs: '/usr/bin/busybox' },
].map((shell) => ({ ...shell, here: existsSync(shell.needs) || existsSync(shell.needs.replace('/usr', '')) }))

export function testHost(connection: Partial<Connection> = {}, name = 'crane01'): Host {
  return {
    name,
    groups: ['ungrouped'],
    vars: {},
    connection: { transport: 'auto', address: '127.0.0.1', become: { enabled: false, user: 'root' }, ...connection },
  }
}

/** A zombie does not run: nobody may be there to reap it. */
export function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
