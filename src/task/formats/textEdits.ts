// Edits of a text by position: made in one pass, so that their cost grows with the text and not with its square.

/** What is put in the place of a part of a text. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with all edits made. They must not overlap; those at one place are made in their order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = []
  let at = 0
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    parts.push(text.slice(at, Math.max(at, edit.start)), edit.text)
    at = Math.max(at, edit.end)
  }
  parts.push(text.slice(at))
  return parts.join('')
}

/** The line end that a text uses. */
export const lineEndOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')

/** The offset at which the line of an offset begins. */
export const startOfLine = (text: string, offset: number): number =>
  offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1

/** The offset at which the next line begins: the same one at the beginning of a line, the text's length in the last one. */
export function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}
