// Whether a file of this machine may be read: nothing that everybody can write is, nor what was found in another user's directory.
import { lstatSync, realpathSync, type Stats } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname, resolve } from 'node:path'
import { type Diagnostic, mistake, type SourceSpan } from '../model/diagnostic.ts'
import { whyUnreadable } from '../model/namedFile.ts'
import { quoteShell } from '../model/quoteShell.ts'

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  /** Permission bits, the sticky bit included. */
  readonly mode: number
  readonly uid: number
}

/** Thrown instead of reading; the message names the file or directory, the hint what to do. */
export class UntrustedFile extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

export interface FileTrustInput {
  /** Does not follow links; undefined when nothing is there. */
  readonly look: (path: string) => FileFacts | undefined
  /** The ways to the file: the path as given, made absolute, and the one without links. */
  readonly ways: (path: string) => readonly string[]
  /** The user that runs crane-play. */
  readonly me: number
}

const OTHERS_MAY_WRITE = 0o002
const STICKY = 0o1000
const ROOT = 0

export class FileTrust {
  readonly #input: FileTrustInput
  readonly #directories = new Map<string, FileFacts | undefined>()

  constructor(input: FileTrustInput) {
    this.#input = input
  }

  /**
   * Throws `UntrustedFile` when somebody else could have put this file there: it or a directory above it is writable by
   * everybody. A device or a pipe is read only where it is named as one, below /dev. In a sticky directory such as /tmp, entries of yours and root's are accepted. What is not there passes.
   */
  check(path: string): void {
    for (const way of this.#input.ways(path)) {
      const facts = this.#input.look(way)
      if (facts?.kind === 'file' || facts?.kind === 'directory') this.#checkMode(way, facts, facts.kind)
      // Whoever reads a pipe waits for its writer, and /dev/zero has no end.
      if (facts?.kind === 'other' && !/^\/(dev|proc)\//.test(path))
        throw new UntrustedFile(`${path} is not read: it is not a regular file`, 'name a file with the text in it')
      this.#checkAbove(way, facts)
    }
  }

  /**
   * For what was found and not named: its directory must also be yours, root's, or of the owner of `beside`, the
   * directory that was named. `hint` says how to name it.
   */
  checkFound(path: string, hint: string, beside?: string): void {
    this.check(path)
    for (const way of this.#input.ways(path)) {
      const directory = dirname(way)
      const owner = this.#directory(directory)?.uid ?? this.#input.me
      const named = beside === undefined ? undefined : this.#directory(this.#input.ways(beside).at(-1) ?? beside)?.uid
      if (this.#isMine(owner) || owner === named) continue
      throw new UntrustedFile(`${path} is not used unless you name it: ${directory} belongs to another user`, hint)
    }
  }

  #checkAbove(way: string, facts: FileFacts | undefined): void {
    let entry = facts
    for (let at = way, above = dirname(way); above !== at; at = above, above = dirname(above)) {
      const directory = this.#directory(above)
      if (directory?.kind === 'directory' && (directory.mode & OTHERS_MAY_WRITE) !== 0) {
        if ((directory.mode & STICKY) === 0) this.#checkMode(above, directory, 'directory')
        else if (entry && !this.#isMine(entry.uid)) {
          const message = `${at} is not read: it belongs to another user, in ${above}, where everybody can write`
          throw new UntrustedFile(message, copyHint(at))
        }
      }
      entry = directory
    }
  }

  #checkMode(path: string, { mode, uid }: FileFacts, kind: 'file' | 'directory'): void {
    const sticky = kind === 'directory' && (mode & STICKY) !== 0
    if ((mode & OTHERS_MAY_WRITE) === 0 || sticky) return
    const what = kind === 'file' ? `${path} is not read` : `nothing is read from ${path}`
    const mayChange = uid === this.#input.me || this.#input.me === ROOT
    throw new UntrustedFile(
      `${what}: everybody can write to it`,
      mayChange ? `check it, then run \`chmod o-w ${quoteShell(path)}\`` : copyHint(path),
    )
  }

  #directory(path: string): FileFacts | undefined {
    if (!this.#directories.has(path)) this.#directories.set(path, this.#input.look(path))
    return this.#directories.get(path)
  }

  #isMine = (uid: number): boolean => uid === this.#input.me || uid === ROOT
}

const copyHint = (path: string): string =>
  `check it, then copy it to a directory of yours: \`cp -r ${quoteShell(path)} ~/\``

/** The diagnostic for a file that cannot or may not be read; `hint` is for the former. */
export function unreadable(path: string, error: unknown, at?: SourceSpan, hint?: string): Diagnostic {
  if (error instanceof UntrustedFile) return mistake('untrusted-file', error.message, at, error.hint)
  return mistake('unreadable-file', `cannot read ${path}: ${whyUnreadable(error)}`, at, hint)
}

/** Directories are remembered: make one for each loading. */
export const diskTrust = (me: number = userInfo().uid): FileTrust =>
  new FileTrust({ look: lookOnDisk, ways: waysOnDisk, me })

function lookOnDisk(path: string): FileFacts | undefined {
  try {
    const found = lstatSync(path)
    return { kind: kindOf(found), mode: found.mode, uid: found.uid }
  } catch {
    return undefined
  }
}

function kindOf(found: Stats): FileFacts['kind'] {
  if (found.isFile()) return 'file'
  if (found.isDirectory()) return 'directory'
  return found.isSymbolicLink() ? 'link' : 'other'
}

/** A pipe of the shell, `<(…)`, has no path of its own. */
function waysOnDisk(path: string): readonly string[] {
  const given = resolve(path)
  try {
    return [...new Set([given, realpathSync(given)])]
  } catch {
    return [given]
  }
}
