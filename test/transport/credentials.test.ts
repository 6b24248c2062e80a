// Logging in through a real ssh-agent: keys with a passphrase, and only the keys that were named.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../../src/model/inventory.ts'
import { autoTransport } from '../../src/transport/autoTransport.ts'
import { testHost } from './shells.ts'
import { encryptedKey, type KeyPair, keyPair, knownHostsLine, testServer } from './sshServer.ts'

const folder = mkdtempSync(join(tmpdir(), 'crane-test-agent-'))
const socket = join(folder, 'agent')
let agent: ChildProcess

function key(name: string, pair: KeyPair): string {
  const file = join(folder, name)
  writeFileSync(file, pair.private, { mode: 0o600 })
  writeFileSync(`${file}.pub`, `${pair.public}\n`)
  return file
}

beforeAll(async () => {
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  await vi.waitUntil(() => existsSync(socket), { timeout: 10_000 })
  for (const name of ['first', 'second']) {
    execFileSync('ssh-add', ['-q', key(name, keyPair())], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
  }
  writeFileSync(join(folder, 'locked'), encryptedKey().private, { mode: 0o600 })
})
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(() => {
  agent.kill()
  rmSync(folder, { recursive: true })
})

async function logIn(config: string, connection: Partial<Connection>, accept = () => true) {
  const server = await testServer({ accept: ({ method }) => method === 'publickey' && accept() })
  closing.push(() => server.close())
  writeFileSync(join(folder, 'config'), config, { mode: 0o600 })
  writeFileSync(join(folder, 'known_hosts'), knownHostsLine(server.port, server.hostKey))
  const transport = autoTransport({
    home: folder,
    username: 'tester',
    agentSocket: socket,
    sshConfigFile: join(folder, 'config'),
    knownHostsFiles: [join(folder, 'known_hosts')],
  })
  closing.push(() => transport.close())
  const host = testHost({ transport: 'ssh2', port: server.port, ...connection })
  const connected = await transport.connect(host, { acceptNewHostKeys: false, deadlineMs: 10_000 })
  if (connected.ok) closing.push(() => connected.session.close())
  return { connected, attempts: server.attempts }
}

describe('an agent', () => {
  it('logs one in', async () => {
    const { connected, attempts } = await logIn('', {})
    expect(connected.ok).toBe(true)
    expect(attempts).toEqual(['publickey', 'publickey signed'])
  })

  it('stands in for a named key that has a passphrase', async () => {
    expect((await logIn('', { privateKeyFile: join(folder, 'locked') })).connected.ok).toBe(true)
  })

  it('offers each of its keys once', async () => {
    const { connected, attempts } = await logIn('', {}, () => false)
    expect(connected).toMatchObject({
      ok: false,
      failure: { kind: 'refused', cause: expect.stringContaining('with the agent') },
    })
    expect(attempts).toEqual(['publickey', 'publickey'])
  })

  it('offers only the keys that are named, with IdentitiesOnly', async () => {
    rmSync(join(folder, 'second'))
    const { attempts } = await logIn(`IdentitiesOnly yes\nIdentityFile ${folder}/second\n`, {}, () => false)
    expect(attempts).toEqual(['publickey'])
  })

  it('is not needed where a password will do', async () => {
    const server = await testServer({
      accept: (context) => context.method === 'password' && context.password === 'right',
    })
    closing.push(() => server.close())
    writeFileSync(join(folder, 'known_hosts'), knownHostsLine(server.port, server.hostKey))
    const transport = autoTransport({
      home: folder,
      username: 'tester',
      sshConfigFile: 'none',
      knownHostsFiles: [join(folder, 'known_hosts')],
    })
    closing.push(() => transport.close())
    const host = testHost({ transport: 'ssh2', port: server.port, password: 'right' })
    const connected = await transport.connect(host, { acceptNewHostKeys: false, deadlineMs: 10_000 })
    expect(connected.ok).toBe(true)
    expect(server.attempts).toEqual(['password'])
    if (connected.ok) await connected.session.close()
  })

  it('is missed when there is nothing to log in with', async () => {
    const transport = autoTransport({ home: folder, username: 'tester', sshConfigFile: 'none', knownHostsFiles: [] })
    const connected = await transport.connect(testHost({ transport: 'ssh2', port: 1 }), {
      acceptNewHostKeys: false,
      deadlineMs: 10_000,
    })
    expect(connected).toMatchObject({
      ok: false,
      failure: { kind: 'refused', cause: 'there is no key, agent or password to log in with as tester' },
    })
    await transport.close()
  })
})
