// A source text that converts offsets into lines and columns without counting its lines each time.
import type { SourceSpan } from '../model/diagnostic.ts'

export class SourceText {
  /** As the user named it: a path, or a label such as `-e`. */
  readonly file: string
  /** Without a byte-order mark. */
  readonly text: string
  #starts: readonly number[] | undefined

  constructor(file: string, text: string) {
    this.file = file
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text
  }

  /** The place of `length` UTF-16 units from `offset`; cut at the end of its line, at least 1 long. */
  span(offset: number, length = 1): SourceSpan {
    this.#starts ??= lineStarts(this.text)
    const starts = this.#starts
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return this.inLine(low + 1, offset - (starts[low] ?? 0), length)
  }

  /** For readers that go by lines: `line` counts from 1, `offset` from 0 within it. */
  inLine(line: number, offset: number, length: number): SourceSpan {
    this.#starts ??= lineStarts(this.text)
    const next = this.#starts[line]
    const text = this.text.slice(this.#starts[line - 1], next === undefined ? undefined : next - 1).replace(/\r$/, '')
    const column = Math.min(offset, text.length) + 1
    return { file: this.file, line, column, length: Math.max(1, Math.min(length, text.length - column + 1)), text }
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  return starts
}
