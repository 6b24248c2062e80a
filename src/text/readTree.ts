// Reads what a directory of the controller has in it, and refuses what should not go to hosts.
import { createHash } from 'node:crypto'
import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { join, posix } from 'node:path'
import picomatch from 'picomatch'
import type { ControllerTree, TreeEntry, TreeFile } from '../model/controllerTree.ts'
import { diskTrust, type FileTrust, UntrustedFile } from './fileTrust.ts'

/**
 * Takes a directory and globs of what to leave out: one without `/` fits a name at any depth, one with it the path below
 * the directory. Throws as node:fs does, and `UntrustedFile` for what somebody else could have put there, a link that
 * leads out of the directory, what is neither file, directory nor link, and a name that no line can hold.
 */
export function readTree(directory: string, exclude: readonly string[]): ControllerTree {
  const trust = diskTrust()
  trust.check(directory)
  if (!statSync(directory).isDirectory()) throw new Error('it is not a directory: use writeFile for a file')
  const excluded = exclude.map((glob) => picomatch(glob, { dot: true, basename: !glob.includes('/') }))
  const isExcluded = (path: string) => excluded.some((fits) => fits(path))
  const excludes = (path: string): boolean => isExcluded(path) || (path.includes('/') && excludes(posix.dirname(path)))
  const entries: TreeEntry[] = []
  const walk = (within: string) => {
    for (const name of readdirSync(join(directory, within)).sort()) {
      const path = posix.join(within, name)
      if (excludes(path)) continue
      const entry = readEntry(directory, path, trust)
      entries.push(entry)
      if (entry.type === 'directory') walk(path)
    }
  }
  walk('')
  return { entries, excludes }
}

function readEntry(directory: string, path: string, trust: FileTrust): TreeEntry {
  const full = join(directory, path)
  // The replacement character stands for bytes that are not UTF-8: the name on the disk is another one.
  if (/[\0-\x1f\x7f\ufffd]/.test(path))
    throw new UntrustedFile(`${directory} has a name with a control character or an invalid byte: ${path}`, RENAME)
  const found = lstatSync(full)
  if (found.isSymbolicLink()) return { type: 'link', path, target: insideTarget(directory, path) }
  trust.check(full)
  if (found.isDirectory()) return { type: 'directory', path }
  return fileAt(full, path, found.size, (found.mode & 0o100) !== 0)
}

const RENAME = "rename it, or name it under 'exclude'"

/** What a link holds: relative, and neither by its text nor on this machine does it lead out of the directory. */
function insideTarget(directory: string, path: string): string {
  const target = readlinkSync(join(directory, path))
  const leads = posix.join(posix.dirname(path), target)
  const outside = posix.isAbsolute(target) || leads === '..' || leads.startsWith('../') || !staysInside(directory, path)
  if (!outside) return target
  throw new UntrustedFile(
    `the symbolic link ${join(directory, path)} leads out of ${directory}, to ${target}`,
    "copy what it points to into the directory, or name it under 'exclude' and make it with ensureLink",
  )
}

function staysInside(directory: string, path: string): boolean {
  const top = realpathSync(directory)
  try {
    const real = realpathSync(join(directory, path))
    return real === top || real.startsWith(`${top}/`)
  } catch {
    // It leads to nothing, and its text is inside.
    return true
  }
}

const fileAt = (full: string, path: string, size: number, executable: boolean): TreeFile => {
  let digest: string | undefined
  return {
    type: 'file',
    path,
    size,
    executable,
    get sha256() {
      return (digest ??= digestOf(full))
    },
    read: () => readFileSync(full),
  }
}

const CHUNK = 1024 * 1024

/** Without holding the whole file. */
function digestOf(file: string): string {
  const hash = createHash('sha256')
  const chunk = Buffer.allocUnsafe(CHUNK)
  const from = openSync(file, 'r')
  try {
    for (let length = readSync(from, chunk); length > 0; length = readSync(from, chunk))
      hash.update(chunk.subarray(0, length))
  } finally {
    closeSync(from)
  }
  return hash.digest('hex')
}
