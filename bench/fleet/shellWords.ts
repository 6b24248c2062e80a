// Splits a command line that our own quoting wrote into words; the simulated hosts understand no other shell syntax.

/** `replace_file /etc/hosts 'it'\''s'` → its words. Throws on what quoteShell would not write. */
export function shellWords(line: string): string[] {
  const words: string[] = []
  const piece = /'([^']*)'|\\(.)|([^\s'\\]+)|(\s+)/y
  let word: string | undefined
  while (piece.lastIndex < line.length) {
    const match = piece.exec(line)
    if (!match) throw new Error(`no simulated host reads this: ${line}`)
    const text = match[1] ?? match[2] ?? match[3]
    if (text !== undefined) word = (word ?? '') + text
    else if (word !== undefined) {
      words.push(word)
      word = undefined
    }
  }
  return word === undefined ? words : [...words, word]
}

/** Commands of a script, one a line; a line end inside quotes belongs to its word. */
export function commandsOf(script: string): string[][] {
  const lines: string[] = []
  let open = ''
  for (const line of script.split('\n')) {
    open = open === '' ? line : `${open}\n${line}`
    if ((open.replaceAll("\\'", '').split("'").length - 1) % 2 === 0) {
      lines.push(open)
      open = ''
    }
  }
  return lines.map(shellWords)
}
