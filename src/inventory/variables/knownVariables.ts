// The variables whose names begin with ansible_: which of them mean something here, and what their values must be.
import { didYouMean } from '../../model/didYouMean.ts'
import type { Json } from '../../model/inventory.ts'
import type { Findings } from '../../text/findings.ts'
import type { SetValue } from './setValue.ts'

/** Names for one thing, the newest first; where a host has several, the last one counts, as in Ansible. */
export const NAMES_OF = {
  address: ['ansible_host', 'ansible_ssh_host'],
  port: ['ansible_port', 'ansible_ssh_port'],
  user: ['ansible_user', 'ansible_ssh_user'],
  privateKeyFile: ['ansible_private_key_file', 'ansible_ssh_private_key_file'],
  password: ['ansible_password', 'ansible_ssh_pass', 'ansible_ssh_password'],
  transport: ['ansible_connection'],
  become: ['ansible_become', 'ansible_sudo'],
  becomeUser: ['ansible_become_user', 'ansible_sudo_user'],
  becomeMethod: ['ansible_become_method'],
  becomePassword: ['ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'],
  priority: ['ansible_group_priority'],
} as const

export type Meaning = keyof typeof NAMES_OF

const meaningOf = new Map<string, Meaning>()
for (const [meaning, names] of Object.entries(NAMES_OF)) {
  for (const name of names) meaningOf.set(name, meaning as Meaning)
}

/** Known to Ansible and without any effect here that a user would miss. */
const harmless = [
  'ansible_python_interpreter',
  'ansible_shell_type',
  'ansible_shell_executable',
  'ansible_remote_tmp',
  'ansible_pipelining',
  'ansible_ssh_pipelining',
  'ansible_ssh_transfer_method',
  'ansible_scp_extra_args',
  'ansible_sftp_extra_args',
  'ansible_async_dir',
  'ansible_network_os',
]

const sshOptions = 'put it into ~/.ssh/config, which is honoured'
/** Known to Ansible, and a user would miss the effect. */
const unused = new Map([
  ['ansible_ssh_common_args', sshOptions],
  ['ansible_ssh_extra_args', sshOptions],
  ['ansible_ssh_args', sshOptions],
  ['ansible_ssh_executable', sshOptions],
  ['ansible_ssh_retries', sshOptions],
  ['ansible_timeout', sshOptions],
  ['ansible_ssh_timeout', sshOptions],
  ['ansible_host_key_checking', 'use --accept-new-host-keys'],
  ['ansible_ssh_host_key_checking', 'use --accept-new-host-keys'],
  ['ansible_become_flags', 'remove it: sudo gets the flags that it needs'],
  ['ansible_become_exe', 'remove it: sudo is searched for in the usual directories'],
])

const known = [...meaningOf.keys(), ...harmless, ...unused.keys()]

export const TRANSPORTS = new Map([
  ['auto', 'auto'],
  ['ssh', 'auto'],
  ['smart', 'auto'],
  ['ssh2', 'ssh2'],
  ['openssh', 'openssh'],
  ['local', 'local'],
] as const)

export const withoutCollection = (value: string) => value.replace(/^ansible\.builtin\./, '')

/** Variables whose values stay strings, though `1234` or `1.10` looks like a number: INI values have no types. */
export const isTextVariable = (name: string): boolean => {
  const meaning = meaningOf.get(name)
  return meaning !== undefined && meaning !== 'become' && meaning !== 'port' && meaning !== 'priority'
}

/** `yes` and `no` are strings in YAML 1.2, and `ansible_become: yes` is everywhere. */
export function asTruth(value: Json): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (value === 1 || /^(yes|true|on|y|1)$/i.test(String(value))) return true
  if (value === 0 || /^(no|false|off|n|0)$/i.test(String(value))) return false
  return undefined
}

/** No person writes more; a value that is a bomb would overflow whatever walks through it later. */
const MOST_LEVELS = 100

function isDeeperThan(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner as Json, levels - 1))
}

/** Checks a variable's name and, where it has a meaning for the connection, its value. Once for each place that sets it. */
export function checkVariable(name: string, set: SetValue, findings: Findings): void {
  const keyAt = set.keyAt ?? set.at
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    const better = name.replace(/\W/g, '_').replace(/^(?=\d)/, '_')
    const message = `'${name}' cannot be the name of a variable: letters, digits and _ only, not beginning with a digit`
    return findings.error('bad-variable-name', message, keyAt, better && `use '${better}'`)
  }
  if (isDeeperThan(set.value, MOST_LEVELS))
    return findings.error(
      'too-deep',
      `'${name}' has lists and maps in each other more than ${MOST_LEVELS} deep`,
      set.at,
    )
  if (!name.startsWith('ansible_')) return
  const meaning = meaningOf.get(name)
  if (meaning) {
    const wrong = whatIsWrong(meaning, set.value)
    if (wrong) findings.error(wrong[0], `'${name}' ${wrong[1]}`, set.at, wrong[2])
  } else if (unused.has(name)) {
    findings.warn('variable-not-used', `'${name}' has no effect here`, keyAt, unused.get(name))
  } else if (!harmless.includes(name) && !name.endsWith('_interpreter')) {
    // Without the common beginning: `ansible_node` is not a misspelt `ansible_host`.
    const near = didYouMean(
      name.slice(8),
      known.map((each) => each.slice(8)),
    )
    const message = `unknown variable '${name}'`
    if (near) findings.error('unknown-ansible-variable', message, keyAt, `did you mean 'ansible_${near}'?`)
    else {
      const hint = 'rename it: the prefix ansible_ is reserved for connection variables'
      findings.warn('unknown-ansible-variable', message, keyAt, hint)
    }
  }
}

type Wrong = readonly [code: string, whatIsWrong: string, hint?: string | undefined]

function whatIsWrong(meaning: Meaning, value: Json): Wrong | undefined {
  if (typeof value === 'string' && value.includes('{{')) {
    return [
      'expression-in-connection',
      'is a connection variable, where expressions are not evaluated',
      'write the value instead of the expression',
    ]
  }
  const bad = (says: string, hint?: string): Wrong => ['wrong-type', says, hint]
  if (meaning === 'port') {
    const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
    const fits = typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65535
    return fits ? undefined : bad('must be a port number (1 to 65535)')
  }
  if (meaning === 'priority') return Number.isInteger(value) ? undefined : bad('must be an integer')
  if (meaning === 'become') return asTruth(value) === undefined ? bad('must be true or false') : undefined
  if (typeof value !== 'string') {
    return bad('must be a string', typeof value === 'number' ? 'put the value in quotes' : undefined)
  }
  if (meaning === 'transport' && !TRANSPORTS.has(withoutCollection(value) as 'auto')) {
    const near = didYouMean(value, TRANSPORTS.keys())
    return [
      'unknown-connection',
      `must be one of ${[...TRANSPORTS.keys()].join(', ')}`,
      near && `did you mean '${near}'?`,
    ]
  }
  if (meaning === 'becomeMethod' && withoutCollection(value) !== 'sudo') {
    return ['unknown-become-method', 'must be sudo, the only supported method']
  }
  if (meaning === 'password' || meaning === 'becomePassword')
    return /[\n\r\0]/.test(value) ? bad('contains a line break') : undefined
  if (value === '') return bad('is empty')
  // What ends up on the command line of ssh or sudo must not be able to pass for an option.
  if (value.startsWith('-')) return bad('must not begin with -')
  if (meaning === 'privateKeyFile') return value.includes('\0') ? bad('contains a NUL character') : undefined
  // ssh may hand a user's name to a shell, by `%r` in ~/.ssh/config. `user@REALM`, `DOMAIN\\user` and `machine$` are names.
  const rest = meaning === 'address' ? value : value.replace(/[@\\]|\$$/g, '')
  const odd = /[\s\p{Cc}/@,'"`$\\;&|<>(){}[\]]/u.exec(rest)?.[0]
  if (odd === undefined) return undefined
  return bad(`contains an invalid character: ${JSON.stringify(odd)}`)
}
