// The SHA-256 digest of a content, computed once for a text that many hosts and tasks share.
import { createHash } from 'node:crypto'
import { rememberByText } from './rememberByText.ts'

/** The SHA-256 digest in hexadecimal. A string is encoded as UTF-8. */
export const sha256 = (content: string | Uint8Array): string =>
  typeof content === 'string' ? ofText(content, ANY_USE) : digest(content)

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const ofText = rememberByText(digest)
const ANY_USE = {}
