// What the transport's tests share: the shells of this machine, and hosts to name.
import { readFileSync } from 'node:fs'
import type { Connection, Host } from '../../src/model/inventory.ts'
import { isHere } from '../machine.ts'

export const SHELLS = [
  { name: 'dash', command: 'dash' },
  { name: 'bash', command: 'bash --posix' },
  { name: 'busybox', command: 'busybox sh' },
].filter(({ name }) => isHere(name))

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
