// A text with its name, able to say quickly where an offset or a line lies.
import type { SourceSpan } from '../model/diagnostic.ts'
import { hideSecrets } from './hideSecrets.ts'

/** Lines are shown without the secrets in them. */
export class SourceText {
  readonly file: string
  readonly text: string
  /** The folder that relative paths in it start from. */
  readonly folder: string
  #starts: number[] | undefined

  constructor(file: string, text: string, folder: string) {
    this.file = file
    this.text = text.startsWith('\uFEFF') ? text.slice(1) : text
    this.folder = folder
  }

  /** Like spanAt, but without counting all lines anew for each span of a file of ten thousand hosts. */
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
    const start = starts[low] ?? 0
    const end = starts[low + 1]
    const text = this.text.slice(start, end === undefined ? undefined : end - 1).replace(/\r$/, '')
    const column = Math.min(offset - start, text.length) + 1
    return { file: this.file, line: low + 1, column, length: clip(length, text, column), text: hideSecrets(text) }
  }

  /** For readers that go by lines: `line` counts from 1, `offset` from 0 within it. */
  inLine(line: number, text: string, offset: number, length: number): SourceSpan {
    return {
      file: this.file,
      line,
      column: offset + 1,
      length: clip(length, text, offset + 1),
      text: hideSecrets(text),
    }
  }
}

const clip = (length: number, text: string, column: number) => Math.max(1, Math.min(length, text.length - column + 1))

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  return starts
}
