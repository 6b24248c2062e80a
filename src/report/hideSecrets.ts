// Hides the values of secrets in a source line, so that a message about a line does not print a password beside it.

/** `pasword` as well: a slip in a name is what most lines are shown for. */
const NAME = String.raw`(?:pass|pasw|secret|token)\w{0,64}`
/** Whether a variable of this name is taken for a secret. */
export const isSecretName = (name: string): boolean => new RegExp(NAME, 'i').test(name)

/** An expression names a variable and no value; and in a map the inner names say what is secret. */
const VALUE = String.raw`(?!["']?\{\{|\{)`
/** A word of a shell, with quotes anywhere in it; a quote that does not close takes the rest. */
const WORD = String.raw`(?:"(?:[^"\\]|\\.)*"|'[^']*'|["'].*|\\.|[^\s"'])+`
const QUOTED = String.raw`(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')(?=\s*(?:[,}\]#]|$))`
const IN_FLOW_MAP = String.raw`(?<=\{[^{]*)[^,}]*[^,}\s]`

const SECRET = new RegExp(
  [
    // A section of an INI inventory: where the line begins with the name, the value goes to the end of the line.
    String.raw`(?<ini>^\s*\w*${NAME}\s*=(?!=)\s*)${VALUE}.+`,
    String.raw`(?<word>${NAME}["']?\s*=(?!=)\s*)${VALUE}${WORD}`,
    String.raw`(?<yaml>${NAME}(?:["']\s*:\s*|\s*:\s+))${VALUE}(?:${QUOTED}|${IN_FLOW_MAP}|.+)`,
  ].join('|'),
  'gi',
)

/** Stars in place of the values of `ansible_password` and whatever has such a name; columns stay where they are. */
export function hideSecrets(line: string): string {
  if (!/pass|pasw|secret|token/i.test(line)) return line
  return line.replace(SECRET, (all, ini?: string, word?: string, yaml?: string) => {
    const head = ini ?? word ?? yaml ?? ''
    return head + '*'.repeat(all.length - head.length)
  })
}
