// The digest of a content, worked out once for a text that many hosts and tasks have in common.
import { createHash } from 'node:crypto'
import { rememberByText } from './rememberByText.ts'

/** Hexadecimal. A text is taken as UTF-8. */
export const sha256 = (content: string | Uint8Array): string =>
  typeof content === 'string' ? ofText(content, ANY_USE) : digest(content)

const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')
const ofText = rememberByText(digest)
const ANY_USE = {}
