// Makes any text one word of a POSIX shell.

/** The text in single quotes, for `sh` (not for csh or fish). It must not hold a NUL. */
export function quoteSh(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
