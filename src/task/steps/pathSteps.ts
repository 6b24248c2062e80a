// Steps that make a symbolic link and that remove a path, by names that other users cannot swap.
import { quoteShell } from '../../model/quoteShell.ts'
import { ENTER_FUNCTIONS } from './enterDirectory.ts'
import type { ShellStep } from './step.ts'

// The link is made in a private directory and renamed, so that there is a link at any time.
const CREATE_LINK = `enter_directory "$1" "$3" '' link || return
enter_private || return
trap 'rm -f -- "./$name"; cd .. && rmdir -- "$private"' EXIT
trap 'exit 143' HUP INT TERM
if [ -e "../$name" ] && [ ! -L "../$name" ]; then echo "$1 exists and is not a symbolic link" >&2; return 1; fi
ln -s -- "$2" "./$name" && mv -f -- "./$name" ../`

const REMOVE_PATH = `enter_directory "$1" "$3" '' link || return
if [ "$2" ]; then rm -rf -- "./$name"; else rm -f -- "./$name"; fi`

/**
 * Makes a symbolic link, or points an existing one elsewhere, atomically.
 *
 * @param path - The link. Its directory exists.
 * @param target - What it points to; need not exist.
 * @param follow - Follows links on the way that another user can replace.
 */
export const createLink = (path: string, target: string, follow = false): ShellStep => ({
  kind: 'shell',
  label: `link ${path} to ${target}`,
  script: `create_link ${[path, target, follow ? 'follow' : ''].map(quoteShell).join(' ')}`,
  functions: { ...ENTER_FUNCTIONS, create_link: `( ${CREATE_LINK} )` },
})

/**
 * Removes a file or a link, or a directory with all that is in it. A link is removed, not what it points to.
 *
 * @param path - What to remove.
 * @param options - `recursive`: a directory too. `follow`: follows links on the way that another user can replace.
 */
export const removePath = (
  path: string,
  {
    recursive = false,
    follow = false,
  }: { readonly recursive?: boolean | undefined; readonly follow?: boolean | undefined } = {},
): ShellStep => ({
  kind: 'shell',
  label: `remove ${path}`,
  script: `remove_path ${[path, recursive ? 'recursive' : '', follow ? 'follow' : ''].map(quoteShell).join(' ')}`,
  functions: { ...ENTER_FUNCTIONS, remove_path: `( ${REMOVE_PATH} )` },
})
