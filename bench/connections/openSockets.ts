// Counts the TCP connections that this thread opens, in any library.
import { subscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'

export class OpenSockets {
  open = 0
  most = 0
  opened = 0

  /** From now on; there is no end to it. */
  constructor() {
    subscribe('net.client.socket', (message) => {
      const { socket } = message as { socket: Socket }
      this.opened++
      this.open++
      this.most = Math.max(this.most, this.open)
      socket.once('close', () => {
        this.open--
      })
    })
  }
}
