// The step that creates a directory with its missing parents, and sets its owner and mode.
import { quoteShell } from '../../model/quoteShell.ts'
import { ENTER_FUNCTIONS } from './enterDirectory.ts'
import type { ShellStep } from './step.ts'

/** A directory to create. */
export interface DirectoryToCreate {
  readonly path: string
  /** Default: unchanged; for a new directory, 0755. All bits are set, setuid, setgid and sticky too. */
  readonly mode?: string | undefined
  /** Default: unchanged; for a new directory, the user the task runs as. */
  readonly owner?: string | undefined
  readonly group?: string | undefined
  /** Follows symbolic links that another user can replace. */
  readonly follow?: boolean | undefined
}

// Owner and mode are set on the directory that was entered, not on a name. A number of five digits sets the setgid bit of
// a directory too; with fewer, chmod keeps it.
const CREATE_DIRECTORY = `mode=$2 owner=$3
enter_directory "$1" "$4" make '' || return
here=\${PWD%/}
if [ ! -e "./$name" ]; then
  if [ "$mode" ]; then umask 077; else umask 022; fi
  mkdir -- "./$name" || return
fi
cd -P "./$name" || return
[ "$name" = . ] || [ "$PWD" = "$here/$name" ] || { echo "$here/$name was replaced" >&2; return 1; }
if [ "$owner" ]; then
  mode=\${mode:-$(stat -c %a .)}
  chown -- "$owner" . || return
fi
if [ "$mode" ]; then while [ "\${#mode}" -lt 5 ]; do mode=0$mode; done; chmod "$mode" .; fi`

/**
 * Creates a directory and its missing parents (mode 0755), and sets its attributes. A directory that exists only gets
 * the attributes.
 *
 * @param directory - Path and attributes. What is left out stays as it is.
 */
export function createDirectory({ path, mode, owner, group, follow }: DirectoryToCreate): ShellStep {
  const account = `${owner ?? ''}${group === undefined ? '' : `:${group}`}`
  const words = [path, mode ?? '', account, follow ? 'follow' : '']
  return {
    kind: 'shell',
    label: `create ${path}`,
    script: `create_directory ${words.map(quoteShell).join(' ')}`,
    functions: { ...ENTER_FUNCTIONS, create_directory: `( ${CREATE_DIRECTORY} )` },
  }
}
