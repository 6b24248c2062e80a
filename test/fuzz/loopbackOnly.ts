// Keeps this process on its own machine: inputs that were made at random may name any host.
import dns from 'node:dns'
import { Socket } from 'node:net'

const LOCAL = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/

/** From now on no name is looked up, and a connection to another machine is refused. */
export function stayOnLoopback(): void {
  const lookup = dns.lookup as (name: string, ...more: unknown[]) => void
  const refuse = (name: string, ...more: unknown[]) => {
    if (LOCAL.test(name)) return lookup(name, ...more)
    const callback = more.at(-1) as (error: NodeJS.ErrnoException) => void
    setImmediate(callback, Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }))
  }
  dns.lookup = refuse as unknown as typeof dns.lookup
  const connect = Socket.prototype.connect
  Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
    const [first] = given.flat() as [{ readonly host?: string; readonly path?: string } | undefined]
    if (first?.path === undefined && !LOCAL.test(first?.host ?? '')) {
      const error = Object.assign(new Error(`connect ECONNREFUSED ${first?.host}`), { code: 'ECONNREFUSED' })
      setImmediate(() => this.destroy(error))
      return this
    }
    return (connect as (...all: unknown[]) => Socket).apply(this, given)
  } as typeof connect
}
