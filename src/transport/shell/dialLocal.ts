// A connection to a unix socket of the controller.
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

/** `name` begins the message of the Error with which this rejects. */
export function dialLocal(path: string, name = path): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', (error) => reject(new Error(`${name}: ${error.message}`)))
  })
}
