// Downloads with a password in the URL: no user of the host sees it in the arguments of a process, nor anybody in a message.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { explainWriteFailure, replaceFile, sha256 } from 'crane-play/task'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isHere } from '../machine.ts'
import { temporaryDirectory } from './runShell.ts'

const CONTENT = 'the tool\n'
const PASSWORD = 'p@ss:w/rd'
const TOKEN = 'tok-4711'
let host = ''
/** The arguments of every process of this machine when the server was asked. */
let seen: string[] = []
const server = createServer(({ headers, url = '' }, response) => {
  seen = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'latin1')
      } catch {
        return ''
      }
    })
  const login = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`
  const status = headers.authorization !== login ? 401 : /^\/tool(\?|$)/.test(url) ? 200 : 404
  // wget waits to be asked for a password.
  response.writeHead(status, status === 401 ? { 'WWW-Authenticate': 'Basic realm="x"' } : {})
  response.end(CONTENT)
})
beforeAll(
  () =>
    new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        host = `127.0.0.1:${(server.address() as AddressInfo).port}`
        resolve()
      })
    }),
)
afterAll(() => void server.close())

/** All that the script calls, and of the tools that download only those. */
function commandsWith(...tools: readonly string[]): string {
  const directory = join(temporaryDirectory(), 'bin')
  mkdirSync(directory)
  const all = 'sh stat cp dd wc chown chmod mktemp id ln mv rm rmdir sha256sum sync cat readlink date'.split(' ')
  for (const name of [...all, ...tools]) symlinkSync(`/usr/bin/${name}`, join(directory, name))
  return directory
}

/** Not at once: the server is in this process. */
function download(url: string, path: string, bin: string): Promise<{ status: number | null; stderr: string }> {
  const { script, functions = {} } = replaceFile({ path, content: { url, sha256: sha256(CONTENT) } })
  const defined = Object.entries(functions).map(([name, body]) => `${name}() {\n${body}\n}\n`)
  const child = spawn('/bin/sh', { env: { PATH: bin, LC_ALL: 'C' }, stdio: 'pipe' })
  child.stdin.end(`${defined.join('')}( ${script}\n) </dev/null\n`)
  child.stdout.resume()
  let stderr = ''
  child.stderr.on('data', (chunk) => (stderr += chunk))
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stderr })))
}

it.each([
  ['curl', isHere('curl'), `?t=${TOKEN}`],
  ['wget', existsSync('/usr/bin/wget'), `?t=${TOKEN}`],
  // A token in the path or the query is an argument of it.
  ['apt-helper', existsSync('/usr/lib/apt/apt-helper') && process.getuid?.() === 0, ''],
])('%s is given neither password nor token as an argument', async (tool, here, query) => {
  // It is not on this machine, and nobody but root can install it.
  if (!here) return
  const bin = commandsWith(...(tool === 'apt-helper' ? [] : [tool]))
  const path = join(temporaryDirectory(), 'tool')
  const url = `http://ada:${encodeURIComponent(PASSWORD)}@${host}/tool${query}`
  seen = []
  expect(await download(url, path, bin)).toEqual({ status: 0, stderr: expect.any(String) })
  expect(readFileSync(path, 'utf8')).toBe(CONTENT)
  expect(seen.filter((line) => line.includes(tool))).not.toEqual([])
  const leaked = (line: string) =>
    line.includes(PASSWORD) || line.includes(encodeURIComponent(PASSWORD)) || line.includes(TOKEN)
  expect(seen.filter(leaked)).toEqual([])
  expect(readdirSync(join(path, '..'))).toEqual(['tool'])

  const failed = await download(url.replace('/tool', '/none'), join(path, '../other'), bin)
  expect(failed.status).not.toBe(0)
  const told = JSON.stringify([failed.stderr, explainWriteFailure(failed, '/other')])
  expect(told).toContain(`${host}/none`)
  expect(leaked(told)).toBe(false)
})
