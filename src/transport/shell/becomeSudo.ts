// Becoming another user through sudo: the command, the password dialogue, and what sudo's refusals mean.
import { randomBytes } from 'node:crypto'
import type { PipeEnd } from './bytePipe.ts'
import type { Identity, TransportFailure } from '../session.ts'

export interface ShellCommand {
  /** Read by the login shell, which may be csh or fish: plain words and single quotes only. */
  readonly command: string
  /** Present when a password may be asked for: nothing may be sent before `ready` or after `prompt` but the password. */
  readonly dialogue?: { readonly prompt: string; readonly ready: string; readonly password: string }
}

/** User names as useradd takes them. Anything else is refused before it comes near a command line. */
const USER_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/

/**
 * How to start the shell of an identity. Without a password sudo must not ask (`-n`), and the script may be sent
 * at once. With one, sudo's answer has to be awaited: where it does not ask, the shell would run the password.
 */
export function shellCommand(identity: Identity, shell = 'sh'): ShellCommand | TransportFailure {
  const { become } = identity
  if (!become) return { command: `exec ${shell}` }
  if (!USER_NAME.test(become.user)) {
    return {
      kind: 'become',
      cause: `${JSON.stringify(become.user)} is not a user name`,
      hint: 'check ansible_become_user',
    }
  }
  const sudo = 'exec env LC_ALL=C sudo -H'
  if (become.password === undefined) return { command: `${sudo} -n -u ${become.user} ${shell}` }
  if (/[\n\r\0]/.test(become.password)) {
    return { kind: 'become', cause: 'the become password has a line break, which sudo cannot read' }
  }
  const token = randomBytes(16).toString('hex')
  const dialogue = { prompt: `[sudo:${token}]`, ready: `ready:${token}`, password: become.password }
  const command = `${sudo} -S -p '${dialogue.prompt}' -u ${become.user} sh -c 'echo ${dialogue.ready}; exec ${shell}'`
  return { command, dialogue }
}

const REFUSALS: readonly (readonly [RegExp, (user: string) => Pick<TransportFailure, 'cause' | 'hint'>])[] = [
  [
    /a password is required|a terminal is required to read the password/,
    () => ({
      cause: 'sudo asks for a password, and none was given',
      hint: 'use -K or ansible_become_password, or let the account use sudo without a password (NOPASSWD)',
    }),
  ],
  [
    /must have a tty|no tty present/,
    () => ({ cause: 'sudo asks for a terminal', hint: 'remove `requiretty` for this account in /etc/sudoers' }),
  ],
  [
    /not in the sudoers|not allowed to (?:execute|run)|may not run sudo/,
    (user) => ({ cause: `sudo does not let this account become ${user}`, hint: 'check /etc/sudoers on the host' }),
  ],
  [/unknown user/, (user) => ({ cause: `there is no user ${user} on the host`, hint: 'check ansible_become_user' })],
  [
    /sudo['’"]?: (?:No such file|not found|command not found)|sudo: (?:command )?not found|sudo: Command not found/i,
    () => ({ cause: 'sudo is not installed on the host', hint: 'log in as root, or install sudo' }),
  ],
  [
    /incorrect password|Sorry, try again|Authentication failure/i,
    (user) => ({
      cause: `sudo refused the password for becoming ${user}`,
      hint: 'check the password given with -K or ansible_become_password',
    }),
  ],
  [
    /account validation failure|account .*(?:expired|locked)|password .*expired/i,
    () => ({ cause: 'sudo reports that the account is expired or locked', hint: 'run on the host: chage -l' }),
  ],
]

export const wrongPassword = (user: string): TransportFailure => ({
  kind: 'become',
  cause: `sudo refused the password for becoming ${user}`,
  tried: `sudo -u ${user} sh`,
  hint: 'check the password given with -K or ansible_become_password',
})

/** What it means that the shell under sudo ended before it answered. `said` is what came on stderr. */
export function becomeRefusal(user: string, said: string, end: PipeEnd): TransportFailure {
  const known = REFUSALS.find(([pattern]) => pattern.test(said))?.[1](user)
  const lines = said.trim()
  return {
    kind: 'become',
    ...(known ?? { cause: `sudo did not start a shell as ${user}` }),
    tried: `sudo -u ${user} sh`,
    exitStatus: end.status ?? null,
    ...(lines !== '' && { lastLines: lines }),
  }
}
