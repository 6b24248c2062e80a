// The entries of a directory, and when each was last changed.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'
import { readEpoch } from './timestamp.ts'

/** One entry of a directory. */
export interface DirectoryEntry {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Inode change time in microseconds since the epoch, by the host's clock. */
  readonly changedAt: number
}

/** The entries sorted by name, hidden ones left out; null when there is no such directory. */
export interface DirectoryFact {
  readonly entries: readonly DirectoryEntry[] | null
}

const PROBE_DIRECTORIES = `for d; do
  if [ -d "$d" ]; then echo directory; else echo absent; continue; fi
  set -- "$d"/*
  if [ -e "$1" ] || [ -L "$1" ]; then stat -c '%s %.6Z %n' -- "$@"; fi
  echo .
done`

const directoryKind: ProbeKind<null, DirectoryFact> = {
  name: 'directory',
  functions: { probe_directories: PROBE_DIRECTORIES },
  isAbsent: (fact) => fact.entries === null,
  nowhere: { entries: null },
  script: (questions) => commandLine(['probe_directories', ...questions.map((question) => question.subject)]),
  read(stdout, questions) {
    const lines = stdout.toString('utf8').split('\n')
    let next = 0
    return questions.map(({ subject }) => {
      const head = lines[next++]
      if (head === 'absent') return Object.freeze({ entries: null })
      if (head !== 'directory') throw new GarbledAnswer('the answer about directories is incomplete')
      const entries: DirectoryEntry[] = []
      for (let line = lines[next++]; line !== '.'; line = lines[next++]) {
        const match = /^(\d+) (\S+) (.*)$/.exec(line ?? '')
        if (!match) throw new GarbledAnswer(`a name in ${subject} cannot be read`)
        const [, size, changed = '', path = ''] = match
        entries.push({ name: path.slice(subject.length + 1), size: Number(size), changedAt: readEpoch(changed) })
      }
      entries.sort((a, b) => (a.name < b.name ? -1 : 1))
      return Object.freeze({ entries })
    })
  },
}

/**
 * The entries of a directory, one level deep, without hidden ones.
 *
 * @param path - An absolute path. A symbolic link is followed.
 */
export const directory = (path: string): Probe<DirectoryFact> =>
  probe(directoryKind, path.replace(/(.)\/+$/, '$1'), null)
