// A session over the OpenSSH client, for what only it can do: one connection kept open, each shell a channel of it.
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Host } from '../../model/inventory.ts'
import type { BytePipe } from '../shell/bytePipe.ts'
import { childPipe } from '../shell/childPipe.ts'
import { silence } from '../ssh/connectFailure.ts'
import { opensshFailure } from './opensshFailure.ts'
import type { Hop, Route, RouteOptions } from '../ssh/route.ts'
import type { Connected, ConnectOptions, TransportFailure } from '../session.ts'
import { ShellSession } from '../shell/shellSession.ts'

export interface OpensshOptions extends RouteOptions {
  readonly sshConfigFile?: string
  /** What `ssh` and a ProxyCommand see; of the agent they are told by `agentSocket` alone. Default: nothing. */
  readonly environment?: NodeJS.ProcessEnv
  /** The program, for tests; default `ssh`. */
  readonly ssh?: string
}

/** Printed by the local command that ssh runs once the connection stands and takes further channels. */
const STANDS = 'crane-play: connected'

/** Ends when this process does, however it ends: `ssh -N` would stay behind. */
const LIVE = 'exec cat >/dev/null'

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

class OpensshClient {
  readonly #hop: Hop
  readonly #ssh: string
  readonly #target: readonly string[]
  readonly #environment: NodeJS.ProcessEnv
  readonly #deadlineMs: number
  readonly #baseArgs: readonly string[]
  #folder: string | undefined
  #socket: string | undefined
  #master: BytePipe | undefined
  #lost: string | undefined
  #dials = 0

  constructor(host: Host, hop: Hop, options: OpensshOptions, connecting: ConnectOptions) {
    const { address, port, user, privateKeyFile } = host.connection
    this.#hop = hop
    this.#ssh = options.ssh ?? 'ssh'
    this.#deadlineMs = connecting.deadlineMs
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

  /** Undefined when the connection stands. */
  async start(openMaster: string | undefined): Promise<TransportFailure | undefined> {
    // Made with mode 0700: whoever can open the socket owns the connection.
    this.#folder = await mkdtemp(join(tmpdir(), 'crane-play-'))
    if (openMaster !== undefined && (await this.#control(openMaster, ['-O', 'check'])) === undefined) {
      this.#socket = openMaster
      return undefined
    }
    const socket = join(this.#folder, 'master')
    const args = ['-M', '-S', socket, '-o', 'ControlPersist=no', '-o', 'ClearAllForwardings=yes']
    const local = ['-o', 'PermitLocalCommand=yes', '-o', `LocalCommand=echo ${STANDS}`]
    const opened = await this.#child([...args, ...local, ...this.#baseArgs, ...this.#target, LIVE])
    if (!opened.ok) return opened.failure
    const { pipe } = opened
    this.#master = pipe
    let said = ''
    pipe.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-8192)
    })
    const stands = new Promise<undefined>((resolve) => {
      let words = ''
      pipe.stdout.on('data', (chunk: Buffer) => {
        words = (words + chunk.toString('latin1')).slice(-1024)
        if (words.includes(STANDS)) resolve(undefined)
      })
    })
    const ended = pipe.closed.then((end) => {
      const failure = opensshFailure(this.#hop, said, end.status)
      this.#lost = failure.lastLines ?? 'ssh ended'
      return failure
    })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<TransportFailure>((resolve) => {
      timer = setTimeout(() => resolve(silence(this.#hop, 'handshake', this.#deadlineMs)), this.#deadlineMs)
    })
    const failure = await Promise.race([stands, ended, late])
    clearTimeout(timer)
    this.#socket = socket
    return failure
  }

  open(command: string) {
    const args = ['-S', this.#socket ?? 'none', '-o', 'PermitLocalCommand=no', '-o', 'ClearAllForwardings=yes']
    return this.#child([...args, ...this.#baseArgs, ...this.#target, command], true)
  }

  /** ssh forwards a socket of the private folder to the one on the host. */
  async dialUnix(path: string): Promise<Duplex> {
    if (!/^\/[^:\s\p{Cc}]*$/u.test(path))
      throw new Error(`${JSON.stringify(path)} is not a path that ssh can forward to`)
    const here = join(this.#folder ?? '', `dial${++this.#dials}`)
    const forward = ['-L', `${here}:${path}`]
    const refused = await this.#control(this.#socket ?? 'none', ['-O', 'forward', ...forward])
    if (refused !== undefined) throw new Error(`${path} on the host: ${refused}`)
    const socket = connect(here)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', (error) => reject(new Error(`${path} on the host: ${error.message}`)))
    })
    socket.once('close', () => void this.#control(this.#socket ?? 'none', ['-O', 'cancel', ...forward]))
    return socket
  }

  async close(): Promise<void> {
    this.#master?.destroy()
    await this.#master?.closed
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
  }

  /** A word with the master; what it complained of, or undefined when it did as it was told. */
  async #control(socket: string, words: readonly string[]): Promise<string | undefined> {
    const opened = await this.#child(['-S', socket, ...words, ...this.#baseArgs, ...this.#target])
    if (!opened.ok) return opened.failure.cause
    let said = ''
    opened.pipe.stdout.resume()
    opened.pipe.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-2048)
    })
    opened.pipe.end()
    const { status } = await opened.pipe.closed
    return status === 0 ? undefined : said.trim() || `ssh ended with status ${status}`
  }

  #child(args: readonly string[], shell = false) {
    return childPipe(this.#ssh, args, {
      environment: this.#environment,
      // 255 is ssh's own status; a shell that ends so by itself is not to be expected.
      ...(shell && { lost: (end) => (end.status === 255 ? (this.#lost ?? 'ssh ended with status 255') : undefined) }),
    })
  }
}
