// Files of this machine that the program writes: never through a link, nor into a file, that another user put there.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  type Stats,
  statSync,
} from 'node:fs'
import { userInfo } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
const OTHERS_MAY_WRITE = 0o022
const STICKY = 0o1000
const MOST_LINKS = 40

export interface OwnFileOptions {
  /** `append` keeps what is in a file that exists; `new` fails where there is one. Default: it is written from its start. */
  readonly how?: 'append' | 'new'
  /** Permission bits of a new file. */
  readonly mode?: number
}

/**
 * Opens a file for writing and returns its descriptor; the caller empties it where that is wanted. What was opened is
 * compared with what is at the path afterwards, so a name that is swapped meanwhile leads nowhere. Throws with the cause.
 */
export function openOwnFile(path: string, { how, mode = 0o600 }: OwnFileOptions = {}): number {
  const real = realPath(path)
  // What /proc has for an open file is a link to the kernel's own knowledge: `--log >(command)`.
  if (real.startsWith('/proc/')) return openSync(real, O_WRONLY)
  const there = how === 'new' ? undefined : lstatSync(real, { throwIfNoEntry: false })
  const flags = O_WRONLY | O_NOFOLLOW | (how === 'append' ? O_APPEND : 0) | (there ? 0 : O_CREAT | O_EXCL)
  const file = openSync(real, flags, mode)
  try {
    const found = fstatSync(file)
    const now = realPath(path) === real ? lstatSync(real, { throwIfNoEntry: false }) : undefined
    if (now?.ino !== found.ino || now.dev !== found.dev) throw new Error('it was replaced while it was opened')
    if (!isTrusted(found)) throw new Error('it belongs to another user')
    if (found.isFile() && found.nlink > 1 && !isGuarded(dirname(real)))
      throw new Error('it has a second name that another user may have given it')
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** Makes the missing directories above a file, by default for you alone. Throws with the cause. */
export function makeOwnDirectory(path: string, mode = 0o700): void {
  mkdirSync(dirname(realPath(path)), { recursive: true, mode })
}

/**
 * The path without links. Throws for a link that another user can replace: one in a directory that is neither yours nor
 * root's or that others can write to, unless that is a sticky one and the link is yours or root's.
 */
function realPath(path: string): string {
  let rest = resolve(path)
  let links = 0
  for (let at = '/'; ; ) {
    const [, name = '', more = ''] = /^\/*([^/]*)(.*)$/s.exec(rest) ?? []
    if (name === '') return at
    const next = name === '..' ? dirname(at) : join(at, name)
    const found = lstatSync(next, { throwIfNoEntry: false })
    if (!found) return join(next, more)
    if (found.isSymbolicLink()) {
      if (at.startsWith('/proc/')) return join(next, more)
      if (!isSafeLink(at, found))
        throw new Error(
          `${at === dirname(resolve(path)) && basename(path) === name ? 'it' : next} is a link that another user can replace`,
        )
      if (++links > MOST_LINKS) throw new Error('too many levels of symbolic links')
      const target = readlinkSync(next)
      rest = `${target}${more}`
      if (target.startsWith('/')) at = '/'
    } else {
      at = next
      rest = more
    }
  }
}

const isTrusted = ({ uid }: Stats): boolean => uid === userInfo().uid || uid === 0

function isSafeLink(directory: string, link: Stats): boolean {
  if (isGuarded(directory)) return true
  const above = statSync(directory)
  return isTrusted(above) && (above.mode & STICKY) !== 0 && isTrusted(link)
}

/** Nobody else can put a name into this directory. */
function isGuarded(directory: string): boolean {
  const found = statSync(directory)
  return isTrusted(found) && (found.mode & OTHERS_MAY_WRITE) === 0
}
