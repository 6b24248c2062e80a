// A terminal in memory for tests: understands the few sequences that live rows use, and keeps what has scrolled away.

export class VirtualTerminal {
  readonly columns: number
  readonly rows: number
  /** Frames: what a person sees below the scrolled text, taken at each write. */
  readonly frames: string[][] = []
  writes = 0
  cursorHidden = false
  #lines: string[] = ['']
  #row = 0
  #column = 0

  constructor(columns = 80, rows = 24) {
    this.columns = columns
    this.rows = rows
  }

  /** stdout and stderr of one terminal are the same screen. */
  write(text: string): boolean {
    this.writes++
    const unknown = text.replace(SEQUENCE, '').match(/\u001b[^\n]{0,8}/)
    if (unknown) throw new Error(`a sequence this terminal does not know: ${JSON.stringify(unknown[0])}`)
    for (const part of text.match(TOKEN) ?? []) this.#put(part)
    this.frames.push([...this.#lines])
    return true
  }

  /** All lines from the start of the session, without the empty last one. */
  get screen(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd())
    while (lines.at(-1) === '') lines.pop()
    return lines
  }

  #put(part: string): void {
    if (part === '\n') {
      this.#row++
      this.#column = 0
      if (this.#row === this.#lines.length) this.#lines.push('')
    } else if (part === '\u001b[2K') this.#lines[this.#row] = ''
    else if (part === '\u001b[1A') {
      // Rows that scrolled off the top cannot be reached by a cursor.
      if (this.#row > Math.max(0, this.#lines.length - this.rows)) this.#row--
    } else if (part === '\u001b[G') this.#column = 0
    else if (part === '\u001b[?25l') this.cursorHidden = true
    else if (part === '\u001b[?25h') this.cursorHidden = false
    else if (!part.startsWith('\u001b')) this.#type(part)
  }

  #type(text: string): void {
    const line = (this.#lines[this.#row] ?? '').padEnd(this.#column)
    if (text.length + this.#column > this.columns) throw new Error(`wider than the terminal: ${text}`)
    this.#lines[this.#row] = line.slice(0, this.#column) + text + line.slice(this.#column + text.length)
    this.#column += text.length
  }
}

const SEQUENCE = /\u001b\[(?:2K|1A|G|\?25[lh]|\d+m)/g
const TOKEN = /\u001b\[(?:2K|1A|G|\?25[lh]|\d+m)|\n|[^\u001b\n]+/g
