// Why a connection could not be made: a cause and a hint for each way it can fail.
import type { Hop } from './route.ts'
import type { TransportFailure } from '../session.ts'

/** How far the connection had come. */
export type Phase = 'tcp' | 'banner' | 'handshake' | 'login'

export const placeOf = ({ address, port }: Pick<Hop, 'address' | 'port'>): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

const tried = (hop: Hop): string => `connect to ${placeOf(hop)} as ${hop.user}`

/** The deadline passed: silence means different things at different times. */
export function silence(hop: Hop, phase: Phase, deadlineMs: number): TransportFailure {
  const after = `within ${deadlineMs / 1000} s`
  const place = placeOf(hop)
  const says = {
    tcp: [`${place} did not answer ${after}`, 'check that the host is up and that no firewall drops the packets'],
    banner: [
      `${place} accepted the connection but said nothing ${after}`,
      'check that an SSH server listens on this port',
    ],
    handshake: [`${place} did not finish the handshake ${after}`, 'check the load of the host and of this machine'],
    login: [
      `${place} did not finish the login ${after}`,
      "check whether the server waits for a name service or for the user's home directory",
    ],
  } as const
  const [cause, hint] = says[phase]
  return { kind: 'unreachable', cause, hint, tried: tried(hop) }
}

const SOCKET: Readonly<Record<string, readonly [cause: string, hint: string]>> = {
  ECONNREFUSED: ['refused the connection', 'check that sshd is running and that this is its port (ansible_port)'],
  EHOSTUNREACH: ['cannot be reached: no route to the host', 'check that the host is up and on this network'],
  ENETUNREACH: ['cannot be reached: no route to its network', "check this machine's network"],
  ETIMEDOUT: ['did not answer', 'check that the host is up and that no firewall drops the packets'],
  ECONNRESET: ['reset the connection', 'read the log of sshd on the host'],
  EMFILE: ['was not tried: this process has too many files open', 'use fewer --forks, or raise `ulimit -n`'],
  EADDRNOTAVAIL: ['was not tried: no local port is free', 'use fewer --forks'],
}

export function socketFailure(hop: Hop, error: NodeJS.ErrnoException): TransportFailure {
  const code = error.code ?? ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA') {
    const cause = `the name ${hop.address} has no address${code === 'EAI_AGAIN' ? ' (the name server did not answer)' : ''}`
    return { kind: 'unreachable', cause, tried: tried(hop), hint: 'set ansible_host, or check the name service' }
  }
  const known = SOCKET[code]
  const cause = known ? `${placeOf(hop)} ${known[0]}` : `${placeOf(hop)}: ${error.message}`
  return { kind: 'unreachable', cause, tried: tried(hop), ...(known && { hint: known[1] }) }
}

/** sshd closed each connection before its banner. `said` is what it wrote instead. */
export function dropped(hop: Hop, attempts: number, said: string): TransportFailure {
  const times = attempts === 1 ? '' : ` ${attempts} times`
  const words = said.trim()
  return {
    kind: 'unreachable',
    cause: `${placeOf(hop)} closed the connection before its banner${times}`,
    tried: tried(hop),
    ...(words !== '' && { lastLines: words }),
    hint: 'check MaxStartups and PerSourcePenalties of its sshd, its firewall, and its hosts.deny',
  }
}

export function loginRefused(hop: Hop, methods: readonly string[], notes: readonly string[]): TransportFailure {
  const names: Readonly<Record<string, string>> = { publickey: 'a key', agent: 'the agent', password: 'a password' }
  const used = [...new Set(methods.map((method) => names[method] ?? 'a password'))]
  const tooMany = methods.includes('agent') ? '; with many keys in the agent, set IdentitiesOnly (ssh_config(5))' : ''
  return {
    kind: 'refused',
    cause: [
      `${placeOf(hop)} refused the login of ${hop.user}${used.length ? ` with ${used.join(', ')}` : ''}`,
      ...notes,
    ].join('; '),
    tried: tried(hop),
    hint: `check ansible_user, ansible_ssh_private_key_file, and ${hop.user}'s authorized_keys on the host${tooMany}`,
  }
}

export function hostKeyUnknown(hop: Hop, type: string, print: string): TransportFailure {
  const port = hop.port === 22 ? '' : `-p ${hop.port} `
  return {
    kind: 'refused',
    cause: `the host key of ${hop.knownAs} is not known: ${type} ${print}`,
    tried: tried(hop),
    hint: `compare it with the host's own, then use --accept-new-host-keys, or \`ssh-keyscan ${port}${hop.address} >>${hop.newKeysFile ?? '~/.ssh/known_hosts'}\``,
  }
}

export function hostKeyChanged(hop: Hop, type: string, print: string, where: string): TransportFailure {
  return {
    kind: 'refused',
    cause: `the host key of ${hop.knownAs} has changed: it shows ${type} ${print}, but ${where} has another key`,
    tried: tried(hop),
    hint: `someone may be intercepting the connection; if the host was reinstalled, run \`${forgetKeys(hop, [where])}\``,
  }
}

export const hostKeyRevoked = (hop: Hop, where: string): TransportFailure => ({
  kind: 'refused',
  cause: `the host key of ${hop.knownAs} is marked as revoked in ${where}`,
  tried: tried(hop),
  hint: 'do not log in to this host until its administrator has checked it',
})

/** The command that forgets a host's keys; `lines` of known_hosts files that have them, as `file:line`. */
export function forgetKeys({ knownAs }: Hop, lines: readonly string[]): string {
  const files = new Set(lines.map((where) => where.replace(/:\w+$/, '')))
  if (files.size === 0) return `ssh-keygen -R '${knownAs}'`
  return Array.from(files, (file) => `ssh-keygen -R '${knownAs}' -f ${file}`).join(' && ')
}

/**
 * `why` is the handshake's own message, such as `no matching key exchange algorithm`; `lines` are those of `knownTypes`
 * in known_hosts files.
 */
export const noCommonAlgorithm = (
  hop: Hop,
  why: string,
  knownTypes: readonly string[],
  lines: readonly string[],
): TransportFailure =>
  knownTypes.length > 0 && /host key/.test(why)
    ? {
        kind: 'refused',
        cause: `${placeOf(hop)} has no host key of the type on record (${knownTypes.join(', ')})`,
        tried: tried(hop),
        hint: `if the host was reinstalled, run \`${forgetKeys(hop, lines)}\``,
      }
    : {
        kind: 'refused',
        cause: `${placeOf(hop)} and the built-in client have no algorithm in common: ${why}`,
        tried: tried(hop),
        hint: 'set ansible_connection=openssh for this host',
      }

export const brokenHandshake = (hop: Hop, why: string): TransportFailure => ({
  kind: 'unreachable',
  cause: `the connection to ${placeOf(hop)} broke: ${why}`,
  tried: tried(hop),
})

export const knownHostsUnreadable = (hop: Hop, why: string): TransportFailure => ({
  kind: 'refused',
  cause: `known_hosts cannot be read: ${why}`,
  tried: tried(hop),
  hint: 'check UserKnownHostsFile and GlobalKnownHostsFile in the ssh configuration',
})

/** A key file on a mount that hangs, or a named pipe. */
export const slowFiles = (hop: Hop, deadlineMs: number): TransportFailure => ({
  kind: 'unreachable',
  cause: `the login keys and known_hosts on this machine could not be read within ${deadlineMs / 1000} s`,
  tried: `read ${[...hop.keyFiles.map(({ path }) => path), ...hop.knownHostsFiles].join(', ')}`,
  hint: 'check the file system that they are on',
})
