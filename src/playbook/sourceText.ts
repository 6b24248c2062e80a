// A text the user wrote, ready to turn offsets into places without counting its lines anew each time.
import type { SourceSpan } from '../model/diagnostic.ts'

export interface SourceText {
  /** As the user named it. */
  readonly file: string
  readonly text: string
  /** The place of `length` UTF-16 units from `offset`; cut at the end of its line, at least 1 long. */
  span(offset: number, length?: number): SourceSpan
}

export function sourceText(file: string, text: string): SourceText {
  let starts: number[] | undefined
  const lineStarts = () => {
    if (starts) return starts
    starts = [0]
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
    return starts
  }
  return {
    file,
    text,
    span(offset, length = 1) {
      const all = lineStarts()
      let low = 0
      let high = all.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if ((all[middle] ?? 0) <= offset) low = middle
        else high = middle - 1
      }
      const start = all[low] ?? 0
      const next = all[low + 1]
      const line = text.slice(start, next === undefined ? undefined : next - 1).replace(/\r$/, '')
      const column = Math.min(offset - start, line.length) + 1
      return {
        file,
        line: low + 1,
        column,
        length: Math.max(1, Math.min(length, line.length - column + 1)),
        text: line,
      }
    },
  }
}
