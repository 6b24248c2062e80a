// Settings of Ansible that would change a run and are not read here: said once, with what to use instead.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Diagnostic, mistake } from '../model/diagnostic.ts'
import { SourceText } from '../text/sourceText.ts'
import type { CommandLine } from './commandLine.ts'

interface Setting {
  /** In `ansible.cfg`. */
  readonly keys: readonly string[]
  /** Without `ANSIBLE_`. */
  readonly variables: readonly string[]
  readonly instead: string
  /** The command line says it already. */
  readonly given?: (commandLine: CommandLine) => boolean
}

const SETTINGS: readonly Setting[] = [
  {
    keys: ['inventory', 'hostfile'],
    variables: ['INVENTORY'],
    instead: '-i',
    given: ({ inventory }) => inventory.length > 0,
  },
  {
    keys: ['remote_user'],
    variables: ['REMOTE_USER'],
    instead: '-u, or ansible_user in the inventory',
    given: ({ user }) => user !== undefined,
  },
  {
    keys: ['private_key_file'],
    variables: ['PRIVATE_KEY_FILE'],
    instead: '--private-key, or ansible_ssh_private_key_file in the inventory',
    given: ({ privateKey }) => privateKey !== undefined,
  },
  {
    keys: ['become'],
    variables: ['BECOME'],
    instead: '-b, or become: true in the play',
    given: ({ become }) => become,
  },
  {
    keys: ['become_user'],
    variables: ['BECOME_USER'],
    instead: '--become-user, or become_user in the play',
    given: ({ becomeUser }) => becomeUser !== undefined,
  },
  {
    keys: ['become_ask_pass'],
    variables: ['BECOME_ASK_PASS'],
    instead: '-K',
    given: ({ askBecomePass, becomePasswordFile }) => askBecomePass || becomePasswordFile !== undefined,
  },
  {
    keys: ['become_password_file'],
    variables: ['BECOME_PASSWORD_FILE'],
    instead: '--become-password-file',
    given: ({ becomePasswordFile }) => becomePasswordFile !== undefined,
  },
  { keys: ['ask_pass'], variables: ['ASK_PASS'], instead: '-k', given: ({ askPass }) => askPass },
  {
    keys: ['host_key_checking'],
    variables: ['HOST_KEY_CHECKING'],
    instead: '--accept-new-host-keys',
    given: ({ acceptNewHostKeys }) => acceptNewHostKeys,
  },
  { keys: ['forks'], variables: ['FORKS'], instead: '-f', given: ({ forks }) => forks !== undefined },
  { keys: ['timeout'], variables: ['TIMEOUT'], instead: '--timeout', given: ({ timeout }) => timeout !== undefined },
  {
    keys: ['ssh_args', 'ssh_common_args', 'ssh_extra_args'],
    variables: ['SSH_ARGS', 'SSH_COMMON_ARGS', 'SSH_EXTRA_ARGS'],
    instead: '--ssh-config with an ssh configuration file',
    given: ({ sshConfig }) => sshConfig !== undefined,
  },
  {
    keys: ['library'],
    variables: ['LIBRARY'],
    instead: '--tasks with task types of your own',
    given: ({ taskDirectories }) => taskDirectories.length > 0,
  },
]

/** What `ansible.cfg` in the directory, or the file that `ANSIBLE_CONFIG` names, and the environment would set. */
export function ansibleSettings(
  commandLine: CommandLine,
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): readonly Diagnostic[] {
  const due = SETTINGS.filter(({ given }) => given?.(commandLine) !== true)
  const file = env['ANSIBLE_CONFIG'] ?? 'ansible.cfg'
  const source = readShort(resolve(directory, file), file)
  const found = due.flatMap(({ keys, variables, instead }) => {
    const at = source && firstOf(source, keys)
    const named = variables.map((name) => `ANSIBLE_${name}`).find((name) => env[name])
    return [
      ...(at ? [{ name: at.name, instead, at: at.at, variable: false }] : []),
      ...(named === undefined ? [] : [{ name: named, instead, at: undefined, variable: true }]),
    ]
  })
  return [false, true].flatMap((variable) => {
    const [first, ...more] = found.filter((one) => one.variable === variable)
    if (!first) return []
    const what = variable ? 'variables of the environment that configure Ansible are' : `${file} is`
    const hint = [first, ...more].map(({ name, instead }) => `for ${name} use ${instead}`).join('; ')
    return [{ ...mistake('ansible-settings', `${what} not read`, first.at, hint), severity: 'warning' as const }]
  })
}

const MOST_BYTES = 1 << 20

function readShort(path: string, name: string): SourceText | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    return text.length > MOST_BYTES ? undefined : new SourceText(name, text)
  } catch {
    // There is none, or none that Ansible could read either.
    return undefined
  }
}

function firstOf(source: SourceText, keys: readonly string[]) {
  const found = new RegExp(`^(${keys.join('|')})[ \\t]*[=:]`, 'm').exec(source.text)
  const [, name = ''] = found ?? []
  return found ? { name, at: source.span(found.index, name.length) } : undefined
}
