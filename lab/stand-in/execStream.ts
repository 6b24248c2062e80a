/** The stream of `ccon exec` and `ccon attach`: three attempts, and a certificate that nobody looks at, as with the real one; by WebSocket alone. */
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { Failure, noteOf } from './cconOutput.ts'

const ATTEMPTS = 3
/** The first byte of a message: whose output it is, or the status at the end. */
const [STDOUT, STDERR, STATUS] = [1, 2, 3]

export async function streamWithRetry(url: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    process.stderr.write(noteOf('INFO', `Stream attempt ${attempt}/${ATTEMPTS} for URL: ${url}`))
    try {
      return await stream(url)
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error)
      process.stderr.write(noteOf('WARN', `Stream attempt ${attempt} failed: ${said}`))
      if (attempt === ATTEMPTS) {
        const whole = `stream failed after ${ATTEMPTS} attempts, last error: ${said}`
        throw new Failure(`Failed to establish stream connection: ${whole}`, 4)
      }
      await pause(attempt * 1000)
    }
  }
}

function stream(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), ['v4.channel.k8s.io'], { rejectUnauthorized: false })
    socket.on('error', (error) => reject(new Error(inGo(error, new URL(url).host))))
    socket.on('close', () => reject(new Error('Stream connection lost')))
    socket.on('message', (data: Buffer) => {
      const text = data.subarray(1)
      if (data[0] === STDOUT) process.stdout.write(text)
      if (data[0] === STDERR) process.stderr.write(text)
      if (data[0] !== STATUS || text.length === 0) return
      const { status, message } = JSON.parse(text.toString()) as { status?: string; message?: string }
      if (status === 'Success') resolve()
      else reject(new Error(message ?? 'command terminated'))
    })
  })
}

/** Go's words for what a connection dies of. */
function inGo(error: NodeJS.ErrnoException, host: string): string {
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ETIMEDOUT: 'connect: connection timed out',
  }
  const known = words[error.code ?? '']
  if (known !== undefined) return `error sending request: dial tcp ${host}: ${known}`
  return /SSL|EPROTO|wrong version number/.test(`${error.code} ${error.message}`)
    ? 'error sending request: http: server gave HTTP response to HTTPS client'
    : error.message
}
