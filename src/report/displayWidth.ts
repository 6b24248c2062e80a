// The display width of a string in columns, and cutting and padding by columns.

/** East Asian scripts and full-width forms take two columns (Unicode annex 11, without the ambiguous ones), emoji too. */
const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Yi}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u
const NOTHING = /^[\p{Mark}\p{Cf}\p{Cc}]+$/u
const PLAIN = /^[\x20-\x7e]*$/

let graphemes: Intl.Segmenter | undefined

/** The text in what a person sees as one character each, with the columns it takes: 0, 1 or 2. */
export function* characters(text: string): Generator<{ readonly text: string; readonly width: number }> {
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  for (const { segment } of graphemes.segment(text)) {
    yield { text: segment, width: NOTHING.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1 }
  }
}

/** Columns of one line. Colours must not be in it yet. */
export function displayWidth(line: string): number {
  if (PLAIN.test(line)) return line.length
  let width = 0
  for (const character of characters(line)) width += character.width
  return width
}

export function padToWidth(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - displayWidth(line)))
}

/** The line, or its head and `...`, in at most `width` columns. */
export function cutToWidth(line: string, width: number): string {
  if (displayWidth(line) <= width) return line
  if (width <= 3) return '.'.repeat(Math.max(0, width))
  let head = ''
  let used = 0
  for (const character of characters(line)) {
    if (used + character.width > width - 3) break
    head += character.text
    used += character.width
  }
  return `${head}...`
}
