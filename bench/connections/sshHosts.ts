// Many SSH servers in one process: each host has an address of its own in 127.0.0.0/8 and a host key of its own.
import { createServer, type AddressInfo, type Socket } from 'node:net'
import ssh2, { type AuthContext, type Connection, type ParsedKey, type ServerChannel } from 'ssh2'
import { type Answering, ScriptedShell } from './scriptedShell.ts'

export interface SshHost {
  /** Such as `127.1.0.7`. */
  readonly address: string
  readonly answering: Answering
}

/** Since the last time they were asked for. */
export interface HostCounts {
  /** TCP connections taken. */
  readonly connections: number
  /** Logins with a signature that was right. */
  readonly logins: number
  /** Requests answered, of all hosts together. */
  readonly requests: number
  /** Processor time of this process, milliseconds. */
  readonly cpuMs: number
}

export interface SshHosts {
  readonly port: number
  /** The text of a known_hosts file with the keys of all hosts. */
  readonly knownHosts: string
  takeCounts(): HostCounts
  close(): Promise<void>
}

export interface SshHostsOptions {
  /** The public key that opens every host, as a line of authorized_keys. */
  readonly login: string
  /** How long a host takes for each login and each request, milliseconds. */
  readonly pauseMs: number
}

export async function sshHosts(hosts: readonly SshHost[], options: SshHostsOptions): Promise<SshHosts> {
  const counts = { connections: 0, logins: 0, requests: 0 }
  let cpu = process.cpuUsage()
  const login = parsed(options.login)
  const keys = hosts.map(() => keyPair())
  const servers = new Map(
    hosts.map(({ address, answering }, i) => {
      const server = new ssh2.Server({ hostKeys: [keys[i]?.private ?? ''] })
      const account = { answering, pid: 1000 + i, login, counts, pauseMs: options.pauseMs }
      server.on('connection', (client) => serve(client, account))
      return [address, server]
    }),
  )
  // One listener for all addresses; who comes to one that is not ours, such as from another machine, is shown out.
  const listener = createServer((socket: Socket) => {
    const server = servers.get(socket.localAddress ?? '')
    if (!server) return void socket.destroy()
    counts.connections++
    socket.setNoDelay(true)
    server.injectSocket(socket)
  })
  await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve))
  const { port } = listener.address() as AddressInfo
  return {
    port,
    knownHosts: hosts.map(({ address }, i) => `[${address}]:${port} ${keys[i]?.public ?? ''}\n`).join(''),
    takeCounts() {
      const { user, system } = process.cpuUsage(cpu)
      cpu = process.cpuUsage()
      const taken = { ...counts, cpuMs: (user + system) / 1000 }
      Object.assign(counts, { connections: 0, logins: 0, requests: 0 })
      return taken
    },
    close: () => new Promise((resolve) => listener.close(() => resolve())),
  }
}

interface Account {
  readonly answering: Answering
  /** Of its shell. */
  readonly pid: number
  readonly login: ParsedKey
  readonly counts: { logins: number; requests: number }
  readonly pauseMs: number
}

function serve(client: Connection, account: Account): void {
  client.on('error', () => {})
  client.on('authentication', (context) => {
    if (!mayLogIn(context, account.login)) return context.reject(['publickey'])
    if (context.method !== 'publickey' || !context.signature) return context.accept()
    account.counts.logins++
    after(account.pauseMs, () => context.accept())
  })
  client.on('session', (accept) => {
    accept().on('exec', (take, refuse, { command }) => {
      if (command === 'exec sh') startShell(take(), account)
      else refuse()
    })
  })
}

/** As sshd does: asked without a signature whether the key would do, and then with one, which is checked. */
function mayLogIn(context: AuthContext, login: ParsedKey): boolean {
  if (context.method !== 'publickey' || !context.key.data.equals(login.getPublicSSH())) return false
  const { blob, signature, hashAlgo } = context
  return signature === undefined || (blob !== undefined && login.verify(blob, signature, hashAlgo) === true)
}

function startShell(channel: ServerChannel, { answering, pid, counts, pauseMs }: Account): void {
  const shell = new ScriptedShell(answering, pid, {
    stdout: (bytes) => void channel.write(bytes),
    stderr: (bytes) => void channel.stderr.write(bytes),
    request: () => counts.requests++,
  })
  const leave = (status: number) => {
    channel.exit(status)
    channel.end()
  }
  channel.on('error', () => {})
  channel.on('end', () => leave(0))
  const read = (chunk: Buffer) => {
    try {
      shell.push(chunk)
    } catch (error) {
      channel.stderr.write(`${(error as Error).message}\n`)
      leave(2)
    }
  }
  // Timers of one length end in the order in which they began.
  channel.on('data', (chunk: Buffer) => after(pauseMs, () => read(chunk)))
}

function after(ms: number, work: () => void): void {
  if (ms === 0) work()
  else setTimeout(work, ms)
}

function parsed(line: string): ParsedKey {
  const key = ssh2.utils.parseKey(line)
  if (key instanceof Error) throw key
  return key
}

export interface KeyPair {
  readonly private: string
  readonly public: string
}

/** Bytes: two lengths, the name `ssh-ed25519`, the key. */
const ED25519_BLOB = 4 + 11 + 4 + 32

/** ssh2 1.17 drops a leading zero byte of an ed25519 public key: one key in 256 is one that nobody can read. */
export function keyPair(): KeyPair {
  for (;;) {
    const pair: KeyPair = ssh2.utils.generateKeyPairSync('ed25519')
    if (Buffer.from(pair.public.split(' ')[1] ?? '', 'base64').length === ED25519_BLOB) return pair
  }
}
