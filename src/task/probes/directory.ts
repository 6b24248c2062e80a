// What a directory holds: the names in it, and when each was last changed.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'
import { readTimestamp } from './file.ts'

export interface DirectoryEntry {
  readonly name: string
  readonly size: number
  /** Inode change time, microseconds since the epoch, by the host's clock. */
  readonly changedAt: number
}

/** Entries sorted by name as bytes, hidden ones left out; null when there is no such directory. */
export interface DirectoryFact {
  readonly entries: readonly DirectoryEntry[] | null
}

const PROBE_DIRECTORIES = `for d; do
  if [ -d "$d" ]; then echo directory; else echo absent; continue; fi
  set -- "$d"/*
  if [ -e "$1" ] || [ -L "$1" ]; then stat -c '%s %z %n' -- "$@"; fi
  echo .
done`

const directoryKind: ProbeKind<null, DirectoryFact> = {
  name: 'directory',
  functions: { probe_directories: PROBE_DIRECTORIES },
  isAbsent: (fact) => fact.entries === null,
  script: (questions) => commandLine(['probe_directories', ...questions.map((question) => question.subject)]),
  read(stdout, questions) {
    const lines = stdout.toString('utf8').split('\n')
    let next = 0
    return questions.map(({ subject }) => {
      const head = lines[next++]
      if (head === 'absent') return Object.freeze({ entries: null })
      if (head !== 'directory') throw new GarbledAnswer('the answer about directories is cut short')
      const entries: DirectoryEntry[] = []
      for (let line = lines[next++]; line !== '.'; line = lines[next++]) {
        const match = /^(\d+) (\S+ \S+ \S+) (.*)$/.exec(line ?? '')
        if (!match) throw new GarbledAnswer(`a name in ${subject} cannot be read`)
        const [, size, changed = '', path = ''] = match
        entries.push({ name: path.slice(subject.length + 1), size: Number(size), changedAt: readTimestamp(changed) })
      }
      entries.sort((a, b) => (a.name < b.name ? -1 : 1))
      return Object.freeze({ entries })
    })
  },
}

/** What a directory holds, one level deep. */
export const directory = (path: string): Probe<DirectoryFact> =>
  probe(directoryKind, path.replace(/(.)\/+$/, '$1'), null)
