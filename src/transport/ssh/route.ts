// The route to a host: every jump host with its user, keys and host keys, and the transport.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../../model/inventory.ts'
import { expandPath, type Tokens } from './expandPath.ts'
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
  /** Where a new key is added. Absent: nowhere (`UserKnownHostsFile none`). */
  readonly newKeysFile?: string
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
  /** For `${NAME}` in the ssh configuration; also what the OpenSSH client sees, without its agent. Default: nothing. */
  readonly environment?: NodeJS.ProcessEnv
}

const DEFAULT_KEYS = ['id_ed25519', 'id_ecdsa', 'id_rsa']
const DEEPEST = 8

/** Throws an Error whose message is for a person when the configuration cannot be followed. */
export function routeTo(host: Host, config: SshConfig, options: RouteOptions): Route {
  const { address, port, user, privateKeyFile, password } = host.connection
  const settings = config.lookUp(address, options.username, user)
  const { hop: own, needs: ownNeeds } = hop(address, settings, options, {
    label: host.name,
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(privateKeyFile !== undefined && { privateKeyFile }),
    ...(password !== undefined && { password }),
  })
  const master = openMaster(address, own, settings, options)
  const needs = ownNeeds ?? (master === undefined ? undefined : `ssh keeps a connection open at ${master}`)
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
    const { hop: jump, needs } = hop(name, found, options, {
      ...(user && { user }),
      ...(port !== undefined && { port: Number(port) }),
    })
    way.needs ??= needs
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

function hop(name: string, settings: SshSettings, options: RouteOptions, given: Given): Found {
  const { home } = options
  const first = (keyword: string) => settings.options.get(keyword)?.[0]
  const address = settings.hostName ?? name
  const port = given.port ?? settings.port ?? 22
  const user = given.user ?? settings.user ?? options.username
  const alias = first('hostkeyalias')
  const tokens = tokensOf(name, { address, port, user }, options, alias)
  let needs = settings.needsOpenssh
  /** The paths of a keyword, `none` left out; OpenSSH takes over where one cannot be expanded here. */
  const paths = (keyword: string, texts: readonly string[]) =>
    texts.flatMap((text) => {
      if (/^none$/i.test(text)) return []
      const path = expandPath(text, tokens)
      if (path === undefined) needs ??= `the ssh configuration has ${keyword} ${text}`
      return path === undefined ? [] : [path]
    })
  const identities = paths('IdentityFile', settings.identityFiles)
  const keyFiles: KeyFile[] =
    given.privateKeyFile === undefined && settings.identityFiles.length === 0
      ? DEFAULT_KEYS.map((file) => ({ path: join(home, '.ssh', file), from: 'default' }))
      : [
          ...(given.privateKeyFile === undefined ? [] : [{ path: given.privateKeyFile, from: 'named' as const }]),
          ...identities.map((path) => ({ path, from: 'default' as const })),
        ]
  const agentSocket = agentOf(first('identityagent'), options, (text) => paths('IdentityAgent', [text])[0])
  const configured = (keyword: string, fallback: readonly string[]) => {
    const texts = settings.options.get(keyword.toLowerCase())
    return texts === undefined ? fallback : paths(keyword, texts)
  }
  const own = configured(
    'UserKnownHostsFile',
    ['known_hosts', 'known_hosts2'].map((file) => join(home, '.ssh', file)),
  )
  const everyones = configured('GlobalKnownHostsFile', ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'])
  const newKeysFile = (options.knownHostsFiles ?? own)[0]
  const found: Hop = {
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
    knownHostsFiles: options.knownHostsFiles ?? [...own, ...everyones],
    ...(newKeysFile !== undefined && { newKeysFile }),
    acceptsNew: /^(?:accept-new|no|off)$/i.test(first('stricthostkeychecking') ?? ''),
  }
  return { hop: found, needs }
}

interface Found {
  readonly hop: Hop
  readonly needs: string | undefined
}

const tokensOf = (
  name: string,
  { address, port, user }: Pick<Hop, 'address' | 'port' | 'user'>,
  { home, username, environment }: RouteOptions,
  alias?: string,
): Tokens => ({
  home,
  name,
  address,
  port,
  user,
  local: username,
  ...(alias !== undefined && { hostKeyAlias: alias }),
  ...(environment && { environment }),
})

function agentOf(
  said: string | undefined,
  { agentSocket, environment }: RouteOptions,
  expand: (text: string) => string | undefined,
): string | undefined {
  if (said === undefined || said === 'SSH_AUTH_SOCK') return agentSocket
  const variable = /^\$(\w+)$/.exec(said)?.[1]
  if (variable !== undefined) return variable === 'SSH_AUTH_SOCK' ? agentSocket : environment?.[variable]
  return expand(said)
}

/** A connection that the caller's `ssh` keeps open costs no handshake: only OpenSSH can use it. */
function openMaster(name: string, own: Hop, settings: SshSettings, options: RouteOptions): string | undefined {
  const path = settings.options.get('controlpath')?.[0]
  if (path === undefined || /^none$/i.test(path)) return undefined
  // A hash of the connection (%C) is not computed here.
  const expanded = expandPath(path, tokensOf(name, own, options, settings.options.get('hostkeyalias')?.[0]))
  return expanded !== undefined && existsSync(expanded) ? expanded : undefined
}
