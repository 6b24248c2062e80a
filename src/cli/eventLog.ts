// `--log FILE`: the events of a run as JSON Lines in a file, beside what is shown.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'
import { whyUnreadable } from '../model/namedFile.ts'
import { jsonlReporter } from '../report/jsonlReporter.ts'
import type { Reporter } from '../report/reporter.ts'

/**
 * The file is new or written over, and yours alone: diffs may hold what others should not read. A link or a file that
 * another user could have put there is not written.
 */
export function openEventLog(path: string): Checked<number> {
  try {
    return checked(openOwn(path))
  } catch (error) {
    const message = `--log: cannot write '${path}': ${whyUnreadable(error)}`
    return mistaken([
      mistake('unwritable-log', message, undefined, 'name a file in a directory that only you can write to'),
    ])
  }
}

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants

function openOwn(path: string): number {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (!there) return openSync(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
  const guarded = isGuarded(dirname(path))
  if (there.isSymbolicLink() && !guarded) throw new Error('it is a link that another user can replace')
  const file = openSync(path, O_WRONLY | (guarded ? 0 : O_NOFOLLOW))
  try {
    const found = fstatSync(file)
    if (!isTrusted(found.uid)) throw new Error('it belongs to another user')
    if (!found.isFile()) return file
    if (found.nlink > 1 && !guarded) throw new Error('it has a second name that another user may have given it')
    fchmodSync(file, 0o600)
    ftruncateSync(file)
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

const isTrusted = (uid: number): boolean => uid === userInfo().uid || uid === 0

/** Nobody else can put a name into this directory. */
function isGuarded(directory: string): boolean {
  const { uid, mode } = statSync(directory)
  return isTrusted(uid) && (mode & 0o022) === 0
}

/** Each event is in the file before it is shown, so that a run that is killed leaves its log. */
export function withEventLog(reporter: Reporter, file: number): Reporter {
  const log = jsonlReporter({ out: (text) => void writeSync(file, text), err: () => {} })
  let open = true
  const close = () => {
    if (open) closeSync(file)
    open = false
  }
  return {
    event(event) {
      if (open) log.event(event)
      reporter.event(event)
    },
    async end() {
      await reporter.end()
      close()
    },
    leave() {
      reporter.leave()
      close()
    },
  }
}
