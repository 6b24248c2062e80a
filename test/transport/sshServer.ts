// A real SSH server in this process, on loopback, whose faults can be chosen.
import { spawn } from 'node:child_process'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import ssh2, { type AuthContext, type ServerChannel } from 'ssh2'

export interface KeyPair {
  readonly private: string
  readonly public: string
}

export const keyPair = (type: 'ed25519' | 'rsa' = 'ed25519'): KeyPair =>
  type === 'rsa'
    ? ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 })
    : whole(() => ssh2.utils.generateKeyPairSync('ed25519'))

export const encryptedKey = (): KeyPair =>
  whole(() =>
    ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'secret', cipher: 'aes256-ctr', rounds: 1 } as never),
  )

/** ssh2 1.17 drops a leading zero byte of an ed25519 public key: one key in 256 is one that nobody can read. */
function whole(generate: () => KeyPair): KeyPair {
  for (;;) {
    const pair = generate()
    const blob = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64')
    if (blob.length === ED25519_BLOB) return pair
  }
}

/** Bytes: two lengths, the name `ssh-ed25519`, the key. */
const ED25519_BLOB = 4 + 11 + 4 + 32

export interface ServerFaults {
  /** Takes connections and says nothing. */
  readonly silent?: boolean
  /** Closes this many connections before the banner, after saying `says`. */
  readonly drops?: number
  readonly says?: string
  /** Logins that are taken; default: any key. Undefined: it answers by itself, later. */
  readonly accept?: (context: AuthContext) => boolean | undefined
  /** The methods that a refusal names; default: `publickey` and `password`. */
  readonly methods?: readonly string[]
  /** Instead of running the command with the shell of this machine. */
  readonly exec?: (channel: ServerChannel, command: string, connection: Socket, user: string) => void
  readonly hostKeys?: readonly KeyPair[]
  /** Offered by the server; default: what ssh2 offers. */
  readonly kex?: readonly string[]
  /** Takes requests to forward, and never answers them. */
  readonly forwardsNothing?: boolean
  /** Refuses every channel. */
  readonly noChannels?: boolean
}

export interface TestServer {
  readonly port: number
  readonly hostKey: KeyPair
  readonly connections: () => number
  /** Holds logins until so many wait, and tells how many connections there were by then. */
  readonly hold: (logins: number) => Promise<number>
  /** From now on takes no notice of anything, as a host that lost its power. */
  readonly freeze: () => void
  /** Every authentication attempt: its method, and for keys whether it was signed. */
  readonly attempts: readonly string[]
  /** Commands that were asked for. */
  readonly commands: readonly string[]
  close(): Promise<void>
}

export async function testServer(faults: ServerFaults = {}): Promise<TestServer> {
  const hostKeys = faults.hostKeys ?? [keyPair()]
  const attempts: string[] = []
  const commands: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let held: (() => void)[] | undefined
  let onHeld = () => {}
  const behind: Socket[] = []
  const ssh = new ssh2.Server({
    hostKeys: hostKeys.map((pair) => pair.private),
    ...(faults.kex && { algorithms: { kex: faults.kex as never } }),
  })
  ssh.on('connection', (client) => {
    const socket = behind.shift() as Socket
    let user = ''
    client.on('error', () => {})
    client.on('authentication', (context) => {
      user = context.username
      const signed = context.method === 'publickey' && context.signature !== undefined
      attempts.push(signed ? 'publickey signed' : context.method)
      const taken = faults.accept ? faults.accept(context) : context.method === 'publickey'
      if (context.method !== 'none' && taken === undefined) return
      if (context.method === 'none' || !taken) {
        return context.reject([...(faults.methods ?? ['publickey', 'password'])] as never)
      }
      if (!held || !signed) return context.accept()
      held.push(() => context.accept())
      onHeld()
    })
    client.on('session', (accept, reject) => {
      if (faults.noChannels) return reject()
      accept().on('exec', (take, _refuse, { command }) => {
        commands.push(command)
        const channel = take()
        if (faults.exec) return faults.exec(channel, command, socket, user)
        runHere(channel, command)
      })
    })
    client.on('tcpip', (accept, _reject, { destIP, destPort }) => {
      if (faults.forwardsNothing) return
      const channel = accept()
      const onward = connect(destPort, destIP)
      channel.pipe(onward).pipe(channel)
      onward.on('error', () => channel.destroy())
      channel.on('error', () => onward.destroy())
    })
  })
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    connections++
    if (connections <= (faults.drops ?? 0)) return void socket.end(faults.says ?? '')
    if (faults.silent) return
    behind.push(socket)
    ssh.injectSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: hostKeys[0] as KeyPair,
    connections: () => connections,
    hold: (logins) => {
      const before = connections
      held = []
      return new Promise((resolve) => {
        onHeld = () => {
          if (held?.length !== logins) return
          resolve(connections - before)
          for (const release of held) release()
          held = undefined
        }
      })
    },
    freeze: () => {
      for (const socket of sockets) socket.removeAllListeners('data').pause()
    },
    attempts,
    commands,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What sshd does: a session of its own, and three pipes. */
function runHere(channel: ServerChannel, command: string): void {
  const child = spawn('/bin/sh', ['-c', command], { detached: true, stdio: 'pipe' })
  channel.pipe(child.stdin)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  child.stdin.on('error', () => {})
  channel.on('error', () => {})
  child.on('close', (status, signal) => {
    if (signal) channel.exit(signal.replace('SIG', ''), false, '')
    else channel.exit(status ?? 0)
    channel.end()
  })
}

/** The line of known_hosts for a server of this machine. */
export const knownHostsLine = (port: number, pair: KeyPair, marker = ''): string => {
  const [type, key] = pair.public.split(' ')
  return `${marker}[127.0.0.1]:${port} ${type} ${key}\n`
}
