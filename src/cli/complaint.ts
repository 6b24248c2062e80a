// What the command says when it does not start, without a place in a file; and lines about files that were found.
import { escapeControl, escapeLine } from '../report/escapeControl.ts'

/** `crane-play: …` and a hint, with what the user or a directory's owner wrote made harmless. */
export const complaint = (message: string, hint: string): string =>
  `crane-play: ${escapeControl(message)}\n  hint: ${escapeControl(hint)}\n`

/** Says which file is used. */
export const foundLine = (what: string, path: string): string => `${what}: ${escapeLine(path)}\n`
