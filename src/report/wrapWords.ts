// Breaks a line between words, so that a terminal never breaks it inside one.
import { displayWidth } from './displayWidth.ts'

/** What switches a colour. */
const COLOUR = /\u001b\[[0-9;]*m/g

const widthOf = (text: string) => displayWidth(text.replaceAll(COLOUR, ''))

/**
 * The line, or several where it is wider than `width` columns. It may be coloured. What continues it is indented by two
 * more; a node set breaks after its commas, and a word that is wider than the line stays whole.
 */
export function wrapWords(line: string, width: number | undefined): string[] {
  if (width === undefined || widthOf(line) <= width) return [line]
  const indent = /^ */.exec(line)?.[0] ?? ''
  const mark = /^ *((?:\u001b\[[0-9;]*m)*\|(?:\u001b\[[0-9;]*m)* )/.exec(line)?.[1] ?? ''
  const continued = mark === '' ? `${indent}  ` : indent + mark
  const lines: string[] = []
  let now = indent
  let empty = true
  for (const word of line.slice(indent.length).split(/(?<= )(?! )|(?<=,)(?=\S)/)) {
    if (!empty && widthOf((now + word).trimEnd()) > width) {
      lines.push(now.trimEnd())
      now = continued
    }
    now += word
    empty = false
  }
  return [...lines, now.trimEnd()]
}
