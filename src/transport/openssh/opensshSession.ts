// A session over the OpenSSH client, for what only it can do: one connection kept open, each shell a channel of it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Host } from '../../model/inventory.ts'
import { withinTime } from '../deadline.ts'
import type { BytePipe } from '../shell/bytePipe.ts'
import { childPipe } from '../shell/childPipe.ts'
import { dialLocal } from '../shell/dialLocal.ts'
import { silence } from '../ssh/connectFailure.ts'
import { opensshFailure } from './opensshFailure.ts'
import type { Hop, Route, RouteOptions } from '../ssh/route.ts'
import type { Connected, ConnectOptions, TransportFailure } from '../session.ts'
import { ShellSession } from '../shell/shellSession.ts'

export interface OpensshOptions extends RouteOptions {
  readonly sshConfigFile?: string
  /** The program, for tests; default `ssh`. */
  readonly ssh?: string
}

/** Printed by the local command that ssh runs once the connection is made and takes further channels. */
const CONNECTED = 'crane-play: connected'

/** Ends when this process does, however it ends: `ssh -N` would stay behind. */
const LIVE = 'exec cat >/dev/null'

/** How long a master may take to answer a request of another ssh. */
const CONTROL_WITHIN_MS = 5000
const CLOSE_WITHIN_MS = 3000

/** Bytes that a socket's path may have here: the system takes 107, and ssh adds 17 while it makes the socket. */
const LONGEST_DIRECTORY = 80

/**
 * One `ssh` is the master of a private control socket: one authentication, and a second channel when the first
 * hangs. Where the caller's own ssh keeps a connection open, that one is used.
 */
export async function opensshSession(
  host: Host,
  route: Route,
  options: OpensshOptions,
  connecting: ConnectOptions,
  why: string | undefined,
): Promise<Connected> {
  const hop = route.hops[route.hops.length - 1] as Hop
  const client = new OpensshClient(host, hop, options, connecting)
  const failure = await client.start(route.openMaster)
  if (failure) {
    await client.close()
    return { ok: false, failure }
  }
  const line = {
    how: 'openssh',
    ...(why !== undefined && { why }),
    open: (command: string) => client.open(command),
    dialUnix: (path: string) => client.dialUnix(path),
    close: () => client.close(),
  }
  return { ok: true, session: new ShellSession(host, line, connecting.trace) }
}

/** Made with mode 0700: whoever can open the socket owns the connection. */
async function makeSocketDirectory(): Promise<string | TransportFailure> {
  const parent = tmpdir()
  const failed = (why: string): TransportFailure => ({
    kind: 'unreachable',
    cause: `there is no place for the control socket of ssh: ${parent} ${why}`,
    tried: `mkdir ${join(parent, 'crane-play-XXXXXX')}`,
    hint: 'set TMPDIR to a directory with a short path that you can write to',
  })
  if (Buffer.byteLength(parent) > LONGEST_DIRECTORY) return failed('has a path too long for a socket')
  try {
    return await mkdtemp(join(parent, 'crane-play-'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return failed(DIRECTORY_ERRORS[code ?? ''] ?? `cannot be used: ${message}`)
  }
}

const DIRECTORY_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is not a directory',
  EACCES: 'cannot be written to: permission denied',
  EROFS: 'is on a read-only file system',
  ENOSPC: 'is on a full file system',
}

class OpensshClient {
  readonly #hop: Hop
  readonly #ssh: string
  readonly #target: readonly string[]
  readonly #environment: NodeJS.ProcessEnv
  readonly #deadlineMs: number
  readonly #baseArgs: readonly string[]
  readonly #warning: ConnectOptions['warning']
  #directory: string | undefined
  #socket: string | undefined
  #master: BytePipe | undefined
  #lost: string | undefined
  #dials = 0

  constructor(host: Host, hop: Hop, options: OpensshOptions, connecting: ConnectOptions) {
    const { address, port, user, privateKeyFile } = host.connection
    this.#hop = hop
    this.#ssh = options.ssh ?? 'ssh'
    this.#deadlineMs = connecting.deadlineMs
    this.#warning = connecting.warning
    this.#target = ['--', address]
    const { SSH_AUTH_SOCK: _agent, ...environment } = options.environment ?? {}
    this.#environment = {
      ...environment,
      ...(options.agentSocket !== undefined && { SSH_AUTH_SOCK: options.agentSocket }),
    }
    const accepts = connecting.acceptNewHostKeys || hop.acceptsNew
    const set = {
      BatchMode: 'yes',
      ConnectTimeout: String(Math.ceil(connecting.deadlineMs / 1000)),
      ForwardAgent: 'no',
      ForwardX11: 'no',
      RemoteCommand: 'none',
      RequestTTY: 'no',
      ServerAliveCountMax: '3',
      ServerAliveInterval: '10',
      StrictHostKeyChecking: accepts ? 'accept-new' : 'yes',
      ...(options.knownHostsFiles && {
        UserKnownHostsFile: options.knownHostsFiles.map((file) => `"${file}"`).join(' '),
        GlobalKnownHostsFile: '/dev/null',
      }),
    }
    this.#baseArgs = [
      '-T',
      ...(options.sshConfigFile === undefined ? [] : ['-F', options.sshConfigFile]),
      ...Object.entries(set).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
      ...(port === undefined ? [] : ['-p', String(port)]),
      ...(user === undefined ? [] : ['-l', user]),
      ...(privateKeyFile === undefined ? [] : ['-i', privateKeyFile]),
    ]
  }

  /** Undefined when the connection is made. */
  async start(openMaster: string | undefined): Promise<TransportFailure | undefined> {
    const directory = await makeSocketDirectory()
    if (typeof directory !== 'string') return directory
    this.#directory = directory
    if (openMaster !== undefined) {
      const problem = await this.#control(openMaster, ['-O', 'check'])
      if (problem === undefined) {
        this.#socket = openMaster
        return undefined
      }
      this.#warning?.(`the connection that ssh keeps open at ${openMaster} is not used: ${problem}`)
    }
    const socket = join(directory, 'master')
    const args = ['-M', '-S', socket, '-o', 'ControlPersist=no', '-o', 'ClearAllForwardings=yes']
    const local = ['-o', 'PermitLocalCommand=yes', '-o', `LocalCommand=echo ${CONNECTED}`]
    const opened = await this.#child([...args, ...local, ...this.#baseArgs, ...this.#target, LIVE])
    if (!opened.ok) return opened.failure
    const { pipe } = opened
    this.#master = pipe
    let said = ''
    pipe.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-8192)
    })
    const connected = new Promise<undefined>((resolve) => {
      let words = ''
      pipe.stdout.on('data', (chunk: Buffer) => {
        words = (words + chunk.toString('latin1')).slice(-1024)
        if (words.includes(CONNECTED)) resolve(undefined)
      })
    })
    const ended = pipe.closed.then((end) => {
      const failure = opensshFailure(this.#hop, said, end.status)
      this.#lost = failure.lastLines ?? 'ssh ended'
      return failure
    })
    const failure = await withinTime(Promise.race([connected, ended]), this.#deadlineMs)
    if (failure === 'overdue') return silence(this.#hop, 'handshake', this.#deadlineMs)
    this.#socket = socket
    return failure
  }

  open(command: string) {
    const args = ['-S', this.#socket ?? 'none', '-o', 'PermitLocalCommand=no', '-o', 'ClearAllForwardings=yes']
    return this.#child([...args, ...this.#baseArgs, ...this.#target, command], true)
  }

  /** ssh forwards a socket in the private directory to the one on the host. */
  async dialUnix(path: string): Promise<Duplex> {
    if (!/^\/[^:\s\p{Cc}]*$/u.test(path))
      throw new Error(`${JSON.stringify(path)} is not a path that ssh can forward to`)
    const here = join(this.#directory ?? '', `dial${++this.#dials}`)
    const forward = ['-L', `${here}:${path}`]
    const refused = await this.#control(this.#socket ?? 'none', ['-O', 'forward', ...forward])
    if (refused !== undefined) throw new Error(`${path} on the host: ${refused}`)
    const socket = await dialLocal(here, `${path} on the host`)
    socket.once('close', () => void this.#control(this.#socket ?? 'none', ['-O', 'cancel', ...forward]))
    return socket
  }

  async close(): Promise<void> {
    this.#master?.destroy()
    if (this.#master) await withinTime(this.#master.closed, CLOSE_WITHIN_MS)
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true })
  }

  /** Sends the master a request; resolves to what it complained of, or undefined when it did what was asked. */
  async #control(socket: string, request: readonly string[]): Promise<string | undefined> {
    const opened = await this.#child(['-S', socket, ...request, ...this.#baseArgs, ...this.#target])
    if (!opened.ok) return opened.failure.cause
    const { pipe } = opened
    const within = Math.min(CONTROL_WITHIN_MS, Math.ceil(this.#deadlineMs / 300) * 100)
    let said = ''
    pipe.stdout.resume()
    pipe.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2048)
    })
    pipe.end()
    const end = await withinTime(pipe.closed, within)
    if (end === 'overdue') {
      pipe.destroy()
      return `no answer within ${within / 1000} s`
    }
    return end.status === 0 ? undefined : said.trim() || `ssh ended with status ${end.status}`
  }

  #child(args: readonly string[], shell = false) {
    return childPipe(this.#ssh, args, {
      environment: this.#environment,
      // 255 is ssh's own status; a shell that ends so by itself is not to be expected.
      ...(shell && { lost: (end) => (end.status === 255 ? (this.#lost ?? 'ssh ended with status 255') : undefined) }),
    })
  }
}
