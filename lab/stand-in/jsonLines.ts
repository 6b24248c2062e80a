/** The stand-ins' own wire: one JSON value a line over TCP. CraneSched speaks gRPC here; its clients are not ours. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

/** Calls `onValue` for each line; a line that is no JSON ends the connection. */
export function readJson(socket: Socket, onValue: (value: Record<string, unknown>) => void): void {
  const lines = createInterface({ input: socket })
  lines.on('error', () => socket.destroy())
  lines.on('line', (line) => {
    try {
      onValue(JSON.parse(line) as Record<string, unknown>)
    } catch {
      socket.destroy()
    }
  })
}

export const sendJson = (socket: Socket, value: unknown): void => {
  if (socket.writable) socket.write(`${JSON.stringify(value)}\n`)
}

/** Listens and answers each request with what `answer` returns. */
export function serveJson(
  port: number,
  answer: (request: Record<string, unknown>, socket: Socket) => unknown,
  onError: (error: Error) => void,
): Server {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    readJson(socket, (request) => {
      const reply = answer(request, socket)
      if (reply !== undefined) sendJson(socket, reply)
    })
  })
  server.on('error', onError)
  return server.listen(port, '0.0.0.0')
}

/** One request, one answer; rejects when nobody listens or nothing comes within `limit` milliseconds. */
export function askJson<T>(host: string, port: number, request: unknown, limit = 10_000): Promise<T> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), limit)
    socket.once('connect', () => sendJson(socket, request))
    socket.once('error', reject)
    socket.once('close', () => {
      clearTimeout(timer)
      reject(new Error('connection closed'))
    })
    readJson(socket, (value) => {
      resolve(value as T)
      socket.end()
    })
  })
}
