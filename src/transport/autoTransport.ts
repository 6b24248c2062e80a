// The transport that the engine is given: chooses how to reach each host, and loads only what that needs.
import { join } from 'node:path'
import type { LimitFunction } from 'p-limit'
import type { Host } from '../model/inventory.ts'
import { type Route, type RouteOptions, routeTo } from './ssh/route.ts'
import type { Connected, ConnectOptions, Transport, TransportFailure } from './session.ts'
import type { SshConfig } from './ssh/sshConfig.ts'
import type { Ssh2Routes } from './ssh/ssh2Route.ts'

export interface TransportOptions extends RouteOptions {
  /** Instead of ~/.ssh/config and /etc/ssh/ssh_config; `none`: no configuration. */
  readonly sshConfigFile?: string
}

/** Each is a process of its own; sshd sees those behind one jump host as one source. */
const OPENSSH_HANDSHAKES = 8

export function autoTransport(options: TransportOptions): Transport {
  return new AutoTransport(options)
}

class AutoTransport implements Transport {
  readonly #options: TransportOptions
  #config: Promise<SshConfig> | undefined
  #ssh2: Promise<Ssh2Routes> | undefined
  #opensshLimit: LimitFunction | undefined
  readonly #closing: (() => Promise<void>)[] = []

  constructor(options: TransportOptions) {
    this.#options = options
  }

  async connect(host: Host, options: ConnectOptions): Promise<Connected> {
    const { transport, address } = host.connection
    if (transport === 'local') {
      const { localSession } = await import('./localSession.ts')
      return { ok: true, session: localSession(host, options.trace ? { trace: options.trace } : {}) }
    }
    // Host names become arguments of OpenSSH: one that begins with `-` would be an option.
    if (!/^[^\s\p{Cc}-][^\s\p{Cc}]*$/u.test(address)) {
      return refused(`${JSON.stringify(address)} is not a host name`, 'check ansible_host')
    }
    let route: Route
    try {
      this.#config ??= this.#loadConfig()
      route = routeTo(host, await this.#config, this.#options)
    } catch (error) {
      return refused((error as Error).message, 'check the file given with --ssh-config')
    }
    if (transport === 'openssh') return await this.#openssh(host, route, options, undefined)
    if (transport === 'auto' && route.needsOpenssh) return await this.#openssh(host, route, options, route.needsOpenssh)
    this.#ssh2 ??= this.#loadSsh2()
    const result = await (await this.#ssh2).connect(route, options)
    if (result.ok) {
      const { ssh2Session } = await import('./ssh/ssh2Session.ts')
      return { ok: true, session: ssh2Session(host, result.connection, options.trace) }
    }
    if (transport === 'auto' && result.needsOpenssh !== undefined) {
      const other = await this.#openssh(host, route, options, result.needsOpenssh)
      return other.ok || other.failure.kind !== 'unreachable' ? other : result
    }
    return result
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((close) => close()))
  }

  async #openssh(host: Host, route: Route, options: ConnectOptions, why: string | undefined): Promise<Connected> {
    const { opensshSession } = await import('./openssh/opensshSession.ts')
    this.#opensshLimit ??= (await import('p-limit')).default(OPENSSH_HANDSHAKES)
    return await this.#opensshLimit(() => opensshSession(host, route, this.#options, options, why))
  }

  async #loadSsh2(): Promise<Ssh2Routes> {
    const { Ssh2Routes: Routes } = await import('./ssh/ssh2Route.ts')
    const routes = new Routes()
    this.#closing.push(() => routes.close())
    return routes
  }

  async #loadConfig(): Promise<SshConfig> {
    const { SshConfig: Config } = await import('./ssh/sshConfig.ts')
    const { home, sshConfigFile } = this.#options
    const files = sshConfigFile === 'none' ? [] : [sshConfigFile ?? join(home, '.ssh/config')]
    if (sshConfigFile === undefined) files.push('/etc/ssh/ssh_config')
    return Config.load(files, home)
  }
}

function refused(cause: string, hint: string): { ok: false; failure: TransportFailure } {
  return { ok: false, failure: { kind: 'refused', cause, hint } }
}
