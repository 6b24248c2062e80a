// The rules of the project's English, as patterns: each is a habit that made the program sound translated.
import type { Prose } from './prose.ts'

export interface Rule {
  readonly pattern: RegExp
  readonly instead: string
  /** In a comment the word may be right: the content of a file is a text. */
  readonly notInComments?: true
}

/** For everything that people read: messages, help, pages, comments. */
export const WORDS: readonly Rule[] = [
  { pattern: /(?<!\bthere )\b(?:is|are|was|were|be) no (?!longer\b|need\b|more\b|matter\b)/i, instead: 'is not a …' },
  {
    pattern: /(?<!\bthere )\bis none\b|\bnone such\b/i,
    instead: 'is not one, there is no …',
  },
  { pattern: /\bwhom\b/i, instead: 'which hosts, who' },
  { pattern: /\bas wanted\b/i, instead: 'unchanged' },
  { pattern: /\bmend(?:s|ed|ing)?\b/i, instead: 'fix' },
  { pattern: /\btold\b|\btell(?:s|ing)?\b/i, instead: 'reported, evaluated, say' },
  { pattern: /\bone is on\b|\bif one (?:is|has|was)\b/i, instead: 'you, the login user' },
  { pattern: /\bfolders?\b/i, instead: 'directory' },
  { pattern: /\b(?:a|every|each|one|the same|is) text\b|\btexts\b/i, instead: 'string', notInComments: true },
  { pattern: /\bworth a word\b|\bas hands used to\b|\bhands (?:used to|type)\b/i, instead: 'a plain statement' },
  { pattern: /\bmay not be looked at\b|\bmay be looked at\b/i, instead: 'permission denied' },
  { pattern: /\bnot meant\b/i, instead: 'skipped' },
  { pattern: /\bsits? in between\b/i, instead: 'may be intercepting' },
  { pattern: /\bof (?:its|their) kin\b|\band (?:its|their) kin\b/i, instead: 'and similar' },
]

/** Names that begin a message with a capital letter. */
const NAMES =
  /^(?:No such file|YAML|JSON|TOML|INI|CEL|CNI|CRI|SSH|Ansible|Jinja|CraneSched|Node|OpenSSH|Calico|Kubernetes|Debian|SELinux|PLAY|RECAP|FAILED|CHECK|INTERRUPTED|Inputs of|About|GPU|DNS|POSIX|UTF|PATH|Ctrl)\b/

/** Of messages: what has a blank after its first word is a sentence and not a name, a pattern or a key. */
const BEGINS_AS_SENTENCE = /^[A-Z][a-z]* [a-z'`…-]/
const ENDS_AS_SENTENCE = /^\S+ .*[a-z0-9'`)…]\.$/s

const isCode = (text: string) => /[\n;{}$]|=>|\bprintf\b|^[a-z]+\(|&&|\|\|/.test(text)

/** What is wrong with a message, if anything: messages begin in lower case and have no full stop. */
export function wrongMessage(text: string): string | undefined {
  if (isCode(text)) return undefined
  if (BEGINS_AS_SENTENCE.test(text) && !NAMES.test(text)) return 'begins with a capital letter'
  return ENDS_AS_SENTENCE.test(text) && !text.endsWith('...') ? 'ends with a full stop' : undefined
}

/** Summaries and descriptions are sentences; a text that is half of one is neither that nor a message. */
export function wrongDescription(text: string): string | undefined {
  if (isCode(text) || !/^\S+ \S/.test(text)) return undefined
  const sentence = /^[A-Z0-9`'…]/.test(text)
  return sentence !== /[.?…)]$/.test(text) && BEGINS_AS_SENTENCE.test(text)
    ? 'begins as a sentence and has no end'
    : undefined
}

/** Each word of a text that breaks a rule, with what to write instead. */
export const wrongWords = (text: string, comment = false): readonly string[] =>
  WORDS.flatMap(({ pattern, instead, notInComments }) => {
    const found = comment && notInComments ? null : pattern.exec(text)
    return found ? [`"${found[0]}": ${instead}`] : []
  })

/** Of a source file. `messages`: its strings are messages, not descriptions of parameters. */
export function wrongProse(prose: readonly Prose[], messages: boolean): readonly string[] {
  return prose.flatMap(({ line, kind, text }) => {
    const style = kind === 'comment' ? undefined : messages ? wrongMessage(text) : wrongDescription(text)
    return [...wrongWords(text, kind === 'comment' || isCode(text)), ...(style === undefined ? [] : [style])].map(
      (what) => `${line}: ${what}: ${text}`,
    )
  })
}
