// Hides the values of secrets in a source line, so that a message about a line does not print a password.

const name = String.raw`\b\w*(?:pass(?:word|wd|phrase)?|secret|token)\w*["']?\s*`
/** A word of a shell, with quotes anywhere in it; a quote that does not close takes the rest. */
const word = String.raw`(?:"(?:[^"\\]|\\.)*"|'[^']*'|["'].*|\\.|[^\s"'])+`
/** Behind a colon (YAML) or where the line begins with the name (INI sections) the value goes to the end of the line. */
const assignment = new RegExp(`(${name}:\\s+|^\\s*${name}=\\s*)(\\S.*)|(${name}=\\s*)(${word})`, 'gi')

/** Stars in place of the values of `ansible_password` and whatever has such a name; columns stay where they are. */
export function hideSecrets(line: string): string {
  if (!/pass|secret|token/i.test(line)) return line
  return line.replace(assignment, (_all, rest?: string, restOf?: string, key?: string, value?: string) =>
    rest === undefined ? `${key}${stars(value)}` : `${rest}${stars(restOf)}`,
  )
}

const stars = (value = '') => '*'.repeat(value.length)
