// Streams to sockets that only another user may open: bytes go through a program of the host unchanged.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { childPipe } from '../../src/transport/shell/childPipe.ts'
import { relayTo } from '../../src/transport/shell/socketRelay.ts'
import { SHELLS } from './shells.ts'

const directory = mkdtempSync(join(tmpdir(), 'crane-play-relay-'))
const path = join(directory, 'a b.sock')
let echo: Server
beforeAll(async () => {
  // Answers with what it was sent, and closes after END.
  echo = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      socket.write(chunk)
      if (chunk.includes('END')) socket.end()
    })
  })
  await new Promise<void>((resolve) => echo.listen(path, resolve))
})
afterAll(() => {
  echo.close()
  rmSync(directory, { recursive: true })
})

/** A stream through a shell for which some programs do not exist. */
async function relay(shell: string, hidden: readonly string[], to = path) {
  const opened = await childPipe('/bin/sh', ['-c', `exec ${shell}`])
  if (!opened.ok) throw new Error(opened.failure.cause)
  const names = [...hidden, 'none'].join('|')
  opened.pipe.write(`command() { case $2 in ${names}) return 1 ;; *) [ -x /usr/bin/$2 ] ;; esac; }\n`)
  return relayTo(to, 'root', opened.pipe, { command: shell })
}

const PYTHONS = ['python3', '/usr/libexec/platform-python']

describe.each(SHELLS)('in $name', ({ command }) => {
  it.each([
    ['perl', PYTHONS],
    ['python', ['perl']],
  ])('%s carries a megabyte of any bytes', async (_program, hidden) => {
    const stream = await relay(command, hidden)
    // Without the E of END, which random bytes would hold in one of sixteen tries.
    const bytes = Buffer.from(randomBytes(1024 * 1024).map((byte) => (byte === 0x45 ? 0 : byte)))
    stream.write(bytes)
    stream.write('END')
    expect((await buffer(stream)).equals(Buffer.concat([bytes, Buffer.from('END')]))).toBe(true)
  })

  it.each([
    ['perl', PYTHONS],
    ['python', ['perl']],
  ])('%s reports a socket that is not there', async (_program, hidden) => {
    const missing = join(directory, 'missing.sock')
    await expect(relay(command, hidden, missing)).rejects.toThrow(`${missing} on the host: No such file or directory`)
  })

  it('reports a host that has neither', async () => {
    await expect(relay(command, ['perl', ...PYTHONS])).rejects.toThrow('neither perl nor python3 is on this host')
  })
})
