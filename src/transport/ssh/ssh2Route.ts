// Follows a route with ssh2: shared jump hosts, a bounded number of handshakes at once, retries when sshd is busy.
import type { Duplex } from 'node:stream'
import pLimit, { type LimitFunction } from 'p-limit'
import * as failing from './connectFailure.ts'
import { type Credentials, KeyRing } from './credentials.ts'
import { KnownHosts } from './knownHosts.ts'
import type { Hop, Route } from './route.ts'
import { withinTime } from '../deadline.ts'
import type { TransportFailure } from '../session.ts'
import { type Attempt, attempt, type SshConnection } from './ssh2Connect.ts'

/** Of all handshakes at once; and of those through one jump host, whose sshd sees them as one source. */
const HANDSHAKES = 32
const HANDSHAKES_BEHIND_JUMP = 8
/** Of one connection that is closed before its banner. */
const ATTEMPTS = 5
const FIRST_PAUSE_MS = 100

export type RouteResult =
  | { readonly ok: true; readonly connection: SshConnection }
  | { readonly ok: false; readonly failure: TransportFailure; readonly needsOpenssh?: string }

export interface RouteRun {
  readonly acceptNewHostKeys: boolean
  readonly deadlineMs: number
  readonly warning?: (message: string) => void
}

interface Jump {
  readonly limit: LimitFunction
  readonly result: Promise<RouteResult>
}

export class Ssh2Routes {
  readonly #keys = new KeyRing()
  readonly #knownHosts = new Map<string, Promise<KnownHosts>>()
  readonly #jumps = new Map<string, Jump>()
  readonly #limit = pLimit(HANDSHAKES)

  connect(route: Route, run: RouteRun): Promise<RouteResult> {
    const jumps = route.hops.slice(0, -1)
    const host = route.hops[route.hops.length - 1] as Hop
    return this.#reach(host, this.#jump(jumps, run), run, run.warning)
  }

  async close(): Promise<void> {
    for (const { result } of this.#jumps.values()) {
      const reached = await result
      if (reached.ok) reached.connection.end()
    }
  }

  /** The connection to the last of the jumps, one for all hosts behind it. */
  #jump(jumps: readonly Hop[], run: RouteRun): Jump | undefined {
    const last = jumps.at(-1)
    if (!last) return undefined
    const key = jumps.map(({ user, address, port }) => `${user}@${address}:${port}`).join(',')
    let jump = this.#jumps.get(key)
    if (!jump) {
      jump = {
        limit: pLimit(HANDSHAKES_BEHIND_JUMP),
        result: this.#reach(last, this.#jump(jumps.slice(0, -1), run), run, (message) =>
          run.warning?.(`jump host ${last.label}: ${message}`),
        ),
      }
      this.#jumps.set(key, jump)
    }
    return jump
  }

  async #reach(
    hop: Hop,
    jump: Jump | undefined,
    { acceptNewHostKeys, deadlineMs }: RouteRun,
    warning: (message: string) => void = () => {},
  ): Promise<RouteResult> {
    const prepared = await withinTime(this.#prepare(hop), deadlineMs)
    if (prepared === 'overdue') return { ok: false, failure: failing.slowFiles(hop, deadlineMs) }
    if ('kind' in prepared) return { ok: false, failure: prepared }
    const { credentials, knownHosts } = prepared
    const authority = knownHosts.authority(hop.knownAs)
    const needs = credentials.needsOpenssh ?? (authority && `${authority} trusts a certificate authority`)
    if (needs && (credentials.needsOpenssh !== undefined || knownHosts.types(hop.knownAs).length === 0)) {
      const failure: TransportFailure = { kind: 'refused', cause: `${needs}, which only OpenSSH can use` }
      return { ok: false, failure, needsOpenssh: needs }
    }
    const behind = await jump?.result
    if (behind && !behind.ok) return behind
    const handshake = async (): Promise<RouteResult> => {
      const options = { hop, knownHosts, credentials, warning, acceptNewHostKeys, limitMs: deadlineMs }
      return await retried(options, behind?.connection)
    }
    // The jump's own queue first: those who wait there must not keep the others from connecting.
    return jump ? jump.limit(() => this.#limit(handshake)) : this.#limit(handshake)
  }

  /** What is read on this machine before a hop is spoken to. */
  async #prepare(
    hop: Hop,
  ): Promise<{ readonly credentials: Credentials; readonly knownHosts: KnownHosts } | TransportFailure> {
    const credentials = await this.#keys.credentials(hop)
    if ('kind' in credentials) return credentials
    try {
      return { credentials, knownHosts: await this.#known(hop.knownHostsFiles) }
    } catch (error) {
      return failing.knownHostsUnreadable(hop, (error as Error).message)
    }
  }

  #known(files: readonly string[]): Promise<KnownHosts> {
    const key = files.join('\0')
    let known = this.#knownHosts.get(key)
    if (!known) {
      known = KnownHosts.load(files)
      this.#knownHosts.set(key, known)
    }
    return known
  }
}

type Options = Omit<Parameters<typeof attempt>[0], 'deadlineMs' | 'through'>

/** sshd drops connections at random when many log in at once (MaxStartups 10:30:100): wait, and try again. */
async function retried(options: Options, behind: SshConnection | undefined): Promise<RouteResult> {
  const { hop, limitMs } = options
  const until = Date.now() + limitMs
  let tries = 0
  for (;;) {
    tries++
    const result = await once(options, behind, Math.max(1, until - Date.now()))
    if (result.ok || result.special !== 'dropped') {
      if (tries > 1) options.warning(`sshd closed ${tries - 1} connections before its banner (MaxStartups?)`)
      if (result.ok) return result
      const needs = result.special === 'no-common-algorithm' ? result.failure.cause : undefined
      return { ok: false, failure: result.failure, ...(needs !== undefined && { needsOpenssh: needs }) }
    }
    // Full jitter around a doubling pause, so that those dropped together do not come back together.
    const pause = FIRST_PAUSE_MS * 2 ** (tries - 1) * (0.5 + Math.random())
    const failure = failing.dropped(hop, tries, result.said ?? '')
    if (tries === ATTEMPTS || Date.now() + pause >= until) return { ok: false, failure }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
}

async function once(options: Options, behind: SshConnection | undefined, deadlineMs: number): Promise<Attempt> {
  if (!behind) return await attempt({ ...options, deadlineMs })
  const until = Date.now() + deadlineMs
  const through = await forward(options, behind, deadlineMs)
  if ('kind' in through) return { ok: false, failure: through }
  return await attempt({ ...options, through, deadlineMs: Math.max(1, until - Date.now()) })
}

/** A stream through the jump host, which may take its time, or never answer, where it cannot reach the next hop. */
async function forward(
  { hop, limitMs }: Options,
  behind: SshConnection,
  deadlineMs: number,
): Promise<Duplex | TransportFailure> {
  const failed = (why: string): TransportFailure => ({
    kind: 'unreachable',
    cause: `the jump host could not connect to ${failing.placeOf(hop)}: ${why}`,
    tried: `connect to ${failing.placeOf(hop)} through the jump host`,
    hint: 'check ProxyJump in the ssh configuration, and AllowTcpForwarding of the jump host',
  })
  const forwarding = new Promise<Duplex>((resolve, reject) => {
    behind.client.forwardOut('127.0.0.1', 0, hop.address, hop.port, (error, stream) =>
      error ? reject(error) : resolve(stream),
    )
  })
  try {
    const through = await withinTime(forwarding, deadlineMs)
    if (through !== 'overdue') return through
    forwarding.then((late) => late.destroy()).catch(() => {})
    return failed(`no answer within ${limitMs / 1000} s`)
  } catch (error) {
    return failed(behind.lost() ?? (error as Error).message)
  }
}
