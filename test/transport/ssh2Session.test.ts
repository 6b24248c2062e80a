// Faults of the network, of sshd and of the login, each against a real SSH server in this process.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Connection } from '../../src/model/inventory.ts'
import { autoTransport } from '../../src/transport/autoTransport.ts'
import type { Connected, Session, TransportFailure } from '../../src/transport/session.ts'
import { testHost } from './shells.ts'
import type { AuthContext } from 'ssh2'
import { encryptedKey, keyPair, knownHostsLine, type ServerFaults, type TestServer, testServer } from './sshServer.ts'

const folder = mkdtempSync(join(tmpdir(), 'crane-play-ssh2-'))
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
  /** known_hosts, from the server; default: its key. */
  readonly known?: (server: TestServer) => string
  readonly acceptNewHostKeys?: boolean
  readonly connection?: Partial<Connection>
  readonly deadlineMs?: number
  readonly config?: string
  readonly agentSocket?: string
}

let files = 0

async function reach(setting: Setting = {}) {
  const server = await testServer(setting.faults)
  closing.push(() => server.close())
  const knownHosts = join(folder, `known_hosts${++files}`)
  const config = join(folder, `config${files}`)
  writeFileSync(knownHosts, setting.known?.(server) ?? knownHostsLine(server.port, server.hostKey))
  writeFileSync(config, setting.config ?? '', { mode: 0o600 })
  const warnings: string[] = []
  const newTransport = () =>
    autoTransport({
      home: folder,
      username: 'tester',
      sshConfigFile: config,
      knownHostsFiles: [knownHosts],
      ...(setting.agentSocket !== undefined && { agentSocket: setting.agentSocket }),
    })
  const transport = newTransport()
  closing.push(() => transport.close())
  const connectTo = async (address: string, by = transport): Promise<Connected> => {
    const connection = { transport: 'ssh2', port: server.port, privateKeyFile: keyFile } as const
    const connected = await by.connect(testHost({ ...connection, address, ...setting.connection }), {
      acceptNewHostKeys: setting.acceptNewHostKeys ?? false,
      deadlineMs: setting.deadlineMs ?? 10_000,
      warning: (message) => warnings.push(message),
    })
    if (connected.ok) closing.push(() => connected.session.close())
    return connected
  }
  const connect = () => connectTo('127.0.0.1')
  const inNextRun = () => {
    const next = newTransport()
    closing.push(() => next.close())
    return connectTo('127.0.0.1', next)
  }
  return { server, connected: await connect(), connect, inNextRun, connectTo, warnings, knownHosts }
}

function sessionOf(connected: Connected): Session {
  if (!connected.ok) throw new Error(connected.failure.cause)
  return connected.session
}

const failureOf = (connected: Connected): TransportFailure | undefined => (connected.ok ? undefined : connected.failure)

const echo = { parts: [{ as: 'probe', script: 'echo hello' }], deadlineMs: 10_000 } as const

describe('a session over ssh2', () => {
  it.each(['ed25519', 'rsa'] as const)(
    'knows a reinstalled host again after the command of its hint, %s',
    async (type) => {
      const known = ({ port }: TestServer) => knownHostsLine(port, keyPair(type))
      const { connected, inNextRun } = await reach({ known, acceptNewHostKeys: true })
      const [, command = 'exit 1'] = /run `(ssh-keygen .*)`/.exec(failureOf(connected)?.hint ?? '') ?? []
      execFileSync('sh', ['-c', command], { stdio: 'ignore' })
      expect(failureOf(await inNextRun())).toBe(undefined)
    },
  )

  it('runs a script in one round trip, after one authentication', async () => {
    const { server, connected } = await reach()
    const session = sessionOf(connected)
    const reply = await session.run({}, echo)
    expect(reply).toMatchObject({ ok: true, parts: [{ ran: true, status: 0 }] })
    expect(reply.parts[0]?.stdout.toString()).toBe('hello\n')
    expect(session).toMatchObject({ how: 'ssh2', roundTrips: 1 })
    expect(server.connections()).toBe(1)
    expect(server.attempts).toEqual(['publickey', 'publickey signed'])
    expect(server.commands).toEqual(['exec sh'])
  })

  it('keeps UTF-8 together however it is cut', async () => {
    const { connected } = await reach()
    const script = `printf 'é\\n%s' '${'ü'.repeat(40_000)}' >&2; printf '\\303'; sleep 0.05; printf '\\251'`
    const reply = await sessionOf(connected).run({}, { parts: [{ as: 'probe', script }], deadlineMs: 10_000 })
    expect(reply.parts[0]?.stdout.toString('utf8')).toBe('é')
    expect(reply.parts[0]?.stderr).toMatch(/ü{30000}$/)
  })

  it('ends a step through a second channel', async () => {
    const { server, connected } = await reach()
    const session = sessionOf(connected)
    const marker = join(folder, 'step')
    const parts = [{ as: 'step', script: `echo $$ >${marker}; sleep 1000` }] as const
    const reply = session.run({}, { parts, deadlineMs: 60_000 })
    await expect.poll(() => server.commands.length && tryRead(marker), { timeout: 10_000 }).toMatch(/\d/)
    expect(await session.cancel(1000)).toEqual({ state: 'stopped' })
    expect(await reply).toMatchObject({
      ok: false,
      failure: { kind: 'cancelled', tried: expect.stringContaining('sleep 1000') },
    })
    expect(server.commands).toEqual(['exec sh', 'exec sh'])
    expect((await session.run({}, echo)).ok).toBe(true)
  })

  it('says that it does not know what became of a step when the connection is lost', async () => {
    const { server, connected } = await reach()
    const session = sessionOf(connected)
    const reply = session.run({}, { parts: [{ as: 'step', script: 'sleep 3' }], deadlineMs: 60_000 })
    await expect.poll(() => server.commands.length, { timeout: 10_000 }).toBe(1)
    await server.close()
    expect(await reply).toMatchObject({
      ok: false,
      failure: { kind: 'unreachable', cause: expect.stringContaining('lost') },
    })
    expect(await session.cancel()).toEqual({ state: 'unknown', why: expect.stringMatching(/lost.*while `sleep 3`/) })
    expect(await session.run({}, echo)).toMatchObject({ ok: false, failure: { kind: 'unreachable' } })
  })

  it('calls a host that takes no other channel unreachable, not hung', async () => {
    const { server, connected } = await reach()
    const session = sessionOf(connected)
    expect((await session.run({}, echo)).ok).toBe(true)
    server.freeze()
    expect(await session.run({}, { ...echo, deadlineMs: 200 })).toMatchObject({
      ok: false,
      failure: { kind: 'unreachable', cause: 'no answer within 0.2 s, and the host opens no other channel' },
    })
  })

  it('has at most 32 handshakes under way, and 8 behind one jump host', async () => {
    const jump = await testServer()
    closing.push(() => jump.close())
    const { server, connectTo } = await reach({
      known: (server) => knownHostsLine(server.port, server.hostKey) + knownHostsLine(jump.port, jump.hostKey),
      config: `Host jump\n  HostName 127.0.0.1\n  Port ${jump.port}\n  IdentityFile ${keyFile}\nHost localhost\n  HostName 127.0.0.1\n  ProxyJump jump\n`,
    })
    for (const [address, all, atOnce] of [
      ['127.0.0.1', 40, 32],
      ['localhost', 12, 8],
    ] as const) {
      const held = server.hold(atOnce)
      const connecting = Promise.all(Array.from({ length: all }, () => connectTo(address)))
      // Without a limit all of them would have connected by the time the first have come as far as the login.
      expect(await held).toBe(atOnce)
      expect((await connecting).map(({ ok }) => ok)).toEqual(Array(all).fill(true))
    }
    expect(jump.connections()).toBe(1)
  })

  it('waits for a jump host that does not answer until the deadline', async () => {
    const jump = await testServer({ forwardsNothing: true })
    closing.push(() => jump.close())
    const { connected, server } = await reach({
      known: (server) => knownHostsLine(server.port, server.hostKey) + knownHostsLine(jump.port, jump.hostKey),
      config: `Host jump\n  HostName 127.0.0.1\n  Port ${jump.port}\n  IdentityFile ${keyFile}\nHost 127.0.0.1\n  ProxyJump jump\n`,
      deadlineMs: 1500,
    })
    expect(failureOf(connected)).toMatchObject({
      kind: 'unreachable',
      cause: `the jump host could not connect to 127.0.0.1:${server.port}: no answer within 1.5 s`,
      hint: text('ProxyJump'),
    })
    expect([jump.connections(), server.connections()]).toEqual([1, 0])
  })

  it('waits for a socket on the host until the deadline', async () => {
    // A server without a listener for the request answers it with a refusal; a frozen one does not answer.
    const { server, connected } = await reach()
    const session = sessionOf(connected)
    await expect(session.dialUnix('/run/x.sock', {}, 5000)).rejects.toThrow('/run/x.sock on the host: ')
    server.freeze()
    await expect(session.dialUnix('/run/x.sock', {}, 300)).rejects.toThrow(
      '/run/x.sock on the host: no answer within 0.3 s',
    )
  })

  it('waits for a key file that cannot be read until the deadline', async () => {
    const pipe = join(folder, 'id_pipe')
    execFileSync('mkfifo', [pipe])
    try {
      const { connected, server } = await reach({ connection: { privateKeyFile: pipe }, deadlineMs: 400 })
      expect(failureOf(connected)).toMatchObject({
        kind: 'unreachable',
        cause: 'the login keys and known_hosts on this machine could not be read within 0.4 s',
        tried: text(pipe),
      })
      expect(server.connections()).toBe(0)
    } finally {
      // Lets go the thread that waits for a writer.
      closeSync(openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK))
    }
  })

  it.each([
    {
      what: 'a server that takes it by keyboard-interactive alone',
      methods: ['publickey', 'keyboard-interactive'],
      ok: true,
    },
    {
      what: 'not twice, where the server takes it both ways',
      methods: ['password', 'keyboard-interactive'],
      ok: false,
    },
  ])('gives the password to $what', async ({ methods, ok }) => {
    const answers: string[][] = []
    const accept = (context: AuthContext) => {
      if (context.method !== 'keyboard-interactive') return false
      context.prompt([{ prompt: 'Password: ', echo: false }], (given) => {
        answers.push(given)
        context.accept()
      })
      return undefined
    }
    const { connected } = await reach({
      faults: { accept, methods },
      connection: { password: 'open sesame', privateKeyFile: undefined as never },
    })
    expect(connected.ok).toBe(ok)
    expect(answers).toEqual(ok ? [['open sesame']] : [])
  })

  it('goes on to the password when the agent does not answer', async () => {
    const { server, connected, warnings } = await reach({
      faults: { accept: ({ method }) => method === 'password' },
      connection: { password: 'open sesame' },
      agentSocket: join(folder, 'no-agent'),
    })
    expect((await sessionOf(connected).run({}, echo)).ok).toBe(true)
    expect(server.attempts.at(-1)).toBe('password')
    expect(warnings).toEqual([text('the ssh agent does not answer')])
  })

  it('reaches a host behind a jump host, once authenticated at each', async () => {
    const jump = await testServer({})
    closing.push(() => jump.close())
    const { server, connected, connect } = await reach({
      known: (server) => knownHostsLine(server.port, server.hostKey) + knownHostsLine(jump.port, jump.hostKey),
      config: `Host jump\n  HostName 127.0.0.1\n  Port ${jump.port}\n  IdentityFile ${keyFile}\nHost 127.0.0.1\n  ProxyJump hop@jump\n`,
    })
    expect((await sessionOf(connected).run({}, echo)).parts[0]?.stdout.toString()).toBe('hello\n')
    sessionOf(await connect())
    expect([jump.connections(), server.connections()]).toEqual([1, 2])
  })

  it('waits and tries again when sshd drops connections, and says so', async () => {
    const { server, connected, warnings } = await reach({ faults: { drops: 2 } })
    sessionOf(connected)
    expect(server.connections()).toBe(3)
    expect(warnings).toEqual(['sshd closed 2 connections before its banner (MaxStartups?)'])
  })
})

const tryRead = (file: string): string => {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

interface Refusal {
  readonly what: string
  readonly setting: Setting
  readonly failure: Partial<Record<keyof TransportFailure, unknown>>
  /** What the server has seen in the end. */
  readonly attempts?: readonly string[]
  readonly connections?: number
}

const text = (part: string) => expect.stringContaining(part)
const encrypted = join(folder, 'encrypted')
writeFileSync(encrypted, encryptedKey().private, { mode: 0o600 })
const nonsense = join(folder, 'nonsense')
writeFileSync(nonsense, 'not a key\n')

const REFUSALS: readonly Refusal[] = [
  {
    what: 'a silent port',
    setting: { faults: { silent: true }, deadlineMs: 300 },
    failure: { kind: 'unreachable', cause: text('accepted the connection but said nothing within 0.3 s') },
  },
  {
    what: 'a port that is silent after a connection was dropped: the limit is named, not what was left of it',
    setting: { faults: { drops: 1, silent: true }, deadlineMs: 600 },
    failure: { kind: 'unreachable', cause: text('accepted the connection but said nothing within 0.6 s') },
  },
  {
    what: 'a server that drops every connection',
    setting: { faults: { drops: 99, says: 'Exceeded MaxStartups\r\n' } },
    failure: {
      kind: 'unreachable',
      cause: text('before its banner 5 times'),
      lastLines: 'Exceeded MaxStartups',
      hint: text('MaxStartups'),
    },
    connections: 5,
  },
  {
    what: 'a refused key',
    setting: { faults: { accept: () => false } },
    failure: { kind: 'refused', cause: text('refused the login of tester with a key'), hint: text('authorized_keys') },
    attempts: ['publickey'],
    connections: 1,
  },
  {
    what: 'a refused password',
    setting: { faults: { accept: () => false }, connection: { password: 'wrong' } },
    failure: { kind: 'refused', cause: text('with a key, a password') },
    attempts: ['publickey', 'password'],
    connections: 1,
  },
  {
    what: 'an unknown host key',
    setting: { known: () => '' },
    failure: {
      kind: 'refused',
      cause: text('is not known: ssh-ed25519 SHA256:'),
      hint: text('--accept-new-host-keys'),
    },
    attempts: [],
  },
  {
    what: 'a changed host key',
    setting: { known: ({ port }) => `# comment\n${knownHostsLine(port, keyPair())}`, acceptNewHostKeys: true },
    failure: {
      kind: 'refused',
      cause: expect.stringMatching(/has changed: .* but .*known_hosts\d+:2 has another key/),
    },
    attempts: [],
  },
  {
    what: 'a host key of another type than the one on record',
    setting: { known: ({ port }) => knownHostsLine(port, keyPair('rsa')), acceptNewHostKeys: true },
    failure: { kind: 'refused', cause: text('has no host key of the type on record (ssh-rsa)') },
    attempts: [],
  },
  {
    what: 'a revoked host key',
    setting: {
      known: ({ port, hostKey }) => knownHostsLine(port, hostKey) + knownHostsLine(port, hostKey, '@revoked '),
      acceptNewHostKeys: true,
    },
    failure: { kind: 'refused', cause: expect.stringMatching(/marked as revoked in .*:2$/) },
    attempts: [],
  },
  {
    what: 'a server with which nothing is in common',
    setting: { faults: { kex: ['diffie-hellman-group1-sha1'] } },
    failure: {
      kind: 'refused',
      cause: text('no algorithm in common: no matching key exchange'),
      hint: text('openssh'),
    },
  },
  {
    what: 'a key that is not there',
    setting: { connection: { privateKeyFile: '/nonexistent/id' } },
    failure: { kind: 'refused', cause: 'the key file /nonexistent/id does not exist' },
    connections: 0,
  },
  {
    what: 'a key with a passphrase',
    setting: { connection: { privateKeyFile: encrypted } },
    failure: {
      kind: 'refused',
      cause: `the key file ${encrypted} is encrypted with a passphrase`,
      hint: text('ssh-add'),
    },
    connections: 0,
  },
  {
    what: 'a key that is none',
    setting: { connection: { privateKeyFile: nonsense } },
    failure: { kind: 'refused', cause: `the key file ${nonsense} is not a private key of a known format` },
    connections: 0,
  },
  {
    what: 'a name without an address',
    setting: { connection: { address: 'no-such-host.invalid' } },
    failure: {
      kind: 'unreachable',
      cause: text('the name no-such-host.invalid has no address'),
      hint: text('ansible_host'),
    },
    connections: 0,
  },
  {
    what: 'a name that would be an option',
    setting: { connection: { address: '-oProxyCommand=touch /tmp/owned', transport: 'openssh' } },
    failure: { kind: 'refused', cause: text('is not a host name') },
    connections: 0,
  },
]

describe('a connection that does not come about', () => {
  it.each(REFUSALS)('$what', async ({ setting, failure, attempts, connections }) => {
    const { server, connected } = await reach(setting)
    expect(failureOf(connected)).toMatchObject(failure)
    if (attempts) expect(server.attempts).toEqual(attempts)
    if (connections !== undefined) expect(server.connections()).toBe(connections)
  })

  it('a refused port', async () => {
    const listener = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => listener.once('listening', resolve))
    const { port } = listener.address() as { port: number }
    await new Promise((resolve) => listener.close(resolve))
    const { connected } = await reach({ connection: { port } })
    expect(failureOf(connected)).toMatchObject({
      kind: 'unreachable',
      cause: `127.0.0.1:${port} refused the connection`,
      hint: expect.stringContaining('sshd'),
    })
  })

  it('remembers a new host key when it may, in one line', async () => {
    const { server, connected, connect, knownHosts } = await reach({
      known: () => '# no line end',
      acceptNewHostKeys: true,
    })
    sessionOf(connected)
    sessionOf(await connect())
    await expect
      .poll(() => readFileSync(knownHosts, 'utf8'))
      .toBe(`# no line end\n${knownHostsLine(server.port, server.hostKey)}`)
  })
})

interface Broken {
  readonly what: string
  readonly faults: ServerFaults
  readonly failure: Partial<Record<keyof TransportFailure, unknown>>
}

const BROKEN: readonly Broken[] = [
  {
    what: 'the server dies in the middle of a script',
    faults: { exec: (channel, _command, socket) => channel.on('data', () => socket.destroy()) },
    failure: { kind: 'unreachable', cause: text('the connection was lost'), exitStatus: null, tried: 'echo hello' },
  },
  {
    what: 'the channel closes without an exit status',
    faults: { exec: (channel) => channel.on('data', () => channel.close()) },
    failure: { kind: 'garbled', cause: 'the shell on the host ended', exitStatus: null },
  },
  {
    what: 'the shell cannot be started',
    faults: {
      exec: (channel) => {
        channel.stderr.write('This account is not available.\n')
        channel.exit(1)
        channel.end()
      },
    },
    failure: {
      kind: 'garbled',
      cause: 'the shell on the host ended with status 1',
      lastLines: 'This account is not available.',
    },
  },
  {
    what: 'nothing is ever answered',
    faults: { exec: (channel) => channel.resume() },
    failure: { kind: 'hung', cause: 'no answer within 0.5 s', tried: 'echo hello' },
  },
  {
    what: 'a flood without end that is no answer',
    faults: {
      exec: (channel) => {
        const flood = () => channel.write(Buffer.alloc(32_768)) && setImmediate(flood)
        channel.on('drain', flood)
        channel.resume()
        flood()
      },
    },
    failure: { kind: 'garbled', cause: 'the answer of the host does not end' },
  },
  {
    what: 'no channel is opened',
    faults: { noChannels: true },
    failure: { kind: 'refused', cause: text('the host opened no channel'), hint: text('MaxSessions') },
  },
]

describe('a session that breaks', () => {
  it.each(BROKEN)('$what', async ({ faults, failure }) => {
    const { connected } = await reach({ faults })
    const reply = await sessionOf(connected).run({}, { ...echo, deadlineMs: failure.kind === 'hung' ? 500 : 10_000 })
    expect(reply).toMatchObject({ ok: false, failure, parts: [] })
  })

  it('passes over what is printed before the shell', async () => {
    const { connected } = await reach({ faults: { exec: noisy } })
    const reply = await sessionOf(connected).run({}, echo)
    expect(reply).toMatchObject({ ok: true, parts: [{ stderr: '', status: 0 }] })
    expect(reply.parts[0]?.stdout.toString()).toBe('hello\n')
  })
})

/** A login shell whose start-up file talks, on both streams, even in the words of a mark. */
const noisy: NonNullable<ServerFaults['exec']> = (channel) => {
  channel.write(`Welcome!\n${'0'.repeat(32)} start 1 1\n`)
  channel.stderr.write('motd\n')
  const session = import('node:child_process').then(({ spawn }) => spawn('sh', { detached: true }))
  void session.then((child) => {
    channel.pipe(child.stdin)
    child.stdout.pipe(channel)
    child.stderr.pipe(channel.stderr)
  })
}
