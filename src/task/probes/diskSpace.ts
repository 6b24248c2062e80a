// Whether a file system has room: asked as a limit, since the free space itself changes all the time.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from './probe.ts'

/** Whether there is room. */
export interface SpaceFact {
  readonly enough: boolean
  /** Where the file system is mounted. */
  readonly mount: string
}

// A directory may not be there yet: the nearest one above it is on the same file system.
const PROBE_SPACE = `set -- "$@" --
while [ "$1" != -- ]; do
  d=/\${1#/}; shift
  while [ ! -d "$d" ]; do d=\${d%/*}; d=\${d:-/}; done
  set -- "$@" "$d"
done
df -Pk "$@"`

interface SpaceDetail {
  readonly directory: string
  readonly megabytes: number
}

const spaceKind: ProbeKind<SpaceDetail, SpaceFact> = {
  name: 'space',
  functions: { probe_space: PROBE_SPACE },
  script: (questions) => commandLine(['probe_space', ...questions.map(({ detail }) => detail.directory)]),
  read(stdout, questions) {
    const [, ...lines] = stdout.toString('utf8').split('\n')
    return questions.map(({ detail }, i) => {
      const [, kibibytes, mount = ''] = /^.*?\s(-?\d+)\s+\d+%\s+(\/.*)$/.exec(lines[i] ?? '') ?? []
      if (kibibytes === undefined) throw new GarbledAnswer('the answer about free space is incomplete')
      return Object.freeze({ enough: Number(kibibytes) >= detail.megabytes * 1024, mount })
    })
  },
}

/**
 * Whether the file system of a directory has room.
 *
 * @param directory - An absolute path, which need not exist yet.
 * @param megabytes - How many MiB must be free for a user other than root.
 */
export const diskSpace = (directory: string, megabytes: number): Probe<SpaceFact> =>
  probe(spaceKind, `${megabytes} MB at ${directory}`, { directory, megabytes })
