// `--log FILE`: the events of a run as JSON Lines in a file, beside what is shown.
import { closeSync, fchmodSync, fstatSync, ftruncateSync, writeSync } from 'node:fs'
import { type Checked, checked, mistake, mistaken } from '../model/diagnostic.ts'
import { whyUnreadable } from '../model/namedFile.ts'
import { openOwnFile } from '../model/ownFile.ts'
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

function openOwn(path: string): number {
  const file = openOwnFile(path)
  if (fstatSync(file).isFile()) {
    fchmodSync(file, 0o600)
    ftruncateSync(file)
  }
  return file
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
