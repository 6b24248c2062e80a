// The OpenSSH client as the way to a host: when it is chosen, and what its last words mean.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Connection } from '../../src/model/inventory.ts'
import { autoTransport, type TransportOptions } from '../../src/transport/autoTransport.ts'
import { opensshFailure } from '../../src/transport/openssh/opensshFailure.ts'
import type { Connected, Session } from '../../src/transport/session.ts'
import { testHost } from './shells.ts'
import { keyPair, knownHostsLine, type ServerFaults, type TestServer, testServer } from './sshServer.ts'

const folder = mkdtempSync(join(tmpdir(), 'crane-test-openssh-'))
afterAll(() => rmSync(folder, { recursive: true }))
const loginKey = keyPair()
const keyFile = join(folder, 'id')
writeFileSync(keyFile, loginKey.private, { mode: 0o600 })

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Setting {
  readonly faults?: ServerFaults
  readonly config?: string
  readonly known?: (server: TestServer) => string
  readonly connection?: Partial<Connection>
  readonly options?: Partial<TransportOptions>
  readonly deadlineMs?: number
  /** Where warnings go. */
  readonly warnings?: string[]
}

async function reach({ faults, config, known, connection, options, warnings, deadlineMs = 15_000 }: Setting) {
  const server = await testServer(faults)
  closing.push(() => server.close())
  writeFileSync(join(folder, 'known_hosts'), known?.(server) ?? knownHostsLine(server.port, server.hostKey))
  writeFileSync(join(folder, 'config'), config ?? '', { mode: 0o600 })
  const transport = autoTransport({
    home: folder,
    username: 'tester',
    sshConfigFile: join(folder, 'config'),
    knownHostsFiles: [join(folder, 'known_hosts')],
    ...options,
  })
  closing.push(() => transport.close())
  const host = testHost({
    transport: 'auto',
    port: server.port,
    user: 'tester',
    privateKeyFile: keyFile,
    ...connection,
  })
  const connected = await transport.connect(host, {
    acceptNewHostKeys: false,
    deadlineMs,
    warning: (message) => warnings?.push(message),
  })
  if (connected.ok) closing.push(() => connected.session.close())
  return { server, connected }
}

function sessionOf(connected: Connected): Session {
  if (!connected.ok) throw new Error(`${connected.failure.cause}: ${connected.failure.lastLines}`)
  return connected.session
}

/** Sessions keep their control sockets in such folders; those of other tests are elsewhere. */
beforeAll(() => void vi.stubEnv('TMPDIR', folder))
afterAll(() => void vi.unstubAllEnvs())
const folders = () => readdirSync(folder).filter((name) => name.startsWith('crane-play-'))

const echo = { parts: [{ as: 'probe', script: 'echo hello' }], deadlineMs: 10_000 } as const

describe('a session over OpenSSH', () => {
  it('is authenticated once for all its shells, and leaves nothing behind', async () => {
    const before = folders()
    const { server, connected } = await reach({ connection: { transport: 'openssh' } })
    const session = sessionOf(connected)
    const hanging = session.run({}, { parts: [{ as: 'step', script: 'sleep 1000' }], deadlineMs: 1500 })
    expect(await hanging).toMatchObject({ ok: false, failure: { kind: 'hung' } })
    expect((await session.run({}, echo)).parts[0]?.stdout.toString()).toBe('hello\n')
    expect(session).toMatchObject({ how: 'openssh', roundTrips: 2 })
    expect(server.connections()).toBe(1)
    expect(server.commands).toEqual(['exec cat >/dev/null', 'exec sh', 'exec sh', 'exec sh'])
    expect(folders()).toHaveLength(before.length + 1)
    await session.close()
    expect(folders()).toEqual(before)
    const running = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    expect(running.split('\n').filter((line) => line.startsWith('ssh ') && line.includes(keyFile))).toEqual([])
  })

  it.each([
    ['ProxyCommand', 'Host 127.0.0.1\n  ProxyCommand nc-is-not-needed\n', 'the ssh configuration has ProxyCommand', {}],
    [
      'no common key exchange',
      'KexAlgorithms +diffie-hellman-group14-sha1\n',
      /no algorithm in common: no matching key exchange/,
      { kex: ['diffie-hellman-group14-sha1'] },
    ],
  ])('is chosen for %s, and says why', async (_what, config, why, faults) => {
    const proxied = config.replace('nc-is-not-needed', `${process.execPath} -e '${PROXY}' %h %p`)
    const { connected } = await reach({ config: proxied, faults })
    const session = sessionOf(connected)
    expect(session.how).toBe('openssh')
    expect(session.why).toMatch(why)
    expect((await session.run({}, echo)).ok).toBe(true)
  })

  it.each<[what: string, options: Partial<TransportOptions>, seen: string]>([
    ['nothing', {}, 'none no-agent'],
    ['what it is given', { environment: { MARK: 'given' } }, 'given no-agent'],
    ['no other agent', { environment: { MARK: 'given', SSH_AUTH_SOCK: '/stranger' } }, 'given no-agent'],
    ['its agent', { environment: { SSH_AUTH_SOCK: '/stranger' }, agentSocket: '/own' }, 'none /own'],
  ])('sees %s of the environment', async (_what, options, seen) => {
    const script = join(folder, 'proxy.sh')
    const noted = join(folder, 'noted')
    writeFileSync(
      script,
      `echo "${'${MARK-none} ${SSH_AUTH_SOCK-no-agent}'}" >'${noted}'\nexec '${process.execPath}' -e '${PROXY}' "$@"\n`,
    )
    const config = `Host 127.0.0.1\n  ProxyCommand /bin/sh ${script} %h %p\n`
    sessionOf((await reach({ config, options })).connected)
    expect(readFileSync(noted, 'utf8')).toBe(`${seen}\n`)
  })

  it.each([
    ['a refused key', { faults: { accept: () => false } }, 'refused', /refused the login of tester/],
    ['an unknown host key', { known: () => '' }, 'refused', /host key of \[127.0.0.1\]:\d+ is not known/],
    [
      'a changed host key',
      { known: ({ port }: TestServer) => knownHostsLine(port, keyPair()) },
      'refused',
      /host key of \[127.0.0.1\]:\d+ has changed/,
    ],
  ] as const)('%s', async (_what, setting, kind, cause) => {
    const before = folders()
    const { connected } = await reach({ ...setting, connection: { transport: 'openssh' } })
    expect(connected).toMatchObject({ ok: false, failure: { kind, cause: expect.stringMatching(cause) } })
    expect(folders()).toEqual(before)
  })

  it('does not wait for a connection of the caller that is stuck', async () => {
    const path = join(folder, 'stuck')
    const stuck = createServer(() => {})
    await new Promise<void>((resolve) => stuck.listen(path, resolve))
    closing.push(async () => void stuck.close())
    const warnings: string[] = []
    const { connected } = await reach({ config: `ControlPath ${path}\n`, warnings, deadlineMs: 6000 })
    expect(sessionOf(connected)).toMatchObject({ how: 'openssh', why: `ssh keeps a connection open at ${path}` })
    expect(warnings).toEqual([`the connection that ssh keeps open at ${path} is not used: no answer within 2 s`])
    expect((await sessionOf(connected).run({}, echo)).ok).toBe(true)
  })

  it.each([
    ['a missing', join(folder, 'missing'), `${join(folder, 'missing')} does not exist`],
    ['a file as', keyFile, `${keyFile} is not a directory`],
    ['a long', `/tmp/${'x'.repeat(100)}`, 'has a path too long for a socket'],
  ])('fails the host alone for %s TMPDIR', async (_what, directory, why) => {
    vi.stubEnv('TMPDIR', directory)
    try {
      const { connected } = await reach({ connection: { transport: 'openssh' } })
      expect(connected).toMatchObject({
        ok: false,
        failure: { kind: 'unreachable', cause: expect.stringContaining(why), hint: expect.stringContaining('TMPDIR') },
      })
    } finally {
      vi.stubEnv('TMPDIR', folder)
    }
  })

  it('is lost when its connection is lost', async () => {
    const { server, connected } = await reach({ connection: { transport: 'openssh' } })
    const reply = sessionOf(connected).run({}, { parts: [{ as: 'step', script: 'sleep 5' }], deadlineMs: 20_000 })
    await expect.poll(() => server.commands.length, { timeout: 10_000 }).toBe(2)
    await server.close()
    expect(await reply).toMatchObject({ ok: false, failure: { kind: 'unreachable' } })
  })
})

/** `nc` in one line, so that the test needs no other program. */
const PROXY =
  'const s=require("net").connect(process.argv[2],process.argv[1]);process.stdin.pipe(s).pipe(process.stdout)'

describe('opensshFailure', () => {
  const hop = {
    label: 'crane01',
    address: '10.0.0.1',
    port: 22,
    user: 'root',
    keyFiles: [],
    identitiesOnly: false,
    knownAs: '10.0.0.1',
    knownAsBare: '10.0.0.1',
    knownHostsFiles: [],
    acceptsNew: false,
  }

  it.each([
    ['root@10.0.0.1: Permission denied (publickey).', 'refused', 'refused the login of root'],
    ['Host key verification failed.', 'refused', 'is not known'],
    ['@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.', 'refused', 'has changed'],
    ['ssh: Could not resolve hostname x: Name or service not known', 'unreachable', 'has no address'],
    ['ssh: connect to host 10.0.0.1 port 22: Connection refused', 'unreachable', 'refused the connection'],
    ['ssh: connect to host 10.0.0.1 port 22: Connection timed out', 'unreachable', 'did not answer'],
    ['ssh: connect to host 10.0.0.1 port 22: No route to host', 'unreachable', 'did not answer'],
    ['/root/.ssh/config: line 1: Bad configuration option: hots', 'refused', 'rejects its configuration'],
    ['something new', 'unreachable', 'could not connect'],
  ])('%s', (said, kind, cause) => {
    const failure = opensshFailure(hop, `${said}\r\n`, 255)
    expect(failure).toMatchObject({ kind, cause: expect.stringContaining(cause), exitStatus: 255, lastLines: said })
  })

  it('names the file in which the key of a reinstalled host is', () => {
    const said = '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\r\nOffending ED25519 key in /srv/known:12\r\n'
    expect(opensshFailure(hop, said, 255).hint).toContain(`-R '${hop.knownAs}' -f /srv/known\``)
  })
})
