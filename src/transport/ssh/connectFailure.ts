// What it means that a connection did not come about: a cause and a hint for each way it can fail.
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
    tcp: [`${place} did not answer ${after}`, 'Is the host up, and does a firewall drop the packets?'],
    banner: [`${place} took the connection but said nothing ${after}`, 'Is an SSH server listening on this port?'],
    handshake: [`${place} did not finish the handshake ${after}`, 'Is the host, or this machine, overloaded?'],
    login: [
      `${place} did not finish the login ${after}`,
      "Does the server wait for a name service or the user's home?",
    ],
  } as const
  const [cause, hint] = says[phase]
  return { kind: 'unreachable', cause, hint, tried: tried(hop) }
}

const SOCKET: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ['refused the connection', 'Is sshd running, and is this its port (ansible_port)?'],
  EHOSTUNREACH: ['cannot be reached: no route to the host', 'Is the host up and on this network?'],
  ENETUNREACH: ['cannot be reached: no route to its network', "Check this machine's network"],
  ETIMEDOUT: ['did not answer', 'Is the host up, and does a firewall drop the packets?'],
  ECONNRESET: ['reset the connection', 'See the log of sshd on the host'],
  EMFILE: ['was not tried: this process has too many files open', 'Use fewer --forks, or raise `ulimit -n`'],
  EADDRNOTAVAIL: ['was not tried: no local port is free', 'Use fewer --forks'],
}

export function socketFailure(hop: Hop, error: NodeJS.ErrnoException): TransportFailure {
  const code = error.code ?? ''
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_NODATA') {
    const cause = `The name ${hop.address} has no address${code === 'EAI_AGAIN' ? ' (the name server did not answer)' : ''}`
    return { kind: 'unreachable', cause, tried: tried(hop), hint: 'Set ansible_host, or check the name service' }
  }
  const known = SOCKET[code]
  const cause = known ? `${placeOf(hop)} ${known[0]}` : `${placeOf(hop)}: ${error.message}`
  return { kind: 'unreachable', cause, tried: tried(hop), ...(known && { hint: known[1] }) }
}

/** sshd closed the connection before its banner, again and again. `said` is what it wrote instead. */
export function dropped(hop: Hop, attempts: number, said: string): TransportFailure {
  const times = attempts === 1 ? '' : ` ${attempts} times`
  const words = said.trim()
  return {
    kind: 'unreachable',
    cause: `${placeOf(hop)} closed the connection before its banner${times}`,
    tried: tried(hop),
    ...(words !== '' && { lastLines: words }),
    hint: 'Its MaxStartups or PerSourcePenalties may be exceeded, or a firewall or hosts.deny refuses this machine',
  }
}

export function loginRefused(hop: Hop, methods: readonly string[], notes: readonly string[]): TransportFailure {
  const names: Readonly<Record<string, string>> = { publickey: 'a key', agent: 'the agent', password: 'a password' }
  const used = [...new Set(methods.map((method) => names[method] ?? 'a password'))]
  const tooMany = methods.includes('agent') ? '; too many keys in the agent? See IdentitiesOnly in ssh_config(5)' : ''
  return {
    kind: 'refused',
    cause: [
      `${placeOf(hop)} refused the login of ${hop.user}${used.length ? ` with ${used.join(', ')}` : ''}`,
      ...notes,
    ].join('; '),
    tried: tried(hop),
    hint: `Is the key in ${hop.user}'s authorized_keys? See ansible_user and ansible_ssh_private_key_file${tooMany}`,
  }
}

export function hostKeyUnknown(hop: Hop, type: string, print: string): TransportFailure {
  const port = hop.port === 22 ? '' : `-p ${hop.port} `
  return {
    kind: 'refused',
    cause: `The host key of ${hop.knownAs} is not known: ${type} ${print}`,
    tried: tried(hop),
    hint: `Compare it with the host's own, then use --accept-new-host-keys, or \`ssh-keyscan ${port}${hop.address} >>${hop.knownHostsFiles[0] ?? '~/.ssh/known_hosts'}\``,
  }
}

export function hostKeyChanged(hop: Hop, type: string, print: string, where: string): TransportFailure {
  return {
    kind: 'refused',
    cause: `The host key of ${hop.knownAs} has changed: it shows ${type} ${print}, but ${where} has another`,
    tried: tried(hop),
    hint: `The host was reinstalled, or somebody sits in between. If it was reinstalled: ssh-keygen -R '${hop.knownAs}' -f ${where.replace(/:\w+$/, '')}`,
  }
}

export const hostKeyRevoked = (hop: Hop, where: string): TransportFailure => ({
  kind: 'refused',
  cause: `The host key of ${hop.knownAs} is marked as revoked in ${where}`,
  tried: tried(hop),
  hint: 'Do not log in to this host until somebody has looked at it',
})

/** `why` is the handshake's own word, such as `no matching key exchange algorithm`. */
export const noCommonAlgorithm = (hop: Hop, why: string, knownTypes: readonly string[]): TransportFailure =>
  knownTypes.length > 0 && /host key/.test(why)
    ? {
        kind: 'refused',
        cause: `${placeOf(hop)} shows no host key of the type on record (${knownTypes.join(', ')})`,
        tried: tried(hop),
        hint: `If the host was reinstalled: ssh-keygen -R '${hop.knownAs}'`,
      }
    : {
        kind: 'refused',
        cause: `${placeOf(hop)} and the built-in client have nothing in common: ${why}`,
        tried: tried(hop),
        hint: 'Use ansible_connection=openssh for this host',
      }

export const brokenHandshake = (hop: Hop, why: string): TransportFailure => ({
  kind: 'unreachable',
  cause: `The connection to ${placeOf(hop)} broke: ${why}`,
  tried: tried(hop),
})
