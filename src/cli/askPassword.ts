// Passwords from a prompt or a file: never from an argument or an environment variable.
import { readFileSync, statSync } from 'node:fs'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'
import type { CommandLine } from './commandLine.ts'
import type { Keyboard } from './processContext.ts'
import type { Passwords } from '../run/overrideConnections.ts'
import { diskTrust, unreadable } from '../text/fileTrust.ts'
import { promptLine } from './promptLine.ts'

type Said = Pick<CommandLine, 'askPass' | 'askBecomePass' | 'becomePasswordFile'>

/** An empty sudo password means the one to log in with, as in Ansible. */
export async function askPasswords(said: Said, keyboard: Keyboard): Promise<Checked<Passwords>> {
  if ((said.askPass || said.askBecomePass) && !keyboard.input.isTTY) {
    const hint = 'use a key to log in, and --become-password-file for sudo'
    return mistaken([mistake('no-terminal', 'a password can only be asked for on a terminal', undefined, hint)])
  }
  const login = said.askPass ? await ask('SSH password: ', keyboard) : undefined
  if (said.askPass && login === undefined) return untyped()
  const typed = said.askBecomePass
    ? await ask(said.askPass ? 'sudo password [the SSH password]: ' : 'sudo password: ', keyboard)
    : undefined
  if (said.askBecomePass && typed === undefined) return untyped()
  const fromFile = said.becomePasswordFile === undefined ? undefined : readPasswordFile(said.becomePasswordFile)
  if (fromFile && !fromFile.ok) return fromFile
  const become = typed === '' ? login : (typed ?? fromFile?.value)
  return checked({ ...(login !== undefined && { login }), ...(become !== undefined && { become }) })
}

const untyped = () => mistaken([mistake('no-password', 'no password was typed')])

/** Nothing that is typed is shown. */
async function ask(prompt: string, keyboard: Keyboard): Promise<string | undefined> {
  const typed = await promptLine(prompt, keyboard, { silent: true })
  keyboard.output.write('\n')
  return typed
}

const OTHERS_MAY_READ = 0o077

function readPasswordFile(path: string): Checked<string> {
  try {
    diskTrust().check(path)
    const { mode } = statSync(path)
    // A pipe, as of a shell's <(pass show sudo), has no readers but us.
    if (statSync(path).isFile() && (mode & OTHERS_MAY_READ) !== 0) {
      const message = `the password file ${path} is readable by others`
      return mistaken([mistake('open-password-file', message, undefined, `chmod 600 ${path}`)])
    }
    const [line = ''] = readFileSync(path, 'utf8').split(/\r?\n/)
    return line === ''
      ? mistaken([mistake('empty-password-file', `the first line of ${path} is empty`)])
      : checked(line)
  } catch (error) {
    return mistaken([unreadable(path, error)])
  }
}
