// Text and digest of a file's bytes, computed once for all hosts that have the same file.
import { sha256 } from './sha256.ts'
import { shareText } from './shareText.ts'

export interface Content {
  /** Null when the bytes are not UTF-8 text or contain a NUL. */
  readonly text: string | null
  /** Hexadecimal. */
  readonly sha256: string
}

interface Known {
  readonly bytes: Buffer
  readonly content: Content
}

/** Bytes kept at most. */
const LIMIT = 8 * 1024 * 1024

/** By path: the file as the last host had it. Comparing bytes is cheaper than decoding them. */
const known = new Map<string, Known>()
let size = 0

/** Text and digest of a file's bytes. The bytes are copied where they are kept. */
export function sharedContent(path: string, bytes: Buffer): Content {
  const before = known.get(path)
  if (before?.bytes.equals(bytes)) return before.content
  const decoded = decodeText(bytes)
  const text = decoded === null ? null : shareText(decoded)
  const content = { text, sha256: sha256(text ?? bytes) }
  known.set(path, { bytes: Buffer.from(bytes), content })
  size += bytes.length - (before?.bytes.length ?? 0)
  for (const [oldest, { bytes: kept }] of known) {
    if (size <= LIMIT) break
    known.delete(oldest)
    size -= kept.length
  }
  return content
}

/** The bytes decoded as UTF-8; null when they are not UTF-8 or contain a NUL. */
export function decodeText(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null
  const text = bytes.toString('utf8')
  return text.includes('\ufffd') && !Buffer.from(text).equals(bytes) ? null : text
}
