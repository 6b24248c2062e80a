// What is at a path: nothing, a file with its text, a directory, a socket; who owns it and when it last changed.
import { commandLine } from '../../model/quoteShell.ts'
import { GarbledAnswer, type Probe, type ProbeKind, probe } from '../probe.ts'
import { shareText } from '../shareText.ts'

/** What stat says of anything that exists. A symbolic link is followed. */
export interface Inode {
  /** Permission bits as people write them: `0644`. */
  readonly mode: string
  readonly owner: string
  readonly group: string
  readonly uid: number
  readonly gid: number
  /** Bytes. */
  readonly size: number
  /** Inode change time (which no tool can set back), microseconds since the epoch, by the host's clock. */
  readonly changedAt: number
  /** The path itself is a symbolic link. */
  readonly link: boolean
}

export type FileFact =
  | { readonly type: 'absent' }
  /** A folder on the way may not be searched: nobody can say. */
  | { readonly type: 'denied' }
  | { readonly type: 'dangling-link' }
  | (Inode & { readonly type: 'directory' | 'socket' | 'other' })
  | (Inode & {
      readonly type: 'file'
      /** Null when it was not asked for, may not be read, is longer than TEXT_LIMIT or is no UTF-8 text. */
      readonly text: string | null
      /** Hexadecimal; null when it was not asked for or the file may not be read. */
      readonly sha256: string | null
    })

export interface FileDetail {
  readonly text: boolean
  readonly digest: boolean
}

/** Bytes of text that a probe brings at most. */
export const TEXT_LIMIT = 256 * 1024

// A line for each path (what is there, then r: may be read, l: is a link), then stat's line for each that exists.
const PROBE_STAT = `n=$#
while [ "$n" -gt 0 ]; do
  p=$1 n=$((n - 1)) flags=; shift
  [ -L "$p" ] && flags=l
  if [ -e "$p" ]; then
    [ -r "$p" ] && flags=r$flags
    echo "exists $flags"; set -- "$@" "$p"
  elif [ "$flags" ]; then echo dangling-link
  else
    d=$p; while [ "$d" ] && [ ! -e "$d" ]; do d=\${d%/*}; done
    if [ -d "\${d:-/}" ] && [ ! -x "\${d:-/}" ]; then echo denied; else echo absent; fi
  fi
done
[ $# -eq 0 ] || stat -L -c '%f %u %g %U %G %s %z' -- "$@"`

const ONLY_READABLE_FILES = `n=$#
while [ "$n" -gt 0 ]; do
  p=$1 n=$((n - 1)); shift
  if [ -f "$p" ] && [ -r "$p" ]; then set -- "$@" "$p"; fi
done
[ $# -gt 0 ] || return 0`

// The beginnings of all files one after the other; their sizes are known from stat.
const PROBE_TEXT = `limit=$1; shift; ${ONLY_READABLE_FILES}
head -q -c "$limit" -- "$@"`

const PROBE_DIGEST = `${ONLY_READABLE_FILES}
sha256sum -- "$@"`

const END = 'end of files\n'

const fileKind: ProbeKind<FileDetail, FileFact> = {
  name: 'file',
  functions: { probe_stat: PROBE_STAT, probe_text: PROBE_TEXT, probe_digest: PROBE_DIGEST },
  merge: (a, b) => ({ text: a.text || b.text, digest: a.digest || b.digest }),
  isAbsent: (fact) => fact.type === 'absent' || fact.type === 'dangling-link',
  script(questions) {
    const paths = (wanted: (detail: FileDetail) => boolean) =>
      questions.filter((question) => wanted(question.detail)).map((question) => question.subject)
    const texts = paths((detail) => detail.text)
    const digests = paths((detail) => detail.digest)
    return [
      commandLine(['probe_stat', ...paths(() => true)]),
      ...(texts.length ? [commandLine(['probe_text', String(TEXT_LIMIT), ...texts])] : []),
      ...(digests.length ? [commandLine(['probe_digest', ...digests])] : []),
      "echo 'end of files'",
    ].join('\n')
  },
  read(stdout, questions) {
    const reader = new AnswerReader(stdout)
    const states = questions.map(() => reader.line())
    const facts = states.map((state) =>
      state.startsWith('exists') ? readInode(reader.line(), state) : { type: state },
    )
    const texts = questions.map(({ detail }, i) => {
      const fact = facts[i] as FileFact
      if (!detail.text || fact.type !== 'file' || !states[i]?.includes('r')) return null
      const bytes = reader.bytes(Math.min(fact.size, TEXT_LIMIT))
      const text = fact.size > TEXT_LIMIT ? null : decodeText(bytes)
      return text === null ? null : shareText(text)
    })
    const digests = questions.map(({ detail }, i) => {
      const readable = detail.digest && facts[i]?.type === 'file' && states[i]?.includes('r')
      return readable ? shareText(reader.line().replace(/^\\/, '').slice(0, 64)) : null
    })
    reader.expect(END)
    return facts.map(
      (fact, i) =>
        Object.freeze(fact.type === 'file' ? { ...fact, text: texts[i], sha256: digests[i] } : fact) as FileFact,
    )
  },
}

/** What is at an absolute path, without its content. */
export const inode = (path: string): Probe<FileFact> => probe(fileKind, path, { text: false, digest: false })

/** What is at an absolute path, with the text of a file (up to TEXT_LIMIT). */
export const textFile = (path: string): Probe<FileFact> => probe(fileKind, path, { text: true, digest: false })

/** What is at an absolute path, with the text (up to TEXT_LIMIT) and the digest of a file of any size. */
export const digestedFile = (path: string): Probe<FileFact> => probe(fileKind, path, { text: true, digest: true })

/** Takes an answer apart from front to back; everything in it has a known length. */
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

function readInode(line: string, state: string): Inode & { type: string } {
  const match = /^([0-9a-f]+) (\d+) (\d+) (\S+) (\S+) (\d+) (.+)$/.exec(line)
  if (!match) throw new GarbledAnswer(`stat answered ${JSON.stringify(line.slice(0, 80))}`)
  const [, bits = '', uid, gid, owner = '', group = '', size, changed = ''] = match
  const mode = Number.parseInt(bits, 16)
  return {
    type: TYPES[mode & 0xf000] ?? 'other',
    mode: shareText((mode & 0o7777).toString(8).padStart(4, '0')),
    owner: shareText(owner),
    group: shareText(group),
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    changedAt: readTimestamp(changed),
    link: state.endsWith('l'),
  }
}

/** `2026-11-24 03:37:59.123456789 +0000`, as stat prints it with TZ=UTC, to microseconds since the epoch. */
export function readTimestamp(text: string): number {
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?/.exec(text)
  if (!match) throw new GarbledAnswer(`no time: ${JSON.stringify(text.slice(0, 60))}`)
  const [, day, time, fraction = ''] = match
  return Date.parse(`${day}T${time}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

/** The text that bytes are in UTF-8; null when they are none, or hold a NUL. */
export function decodeText(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? null : text
}
