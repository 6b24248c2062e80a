// What the OpenSSH client's last lines mean.
import { forgetKeys, placeOf } from '../ssh/connectFailure.ts'
import type { Hop } from '../ssh/route.ts'
import type { TransportFailure } from '../session.ts'

type Meaning = Pick<TransportFailure, 'kind' | 'cause' | 'hint'>

const MEANINGS: readonly (readonly [RegExp, (hop: Hop, line: string, lines: readonly string[]) => Meaning])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    (hop, _line, lines) => ({
      kind: 'refused',
      cause: `the host key of ${hop.knownAs} has changed`,
      hint: `someone may be intercepting the connection; if the host was reinstalled, run \`${forgetKeys(hop, offendingKeys(lines))}\``,
    }),
  ],
  [
    /REVOKED HOST KEY/,
    (hop) => ({
      kind: 'refused',
      cause: `the host key of ${hop.knownAs} is marked as revoked`,
      hint: 'do not log in to this host until its administrator has checked it',
    }),
  ],
  [
    /Host key verification failed|No .* host key is known/,
    (hop) => ({
      kind: 'refused',
      cause: `the host key of ${hop.knownAs} is not known`,
      hint: 'log in once by hand and compare it, or use --accept-new-host-keys',
    }),
  ],
  [
    /Permission denied|Too many authentication failures/,
    (hop) => ({
      kind: 'refused',
      cause: `${placeOf(hop)} refused the login of ${hop.user}`,
      hint: 'use a key or an agent (the OpenSSH client is given no password); see ansible_user and ansible_ssh_private_key_file',
    }),
  ],
  [
    /Could not resolve hostname/,
    (hop) => ({ kind: 'unreachable', cause: `the name ${hop.address} has no address`, hint: 'set ansible_host' }),
  ],
  [
    /Connection refused/,
    (hop) => ({
      kind: 'unreachable',
      cause: `${placeOf(hop)} refused the connection`,
      hint: 'check that sshd is running and that this is its port (ansible_port)',
    }),
  ],
  [
    /timed out|No route to host|Network is unreachable/,
    (hop, line) => ({
      kind: 'unreachable',
      cause: `${placeOf(hop)} did not answer: ${line}`,
      hint: 'check that the host is up',
    }),
  ],
  [
    /Bad owner or permissions|Bad configuration option|terminating, \d+ bad configuration/,
    (_hop, line) => ({
      kind: 'refused',
      cause: `ssh rejects its configuration: ${line}`,
      hint: 'check the file given with --ssh-config',
    }),
  ],
]

/** Where the keys are that are no longer the host's, each as `file:line`. */
const offendingKeys = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /^Offending \S+ key in (.+:\d+)$/.exec(line)?.[1] ?? [])

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
    if (line !== undefined) return { ...meaning(hop, line, lines), ...rest, ...last }
  }
  return { kind: 'unreachable', cause: `ssh could not connect to ${placeOf(hop)}`, ...rest, ...last }
}
