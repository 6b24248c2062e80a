// One attempt to open one SSH connection with node-ssh: the host key checked, each credential offered once.
import { connect as tcp, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { NodeSSH } from 'node-ssh'
import type { Client } from 'ssh2'
import { algorithms } from './algorithms.ts'
import * as failing from './connectFailure.ts'
import { type Credentials, offering } from './credentials.ts'
import { fingerprint, type KnownHosts, keyType } from './knownHosts.ts'
import type { Hop } from './route.ts'
import type { TransportFailure } from '../session.ts'

export interface SshConnection {
  /** The ssh2 client that node-ssh connected: it serves exec and forwarding. */
  readonly client: Client
  /** What happened to the connection; undefined while it is open. */
  readonly lost: () => string | undefined
  readonly closed: Promise<void>
  /** Says goodbye; the host closes the connection. */
  end(): void
}

export type Attempt =
  | { readonly ok: true; readonly connection: SshConnection }
  | {
      readonly ok: false
      readonly failure: TransportFailure
      /** `dropped`: closed before the banner, worth another try. `no-common-algorithm`: OpenSSH may do better. */
      readonly special?: 'dropped' | 'no-common-algorithm'
      readonly said?: string
    }

export interface AttemptOptions {
  readonly hop: Hop
  /** A stream through the jump host before this hop. */
  readonly through?: Duplex
  readonly knownHosts: KnownHosts
  readonly credentials: Credentials
  readonly acceptNewHostKeys: boolean
  readonly deadlineMs: number
  /** The limit of which `deadlineMs` is what is left: messages name it. */
  readonly limitMs: number
  readonly warning: (message: string) => void
}

const KEEPALIVE_MS = 10_000
const KEEPALIVES_MISSED = 3

export function attempt(options: AttemptOptions): Promise<Attempt> {
  const { hop, knownHosts, credentials, deadlineMs, limitMs } = options
  return new Promise((resolve) => {
    const ssh = new NodeSSH()
    const socket = options.through ?? tcp({ host: hop.address, port: hop.port, noDelay: true })
    let phase: failing.Phase = options.through ? 'banner' : 'tcp'
    let refusal: TransportFailure | undefined
    let ended: string | undefined
    let said = ''
    let settled = false
    const tried: string[] = []
    const types = knownHosts.types(hop.knownAs)

    const settle = (result: Attempt) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      if (!result.ok) {
        client.destroy()
        socket.destroy()
      }
      resolve(result)
    }
    const fail = (failure: TransportFailure) => settle({ ok: false, failure: refusal ?? failure })
    const drop = () => settle({ ok: false, failure: failing.dropped(hop, 1, said), special: 'dropped', said })

    // A process that was busy with others' handshakes looks at what has come in before it calls a host silent.
    const timer = setTimeout(() => setImmediate(() => fail(failing.silence(hop, phase, limitMs))), deadlineMs)

    socket.once('connect', () => {
      phase = 'banner'
    })
    const listen = (chunk: Buffer) => {
      if (phase === 'banner') said = (said + chunk.toString('latin1')).slice(0, 512)
      if (/^SSH-/m.test(said)) {
        phase = 'handshake'
        socket.off('data', listen)
      }
    }
    socket.on('data', listen)
    const onError = (error: NodeJS.ErrnoException & { level?: string }) => {
      ended ??= error.message
      if (settled) return
      if (error.level === 'client-authentication') return fail(failing.loginRefused(hop, tried, credentials.notes))
      if (error.level === 'agent') {
        options.warning(`the ssh agent does not answer: ${error.message}`)
        ended = undefined
        return
      }
      if (phase === 'tcp') return fail(failing.socketFailure(hop, error))
      if (phase === 'banner' && /ECONNRESET|EPIPE|before handshake/.test(`${error.code} ${error.message}`))
        return drop()
      if (/no matching/i.test(error.message)) {
        const why = error.message.replace(/^Handshake failed: /, '')
        const failure = failing.noCommonAlgorithm(hop, why, types, knownHosts.lines(hop.knownAs))
        return settle({ ok: false, failure: refusal ?? failure, special: 'no-common-algorithm' })
      }
      if (phase === 'login' && /too many authentication/i.test(error.message)) {
        return fail(failing.loginRefused(hop, tried, [...credentials.notes, error.message]))
      }
      fail(failing.brokenHandshake(hop, error.message))
    }
    const connecting = ssh.connect({
      sock: socket as Socket,
      username: hop.user,
      readyTimeout: 0,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVES_MISSED,
      algorithms: algorithms(types),
      authHandler: offering(credentials.methods, tried) as never,
      hostVerifier: (key: Buffer) => {
        refusal = checkHostKey(options, key)
        return refusal === undefined
      },
    })
    // Set before node-ssh waits for anything, and set back to null when the connection ends.
    const client = ssh.connection as Client
    spareHostKeyProofs(client)
    // For the client's whole life: an `error` event without a listener ends the process.
    client.on('error', onError)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!settled && phase === 'tcp') onError(error)
    })
    const closed = new Promise<void>((done) => {
      client.once('close', () => {
        ended ??= 'the host closed it'
        if (phase === 'banner') drop()
        else
          fail(
            phase === 'login'
              ? failing.loginRefused(hop, tried, credentials.notes)
              : failing.brokenHandshake(hop, ended),
          )
        done()
      })
    })
    // The events say how it went. node-ssh rejects for an agent that does not answer, though the login goes on.
    connecting.catch((error) => {
      if (error.level !== 'agent') onError(error)
    })
    client.once('handshake', () => {
      phase = 'login'
    })
    client.once('ready', () =>
      settle({ ok: true, connection: { client, closed, lost: () => ended, end: () => ssh.dispose() } }),
    )
  })
}

function checkHostKey(options: AttemptOptions, key: Buffer): TransportFailure | undefined {
  const { hop, knownHosts } = options
  const verdict = knownHosts.check(hop.knownAs, key, hop.knownAsBare)
  switch (verdict.state) {
    case 'known':
      return undefined
    case 'revoked':
      return failing.hostKeyRevoked(hop, verdict.where)
    case 'changed':
      return failing.hostKeyChanged(hop, keyType(key), fingerprint(key), verdict.where)
    case 'unknown': {
      if (!options.acceptNewHostKeys && !hop.acceptsNew)
        return failing.hostKeyUnknown(hop, keyType(key), fingerprint(key))
      knownHosts.add(hop.knownAs, key, hop.newKeysFile).catch((error: Error) => {
        options.warning(`the host key of ${hop.knownAs} could not be saved: ${error.message}`)
      })
      return undefined
    }
  }
}

/**
 * ssh2 makes every OpenSSH server sign with all its host keys right after the login, for an event that we do not use;
 * an RSA signature is more work than the rest of the handshake. There is no option for it in ssh2 1.17: the request is
 * left out, and with it the callback ssh2 queued for its answer. A version without these members is left as it is.
 */
function spareHostKeyProofs(client: Client): void {
  const inside = client as unknown as { _callbacks?: unknown[]; _protocol?: { openssh_hostKeysProve?: unknown } }
  const { _callbacks: callbacks, _protocol: protocol } = inside
  if (!Array.isArray(callbacks) || typeof protocol?.openssh_hostKeysProve !== 'function') return
  protocol.openssh_hostKeysProve = () => void callbacks.pop()
}
