// Splits the input of a shell into command lines, in chunks of any size; a newline inside single quotes does not end a line.

export class ShellLines {
  #text = ''
  /** How far `#text` was looked at, and whether that place is inside quotes. */
  #at = 0
  #quoted = false

  /** Returns the lines that are whole by now, without their ends. */
  push(text: string): string[] {
    this.#text += text
    const lines: string[] = []
    let from = 0
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]
      if (character === "'") this.#quoted = !this.#quoted
      else if (this.#quoted) continue
      else if (character === '\n') {
        lines.push(this.#text.slice(from, this.#at))
        from = this.#at + 1
      } else if (character === '\\') {
        // What it quotes may still be on its way.
        if (this.#at + 1 === this.#text.length) break
        this.#at++
      }
    }
    this.#text = this.#text.slice(from)
    this.#at -= from
    return lines
  }
}
