// What is at a path: nothing, a file with its content, a directory, a socket; its owner and modification time.
import { UNKNOWN } from '../../model/computed.ts'
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe, type Question } from './probe.ts'
import { sharedContent } from '../content/sharedContent.ts'
import { shareText } from '../content/shareText.ts'

/** Owner and group, by name and by number. */
export interface Accounts {
  readonly owner: string
  readonly group: string
  readonly uid: number
  readonly gid: number
}

/** What `stat` reports about anything that exists. A symbolic link is followed. */
export interface Inode extends Accounts {
  /** Four octal digits: `0644`. */
  readonly mode: string
  /** Bytes. */
  readonly size: number
  /**
   * Inode change time (which no tool can set back) in microseconds since the epoch, by the host's clock. A file with several
   * names has the later one of its creation and its last write, since another name changes the inode but not the file.
   */
  readonly changedAt: number
  /** The last write to it, likewise; anyone may set it. Absent from a prediction: nobody knows when it will be. */
  readonly writtenAt?: number | undefined
  /** The path itself is a symbolic link. */
  readonly link: boolean
}

/** What is at a path. */
export type FileFact =
  | { readonly type: 'absent' /** Who would own what the task creates there. */; readonly creator?: Accounts }
  /** A directory on the way may not be searched. */
  | { readonly type: 'denied' }
  | { readonly type: 'dangling-link' }
  | (Inode & { readonly type: 'directory' | 'socket' | 'other' })
  | (Inode & {
      readonly type: 'file'
      /** Null when it was not asked for, cannot be read, is longer than TEXT_LIMIT or is not UTF-8 text. */
      readonly text: string | null
      /** In hexadecimal; null when the file cannot be read, or is longer than TEXT_LIMIT and the digest was not asked for. */
      readonly sha256: string | null
    })

export interface FileDetail {
  readonly text: boolean
  readonly digest: boolean
}

/** The number of bytes up to which a probe brings a file's text: 256 KiB. */
export const TEXT_LIMIT = 256 * 1024

/**
 * `probe_files LIMIT SILENT DIGESTS TEXTS PATH…` prints a line for each path (what is there, then r: readable, l: a
 * link), stat's line for its own process, which shows who asks, and stat's line for each path that exists. Then follow
 * the beginnings of the files among the first TEXTS paths without the first SILENT of them, and the digests of those
 * among the first DIGESTS. Each path is sent once, and nothing is forked but stat, head and, where it is asked for,
 * sha256sum. Their arguments are gathered as "${1}" "${2}" …: to put the paths themselves into another list would copy
 * the list for each.
 */
const PROBE_FILES = `limit=$1 silent=$2 digests=$3 texts=$4 i=0 stats= heads= sums=; shift 4
for p; do
  i=$((i + 1)) flags=
  [ -L "$p" ] && flags=l
  if [ -e "$p" ]; then
    stats="$stats \\"\\\${$i}\\""
    if [ -r "$p" ]; then
      flags=r$flags
      if [ -f "$p" ]; then
        [ $i -le "$silent" ] || [ $i -gt "$texts" ] || heads="$heads \\"\\\${$i}\\""
        [ $i -gt "$digests" ] || sums="$sums \\"\\\${$i}\\""
      fi
    fi
    echo "exists $flags"
  elif [ "$flags" ]; then echo dangling-link
  else
    d=$p; while [ "$d" ] && [ ! -e "$d" ]; do d=\${d%/*}; done
    if [ -d "\${d:-/}" ] && [ ! -x "\${d:-/}" ]; then echo denied; else echo absent; fi
  fi
done
eval "stat -L -c '%s:%f:%u:%g:%U:%G:%h:%z/%y/%W' -- /proc/self $stats"
[ -z "$heads" ] || eval "head -q -c $limit -- $heads"
[ -z "$sums" ] || eval "sha256sum -- $sums"`

const END = 'end of files\n'

/** As probe_files wants them: those with a digest alone first, then those with a text too, then those with a text alone. */
const rank = ({ text, digest }: FileDetail): number => (digest ? (text ? 1 : 0) : text ? 2 : NEITHER)
const NEITHER = 3

const fileKind: ProbeKind<FileDetail, FileFact> = {
  name: 'file',
  functions: { probe_files: PROBE_FILES },
  merge: (a, b) => ({ text: a.text || b.text, digest: a.digest || b.digest }),
  isOpen: (fact, { text, digest }) =>
    fact.type === 'file' &&
    ((text && (fact.text as unknown) === UNKNOWN) || (digest && (fact.sha256 as unknown) === UNKNOWN)),
  isAbsent: (fact) => fact.type === 'absent' || fact.type === 'dangling-link',
  nowhere: { type: 'absent' },
  script(questions) {
    const ranks = questions.map(({ detail }) => rank(detail))
    const counts = [1, 2, NEITHER].map((end) => String(ranks.filter((one) => one < end).length))
    const paths = inOrder(questions).map(({ subject }) => subject)
    return `${commandLine(['probe_files', String(TEXT_LIMIT), ...counts, ...paths])}\necho 'end of files'`
  },
  read(stdout, questions) {
    const reader = new AnswerReader(stdout)
    const found = inOrder(questions).map((question): Found => ({ question, state: reader.line(), fact: { type: '' } }))
    const { owner, group, uid, gid } = readInode(reader.line(), '')
    for (const one of found) one.fact = readState(reader, one.state, { owner, group, uid, gid } as Accounts)
    for (const one of found) readContent(reader, one)
    for (const one of found)
      if (one.question.detail.digest && isReadable(one))
        one.fact.sha256 = shareText(reader.line().replace(/^\\/, '').slice(0, 64))
    reader.expect(END)
    const facts = new Map(found.map(({ question, fact }) => [question, Object.freeze(fact) as FileFact]))
    return questions.map((question) => facts.get(question) as FileFact)
  },
}

const EXISTS = 'exists '

function readState(reader: AnswerReader, state: string, creator: Accounts): DraftFact {
  if (state === EXISTS || state.startsWith(`${EXISTS}r`) || state === `${EXISTS}l`)
    return readInode(reader.line(), state)
  if (state === 'absent') return { type: state, creator }
  if (state === 'denied' || state === 'dangling-link') return { type: state }
  throw new GarbledAnswer(`a path is ${JSON.stringify(state.slice(0, 80))}`)
}

const inOrder = (questions: readonly Question<FileDetail>[]) =>
  [0, 1, 2, NEITHER].flatMap((place) => questions.filter(({ detail }) => rank(detail) === place))

interface Found {
  readonly question: Question<FileDetail>
  readonly state: string
  fact: DraftFact
}

/** A fact until it is whole. */
interface DraftFact extends Partial<Inode> {
  readonly type: string
  readonly creator?: Accounts
  text?: string | null
  sha256?: string | null
}

const isReadable = ({ state, fact }: Found): boolean => fact.type === 'file' && state[EXISTS.length] === 'r'

/** Puts a file's text and digest into its fact, where it is brought whole. */
function readContent(reader: AnswerReader, one: Found): void {
  const { question, fact } = one
  if (!question.detail.text || !isReadable(one)) return
  const { size = 0 } = fact
  const bytes = reader.bytes(Math.min(size, TEXT_LIMIT))
  if (size <= TEXT_LIMIT) Object.assign(fact, sharedContent(question.subject, bytes))
}

/** What is at an absolute path, without the content. */
export const inode = (path: string): Probe<FileFact> => probe(fileKind, path, { text: false, digest: false })

/** What is at an absolute path, with text and digest of a file up to TEXT_LIMIT bytes. */
export const textFile = (path: string): Probe<FileFact> => probe(fileKind, path, { text: true, digest: false })

/** What is at an absolute path, with the text (up to TEXT_LIMIT bytes) and the digest of a file of any size. */
export const digestedFile = (path: string): Probe<FileFact> => probe(fileKind, path, { text: true, digest: true })

/** What is at an absolute path, with the digest of a file of any size and without its text. */
export const fileDigest = (path: string): Probe<FileFact> => probe(fileKind, path, { text: false, digest: true })

/** Reads an answer from front to back; everything in it has a known length. */
class AnswerReader {
  readonly #bytes: Buffer
  #at = 0
  constructor(stdout: Buffer) {
    this.#bytes = stdout
  }
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at)
    if (end < 0) throw new GarbledAnswer('the answer about files ends too early')
    const line = this.#bytes.toString('utf8', this.#at, end)
    this.#at = end + 1
    return line
  }
  bytes(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new GarbledAnswer('a file became shorter while it was read')
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
  expect(text: string): void {
    if (this.#bytes.toString('latin1', this.#at) !== text) throw new GarbledAnswer('a file changed while it was read')
  }
}

const TYPES: Readonly<Record<number, 'file' | 'directory' | 'socket'>> = {
  0x8000: 'file',
  0x4000: 'directory',
  0xc000: 'socket',
}

/** Size, type and permissions in hexadecimal, uid, gid, owner, group, number of names, times. */
const STAT_LINE = /^(\d{1,15}):([0-9a-f]+):(\d{1,15}):(\d{1,15}):([^:]*):([^:]*):(\d{1,15}):(.*)$/

/** Read for each file on each host. */
function readInode(line: string, state: string): DraftFact {
  const match = STAT_LINE.exec(line)
  if (!match) throw new GarbledAnswer(`stat answered ${JSON.stringify(line.slice(0, 80))}`)
  const [, size, bits = '', uid, gid, owner = '', group = '', links, times = ''] = match
  const mode = Number.parseInt(bits, 16)
  const type = TYPES[mode & 0xf000] ?? 'other'
  return {
    type,
    mode: permissions(mode & 0o7777),
    owner: shareText(owner),
    group: shareText(group),
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    changedAt: lastChange(times, links === '1' || type !== 'file'),
    writtenAt: lastWrite(times),
    link: state.endsWith('l'),
    ...(type === 'file' && { text: null, sha256: null }),
  }
}

/** Undefined where the answer has the change alone. */
function lastWrite(times: string): number | undefined {
  const written = times.split('/', 2)[1]
  return written === undefined ? undefined : readTimestamp(written)
}

/** `ctime/mtime/birth`; the birth is in seconds, or unknown. */
function lastChange(times: string, single: boolean): number {
  if (single) return readTimestamp(times.split('/', 1)[0] ?? '')
  const [changed = '', written = '', born = ''] = times.split('/')
  if (!/^[1-9]\d{0,11}$/.test(born)) return readTimestamp(changed)
  return Math.min(readTimestamp(changed), Math.max(readTimestamp(written), Number(born) * 1e6 + 999_999))
}

const permissionTexts: string[] = []

const permissions = (bits: number): string => (permissionTexts[bits] ??= bits.toString(8).padStart(4, '0'))

/** `2026-11-24 03:37:59.123456789 +0000`, as stat prints it with TZ=UTC, to microseconds since the epoch. */
export function readTimestamp(text: string): number {
  const match = /(\d{4}-\d\d-\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?/.exec(text)
  if (!match) throw new GarbledAnswer(`not a time: ${JSON.stringify(text.slice(0, 60))}`)
  const [, day = '', hours, minutes, seconds, fraction = ''] = match
  const ofDay = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)
  const start = startOf(day)
  if (Number.isNaN(start) || ofDay > 86_400) throw new GarbledAnswer(`not a time: ${JSON.stringify(text.slice(0, 60))}`)
  return start + ofDay * 1e6 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** The last day asked for, and the microseconds at which it begins: the files of one host are mostly of one day. */
let lastDay: readonly [day: string, start: number] = ['', 0]

function startOf(day: string): number {
  if (lastDay[0] !== day) lastDay = [day, Date.parse(day) * 1000]
  return lastDay[1]
}
