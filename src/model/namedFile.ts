// A file of this machine that another file names: where it is, and why it cannot be read.
import { userInfo } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'

/** A relative name is relative to the directory of the file that it is written in; `~/` is the user's home directory. */
export function pathBeside(file: string, name: string): string {
  if (name.startsWith('~/')) return join(userInfo().homedir, name.slice(2))
  return isAbsolute(name) ? name : join(dirname(file), name)
}

/** The system's reason in words, without the path that Node puts into its message. */
export function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOTDIR' && syscall === 'scandir') return 'it is not a directory'
  return (code !== undefined && REASONS[code]) || code || error.message
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of the path is a file, not a directory',
  ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
}
