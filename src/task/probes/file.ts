// What is at a path: nothing, a file with its content, a directory, a socket; its owner and modification time.
import { UNKNOWN } from '../../model/computed.ts'
import { commandLine } from '../../model/quoteShell.ts'
import { AnswerReader } from './answerReader.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe, type Question, Refusal } from './probe.ts'
import { FILE_FUNCTIONS } from './fileScript.ts'
import { readEpoch } from './timestamp.ts'
import { readRefusal } from './readRefusal.ts'
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
  /** The content is read through links that another user can replace. */
  readonly follow: boolean
}

/** The number of bytes up to which a probe brings a file's text: 256 KiB. */
export const TEXT_LIMIT = 256 * 1024

const END = 'end of files\n'

/** As probe_files wants them: those with a digest alone first, then those with a text too, then those with a text alone. */
const rank = ({ text, digest }: FileDetail): number => (digest ? (text ? 1 : 0) : text ? 2 : NEITHER)
const NEITHER = 3

const fileKind: ProbeKind<FileDetail, FileFact> = {
  name: 'file',
  functions: FILE_FUNCTIONS,
  merge: (a, b) => ({ text: a.text || b.text, digest: a.digest || b.digest, follow: a.follow || b.follow }),
  isOpen: (fact, { text, digest }) =>
    fact.type === 'file' &&
    ((text && (fact.text as unknown) === UNKNOWN) || (digest && (fact.sha256 as unknown) === UNKNOWN)),
  isAbsent: (fact) => fact.type === 'absent' || fact.type === 'dangling-link',
  nowhere: { type: 'absent' },
  inShell: true,
  script(questions) {
    const ranks = questions.map(({ detail }) => rank(detail))
    const counts = [1, 2, NEITHER].map((end) => String(ranks.filter((one) => one < end).length))
    const ordered = inOrder(questions)
    const followed = ordered.flatMap(({ detail }, i) => (detail.follow ? [` ${i + 1} `] : [])).join('')
    const paths = ordered.map(({ subject }) => subject)
    return `${commandLine(['probe_files', String(TEXT_LIMIT), ...counts, followed, ...paths])}\necho 'end of files'`
  },
  read(stdout, questions) {
    const reader = new AnswerReader(stdout, 'files')
    const found = inOrder(questions).map((question): Found => ({ question, state: reader.line(), fact: { type: '' } }))
    let line = reader.line()
    const careful = line.startsWith(CAREFUL) ? readNumbers(line, found) : []
    if (careful.length > 0) line = reader.line()
    const owners = readOwners(reader, line)
    const { owner, group, uid, gid } = readInode(reader.line(), '', owners)
    for (const one of found) one.fact = readState(reader, one.state, owners, { owner, group, uid, gid })
    const plain = careful.length === 0 ? found : found.filter((one) => !careful.includes(one))
    for (const one of plain) readText(reader, one)
    for (const one of plain) readDigest(reader, one)
    for (const one of careful) readCarefully(reader, one)
    reader.expect(END)
    const facts = new Map(found.map(({ question, fact }) => [question, Object.freeze(fact) as FileFact]))
    return questions.map((question) => facts.get(question) as FileFact)
  },
}

const EXISTS = 'exists '
const CAREFUL = 'careful '

/** Those of the paths that were read with care. */
const readNumbers = (line: string, found: readonly Found[]): readonly Found[] =>
  line
    .slice(CAREFUL.length)
    .split(' ')
    .map((number) => {
      const one = found[Number(number) - 1]
      if (!one) throw new GarbledAnswer(`the answer about files names ${JSON.stringify(number.slice(0, 20))}`)
      return one
    })

/** Owner and group, by what stat prints of their numbers. */
type Owners = ReadonlyMap<string, Accounts>

/** A line for each pair, from the one that was read already to an empty line. */
function readOwners(reader: AnswerReader, first: string): Owners {
  const owners = new Map<string, Accounts>()
  for (let line = first; line !== ''; line = reader.line()) {
    const match = OWNER_LINE.exec(line)
    if (!match) throw new GarbledAnswer(`stat answered ${JSON.stringify(line.slice(0, 80))}`)
    const [, numbers = '', uid, gid, owner = '', group = ''] = match
    owners.set(numbers, { owner: shareText(owner), group: shareText(group), uid: Number(uid), gid: Number(gid) })
  }
  return owners
}

function readState(reader: AnswerReader, state: string, owners: Owners, creator: Accounts): DraftFact {
  if (state === EXISTS || state.startsWith(`${EXISTS}r`) || state === `${EXISTS}l`)
    return readInode(reader.line(), state, owners)
  if (state === 'absent') return { type: state, creator }
  if (state === 'denied' || state === 'dangling-link') return { type: state }
  throw new GarbledAnswer(`a path is ${JSON.stringify(state.slice(0, 80))}`)
}

const inOrder = (questions: readonly Question<FileDetail>[]) =>
  [0, 1, 2, NEITHER].flatMap((place) => questions.filter(({ detail }) => rank(detail) === place))

interface Found {
  readonly question: Question<FileDetail>
  readonly state: string
  fact: DraftFact | Refusal
}

/** A fact until it is whole. */
interface DraftFact extends Partial<Inode> {
  readonly type: string
  readonly creator?: Accounts
  text?: string | null
  sha256?: string | null
}

const isReadable = ({ state }: Found, fact: Found['fact']): fact is DraftFact & Inode =>
  !(fact instanceof Refusal) && fact.type === 'file' && state[EXISTS.length] === 'r'

/** Puts a file's text and digest into its fact, where it is brought whole. */
function readText(reader: AnswerReader, one: Found): void {
  const { question, fact } = one
  if (!question.detail.text || !isReadable(one, fact)) return
  const bytes = reader.bytes(Math.min(fact.size, TEXT_LIMIT))
  if (fact.size <= TEXT_LIMIT) Object.assign(fact, sharedContent(question.subject, bytes))
}

function readDigest(reader: AnswerReader, one: Found): void {
  const { question, fact } = one
  if (question.detail.digest && isReadable(one, fact))
    fact.sha256 = shareText(reader.line().replace(/^\\/, '').slice(0, 64))
}

function readCarefully(reader: AnswerReader, one: Found): void {
  const head = reader.line()
  if (head === 'entered') {
    const owners = readOwners(reader, reader.line())
    one.fact = readInode(reader.line(), one.state, owners)
    readText(reader, one)
    readDigest(reader, one)
    return
  }
  one.fact = readRefusal(reader, one.question.subject, head)
}

/** What is at an absolute path, without the content. */
export const inode = (path: string): Probe<FileFact> =>
  probe(fileKind, path, { text: false, digest: false, follow: false })

/** Whose links are followed when a content is read. */
export interface Following {
  /** Those too that a user other than root and the one who asks can replace. Default: such a probe is refused. */
  readonly follow?: boolean | undefined
}

/** What is at an absolute path, with text and digest of a file up to TEXT_LIMIT bytes. */
export const textFile = (path: string, { follow = false }: Following = {}): Probe<FileFact> =>
  probe(fileKind, path, { text: true, digest: false, follow })

/** What is at an absolute path, with the text (up to TEXT_LIMIT bytes) and the digest of a file of any size. */
export const digestedFile = (path: string, { follow = false }: Following = {}): Probe<FileFact> =>
  probe(fileKind, path, { text: true, digest: true, follow })

/** What is at an absolute path, with the digest of a file of any size and without its text. */
export const fileDigest = (path: string, { follow = false }: Following = {}): Probe<FileFact> =>
  probe(fileKind, path, { text: false, digest: true, follow })

const TYPES: Readonly<Record<number, 'file' | 'directory' | 'socket'>> = {
  0x8000: 'file',
  0x4000: 'directory',
  0xc000: 'socket',
}

/** Uid and gid, and their names. */
const OWNER_LINE = /^((\d{1,15}):(\d{1,15})):([^:]*):([^:]*)$/

/**
 * Uid and gid, type and permissions in hexadecimal, size, number of names, the times of change and last write, and that of
 * creation in seconds, where it is known.
 */
const STAT_LINE =
  /^(\d{1,15}:\d{1,15}):([0-9a-f]+):(\d{1,15}):(\d{1,15}):(-?\d{1,12}\.\d{6})\/(-?\d{1,12}\.\d{6})\/(\S+)$/

/** Read for each file on each host. */
function readInode(line: string, state: string, owners: Owners): DraftFact & Accounts {
  const [, numbers = '', bits = '', size, links, changed = '', written = '', born = ''] = STAT_LINE.exec(line) ?? []
  const accounts = owners.get(numbers)
  if (!accounts) throw new GarbledAnswer(`stat answered ${JSON.stringify(line.slice(0, 80))}`)
  const mode = Number.parseInt(bits, 16)
  const type = TYPES[mode & 0xf000] ?? 'other'
  const changedAt = readEpoch(changed)
  // Most files have not been touched since they were written.
  const writtenAt = written === changed ? changedAt : readEpoch(written)
  return {
    type,
    mode: permissions(mode & 0o7777),
    ...accounts,
    size: Number(size),
    changedAt: links === '1' || type !== 'file' ? changedAt : changeOfLinked(changedAt, writtenAt, born),
    writtenAt,
    link: state.endsWith('l'),
    ...(type === 'file' && { text: null, sha256: null }),
  }
}

const changeOfLinked = (changedAt: number, writtenAt: number, born: string): number =>
  /^[1-9]\d{0,11}$/.test(born) ? Math.min(changedAt, Math.max(writtenAt, Number(born) * 1e6 + 999_999)) : changedAt

const permissionTexts: string[] = []

const permissions = (bits: number): string => (permissionTexts[bits] ??= bits.toString(8).padStart(4, '0'))
