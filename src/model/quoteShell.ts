// Quotes a word for a POSIX shell, so that it is read back as exactly itself.

/** `it's` → `'it'\''s'`; a word of plain characters stays bare so that a person can read the script. */
export function quoteShell(word: string): string {
  return word !== '' && /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A command line from its words. */
export const commandLine = (words: readonly string[]): string => words.map(quoteShell).join(' ')
