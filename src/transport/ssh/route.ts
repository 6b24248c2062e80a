// The way to a host: every machine in between, as whom, with which keys and which host keys, and by which transport.
import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Host } from '../../model/inventory.ts'
import { knownHostsName } from './knownHosts.ts'
import type { SshConfig, SshSettings } from './sshConfig.ts'

export interface Hop {
  /** The host's name in the inventory, or the jump host's in the ssh configuration. */
  readonly label: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly keyFiles: readonly KeyFile[]
  readonly agentSocket?: string
  /** Of the agent's keys only those that a key file names. */
  readonly identitiesOnly: boolean
  readonly password?: string
  /** The name in known_hosts, and the one without the port. */
  readonly knownAs: string
  readonly knownAsBare: string
  readonly knownHostsFiles: readonly string[]
  /** The ssh configuration lets unknown (never changed) keys pass. */
  readonly acceptsNew: boolean
}

export interface KeyFile {
  readonly path: string
  /** `named`: by the user, so it has to be there. `default`: tried where it exists. */
  readonly from: 'named' | 'default'
}

export interface Route {
  /** The last one is the host itself. */
  readonly hops: readonly [...Hop[], Hop]
  /** Why the OpenSSH client has to be used. */
  readonly needsOpenssh?: string
  /** The control socket of a connection that the caller's `ssh` keeps open. */
  readonly openMaster?: string
}

export interface RouteOptions {
  readonly home: string
  /** The caller's own name, the default login user. */
  readonly username: string
  readonly agentSocket?: string
  /** Instead of what the ssh configuration says. New keys go to the first. */
  readonly knownHostsFiles?: readonly string[]
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const DEEPEST = 8

/** Throws an Error whose message is for a person when the configuration cannot be followed. */
export function routeTo(host: Host, config: SshConfig, options: RouteOptions): Route {
  const { address, port, user, privateKeyFile, password } = host.connection
  const settings = config.lookUp(address, options.username, user)
  const own = hop(address, settings, options, {
    label: host.name,
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(privateKeyFile !== undefined && { privateKeyFile }),
    ...(password !== undefined && { password }),
  })
  const master = openMaster(address, own, settings, options)
  const needs = settings.needsOpenssh ?? (master === undefined ? undefined : `ssh keeps a connection open at ${master}`)
  const way: Way = { hops: [own], needs }
  addJumps(way, settings, config, options, 0)
  return {
    hops: way.hops as [...Hop[], Hop],
    ...(way.needs !== undefined && { needsOpenssh: way.needs }),
    ...(master !== undefined && { openMaster: master }),
  }
}

interface Way {
  hops: Hop[]
  needs: string | undefined
}

/** Puts the jumps before the hops there are; only the first jump's own ProxyJump counts, as in OpenSSH. */
function addJumps(way: Way, settings: SshSettings, config: SshConfig, options: RouteOptions, depth: number): void {
  const value = settings.options.get('proxyjump')?.[0]
  if (value === undefined || /^none$/i.test(value)) return
  if (depth >= DEEPEST) throw new Error(`ProxyJump goes round in circles: ${value}`)
  const jumps = value.split(',').map((text) => {
    const parts = /^(?:ssh:\/\/)?(?:([^@]*)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text.trim())
    const name = parts?.[2]?.replace(/^\[|\]$/g, '')
    if (!parts || !name) throw new Error(`ProxyJump ${text} is not [user@]host[:port]`)
    const [, user, , port] = parts
    const found = config.lookUp(name, options.username, user)
    way.needs ??= found.needsOpenssh
    const jump = hop(name, found, options, { ...(user && { user }), ...(port !== undefined && { port: Number(port) }) })
    return { jump, found }
  })
  way.hops.unshift(...jumps.map(({ jump }) => jump))
  const [first] = jumps
  if (first) addJumps(way, first.found, config, options, depth + 1)
}

interface Given {
  readonly label?: string
  readonly port?: number
  readonly user?: string
  readonly privateKeyFile?: string
  readonly password?: string
}

function hop(name: string, settings: SshSettings, options: RouteOptions, given: Given): Hop {
  const { home } = options
  const first = (keyword: string) => settings.options.get(keyword)?.[0]
  const address = settings.hostName ?? name
  const port = given.port ?? settings.port ?? 22
  const user = given.user ?? settings.user ?? options.username
  const expand = (text: string) => expandPath(text, { home, name, address, port, user, local: options.username })
  const named = [
    ...(given.privateKeyFile === undefined ? [] : [given.privateKeyFile]),
    ...settings.identityFiles.map(expand),
  ]
  const files = named.filter((path) => path !== 'none')
  const keyFiles: KeyFile[] =
    named.length > 0
      ? files.map((path) => ({ path, from: path === given.privateKeyFile ? 'named' : 'default' }))
      : DEFAULT_KEYS.map((file) => ({ path: join(home, '.ssh', file), from: 'default' }))
  const agentSocket = agentOf(first('identityagent'), options.agentSocket, expand)
  const alias = first('hostkeyalias')
  const known = (keyword: string, fallback: readonly string[]) => settings.options.get(keyword)?.map(expand) ?? fallback
  return {
    label: given.label ?? name,
    address,
    port,
    user,
    keyFiles,
    ...(agentSocket !== undefined && { agentSocket }),
    identitiesOnly: /^yes$/i.test(first('identitiesonly') ?? ''),
    ...(given.password !== undefined && { password: given.password }),
    knownAs: alias ?? knownHostsName(address, port),
    knownAsBare: alias ?? knownHostsName(address, 22),
    knownHostsFiles: options.knownHostsFiles ?? [
      ...known('userknownhostsfile', [join(home, '.ssh/known_hosts'), join(home, '.ssh/known_hosts2')]),
      ...known('globalknownhostsfile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']),
    ],
    acceptsNew: /^(?:accept-new|no|off)$/i.test(first('stricthostkeychecking') ?? ''),
  }
}

function agentOf(said: string | undefined, socket: string | undefined, expand: (text: string) => string) {
  if (said === undefined || said === 'SSH_AUTH_SOCK') return socket
  if (/^none$/i.test(said)) return undefined
  return expand(said)
}

/** A connection that the caller's `ssh` keeps open costs no handshake: only OpenSSH can use it. */
function openMaster(name: string, own: Hop, settings: SshSettings, options: RouteOptions): string | undefined {
  const path = settings.options.get('controlpath')?.[0]
  if (path === undefined || /^none$/i.test(path)) return undefined
  const { address, port, user } = own
  const expanded = expandPath(path, { home: options.home, name, address, port, user, local: options.username })
  // A hash of the connection (%C) is not computed here; ssh looks for itself where the directory exists.
  if (/%[CLljki]/.test(expanded)) return undefined
  return existsSync(expanded) ? expanded : undefined
}

interface Tokens {
  readonly home: string
  readonly name: string
  readonly address: string
  readonly port: number
  readonly user: string
  readonly local: string
}

/** ssh_config(5), TOKENS. */
function expandPath(text: string, { home, name, address, port, user, local }: Tokens): string {
  const values: Readonly<Record<string, string>> = {
    '%%': '%',
    '%d': home,
    '%h': address,
    '%n': name,
    '%p': String(port),
    '%r': user,
    '%u': local,
  }
  const path = text.replace(/%./g, (token) => values[token] ?? token)
  if (path === '~') return home
  if (path.startsWith('~/')) return join(home, path.slice(2))
  return isAbsolute(path) || /^(?:none|SSH_AUTH_SOCK)$/.test(path) ? path : join(home, '.ssh', path)
}
