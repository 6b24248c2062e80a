// What a parser found wrong in a file of a host: the cause with its line, and that line with a mark below it.

/** A file that cannot be edited, and why. */
export interface NotPatched {
  readonly ok: false
  readonly cause: string
  /** The line and a mark below it. */
  readonly lines?: string
}

const TAB = ' '.repeat(4)
const LONGEST = 100
/** The value of what has the name of a secret does not leave the host in a message. */
const SECRET = /((?:pass|secret|token)\w*["']?\s*[=:]\s*).+/i

/** `line` counts from 1, `column` from 0. */
export function syntaxMistake(text: string, message: string, line: number, column: number): NotPatched {
  const what = message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
  const source = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '')
  const before = source.slice(0, column).replaceAll('\t', TAB)
  const shown = source.replaceAll('\t', TAB).replace(SECRET, '$1***')
  const margin = ' '.repeat(String(line).length)
  const cause = `${what} on line ${line}`
  if (shown.length > LONGEST) return { ok: false, cause }
  return { ok: false, cause, lines: `${line} | ${shown}\n${margin} | ${' '.repeat(before.length)}^` }
}
