// What the OpenSSH client's last words mean.
import { placeOf } from '../ssh/connectFailure.ts'
import type { Hop } from '../ssh/route.ts'
import type { TransportFailure } from '../session.ts'

type Meaning = Pick<TransportFailure, 'kind' | 'cause' | 'hint'>

const MEANINGS: readonly (readonly [RegExp, (hop: Hop, line: string) => Meaning])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    (hop) => ({
      kind: 'refused',
      cause: `The host key of ${hop.knownAs} has changed`,
      hint: `The host was reinstalled, or somebody sits in between. If it was reinstalled: ssh-keygen -R '${hop.knownAs}'`,
    }),
  ],
  [
    /REVOKED HOST KEY/,
    (hop) => ({
      kind: 'refused',
      cause: `The host key of ${hop.knownAs} is marked as revoked`,
      hint: 'Do not log in to it',
    }),
  ],
  [
    /Host key verification failed|No .* host key is known/,
    (hop) => ({
      kind: 'refused',
      cause: `The host key of ${hop.knownAs} is not known`,
      hint: 'Log in once by hand and compare it, or use --accept-new-host-keys',
    }),
  ],
  [
    /Permission denied|Too many authentication failures/,
    (hop) => ({
      kind: 'refused',
      cause: `${placeOf(hop)} refused the login of ${hop.user}`,
      hint: 'The OpenSSH client was given no password: use a key or an agent. See ansible_user and ansible_ssh_private_key_file',
    }),
  ],
  [
    /Could not resolve hostname/,
    (hop) => ({ kind: 'unreachable', cause: `The name ${hop.address} has no address`, hint: 'Set ansible_host' }),
  ],
  [
    /Connection refused/,
    (hop) => ({
      kind: 'unreachable',
      cause: `${placeOf(hop)} refused the connection`,
      hint: 'Is sshd running, and is this its port (ansible_port)?',
    }),
  ],
  [
    /timed out|No route to host|Network is unreachable/,
    (hop, line) => ({ kind: 'unreachable', cause: `${placeOf(hop)} did not answer: ${line}`, hint: 'Is the host up?' }),
  ],
  [
    /Bad owner or permissions|Bad configuration option|terminating, \d+ bad configuration/,
    (_hop, line) => ({
      kind: 'refused',
      cause: `ssh does not like its configuration: ${line}`,
      hint: 'See --ssh-config',
    }),
  ],
]

/** `said` is all that `ssh` wrote to stderr before it ended with 255. */
export function opensshFailure(hop: Hop, said: string, status: number | undefined): TransportFailure {
  const lines = said
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const rest = { tried: `ssh ${hop.user}@${hop.address}`, exitStatus: status ?? null }
  const last = lines.length > 0 ? { lastLines: lines.slice(-5).join('\n') } : {}
  for (const [pattern, meaning] of MEANINGS) {
    const line = lines.find((text) => pattern.test(text))
    if (line !== undefined) return { ...meaning(hop, line), ...rest, ...last }
  }
  return { kind: 'unreachable', cause: `ssh could not connect to ${placeOf(hop)}`, ...rest, ...last }
}
