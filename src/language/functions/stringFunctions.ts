// Functions of strings.
import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import { quoteShell } from '../../model/quoteShell.ts'
import { type FunctionRow, plain, refusal } from './functionRow.ts'

const patterns = new Map<string, RegExp>()

/** JavaScript's regular expressions, with Python's `(?i)` in front of one. */
function patternOf(text: string): RegExp {
  let found = patterns.get(text)
  if (found) return found
  const inline = /^\(\?([ims]+)\)/.exec(text)
  try {
    found = new RegExp(inline ? text.slice(inline[0].length) : text, `g${inline?.[1] ?? ''}`)
  } catch (error) {
    throw refusal(
      `'${text}' is not a valid regular expression: ${(error as Error).message.replace(/^.*: /, '').toLowerCase()}`,
    )
  }
  patterns.set(text, found)
  return found
}

/** `\1` and `\g<name>` stand for groups, as in Python. */
function replaceBy(text: string, pattern: string, replacement: string): string {
  return text.replace(patternOf(pattern), (...match) => {
    const groups = typeof match.at(-1) === 'object' ? (match.at(-1) as Record<string, string>) : {}
    return replacement.replace(/\\(?:(\d)|g<(\w+)>)/g, (_, number?: string, name?: string) =>
      String((number === undefined ? groups[name ?? ''] : match[Number(number)]) ?? ''),
    )
  })
}

const linesOf = (text: string): readonly string[] => {
  const lines = text.split(/\r?\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

const indent = (text: string, by: bigint | number, first: boolean): string =>
  text.replace(first ? /^(?=.)/gm : /(?<=\n)(?=.)/g, ' '.repeat(Number(by)))

export const STRING_FUNCTIONS: readonly FunctionRow[] = [
  {
    name: 'lower',
    signatures: ['string.lower(): string'],
    summary: 'The string in lower case.',
    replaces: ['lower'],
    example: ["'GPU'.lower()", 'gpu'],
    call: plain((text: string) => text.toLowerCase()),
  },
  {
    name: 'upper',
    signatures: ['string.upper(): string'],
    summary: 'The string in upper case.',
    replaces: ['upper'],
    example: ["'gpu'.upper()", 'GPU'],
    call: plain((text: string) => text.toUpperCase()),
  },
  {
    name: 'replace',
    signatures: ['string.replace(string, string): string'],
    summary: 'The string with each occurrence of the first argument replaced by the second.',
    replaces: ['replace'],
    example: ["'a-b-c'.replace('-', '_')", 'a_b_c'],
    call: plain((text: string, from: string, to: string) => text.replaceAll(from, () => to)),
  },
  {
    name: 'indent',
    signatures: ['string.indent(int): string', 'string.indent(int, bool): string'],
    summary: 'The string with every line but the first indented by that many spaces; with `true`, the first as well.',
    replaces: ['indent'],
    example: ["'a\\nb'.indent(2)", 'a\n  b'],
    call: plain((text: string, by: number, first = false as never) => indent(text, by, first)),
  },
  {
    name: 'lines',
    signatures: ['string.lines(): list<string>'],
    summary: 'The lines of the string, without their line ends.',
    replaces: ['splitlines'],
    example: ["'a\\nb\\n'.lines()", ['a', 'b']],
    call: plain((text: string) => linesOf(text)),
  },
  {
    name: 'quote',
    signatures: ['string.quote(): string', 'int.quote(): string', 'double.quote(): string', 'list.quote(): string'],
    summary:
      'The value quoted for a shell, which then reads it as one word; of a list, each item as a word of its own.',
    replaces: ['quote'],
    example: [`"it's".quote()`, `'it'\\''s'`],
    call: plain((value: string | number | readonly (string | number)[]) =>
      [value]
        .flat()
        .map((one) => quoteShell(String(one)))
        .join(' '),
    ),
  },
  {
    name: 'regexReplace',
    signatures: ['string.regexReplace(string, string): string'],
    summary: 'The string with each match of the pattern replaced; `\\1` stands for the first group.',
    replaces: ['regex_replace'],
    example: ["'crane01'.regexReplace('^([a-z]+)0*', '\\\\1-')", 'crane-1'],
    call: plain(replaceBy),
  },
  {
    name: 'regexSearch',
    signatures: ['string.regexSearch(string): string', 'string.regexSearch(string, int): string'],
    summary: 'The first match of the pattern, or the group of that number in it; empty when nothing matches.',
    replaces: ['regex_search'],
    example: ["'craned 1.1.2'.regexSearch('([0-9]+)[.]([0-9]+)', 2)", '1'],
    call: plain((text: string, pattern: string, group = 0 as never) => {
      const [match] = text.matchAll(patternOf(pattern))
      return match?.[Number(group)] ?? ''
    }),
  },
  {
    name: 'regexFindAll',
    signatures: ['string.regexFindAll(string): list<string>'],
    summary: 'All matches of the pattern; where it has a group, what the first group matched.',
    replaces: ['regex_findall'],
    example: ["'a1 b22'.regexFindAll('[0-9]+')", ['1', '22']],
    call: plain((text: string, pattern: string) =>
      [...text.matchAll(patternOf(pattern))].map((match) => (match.length > 1 ? (match[1] ?? '') : match[0])),
    ),
  },
  {
    name: 'regexEscape',
    signatures: ['string.regexEscape(): string'],
    summary: 'The string as a pattern that matches exactly it.',
    replaces: ['regex_escape'],
    example: ["'a.b'.regexEscape()", 'a\\.b'],
    call: plain((text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')),
  },
  {
    name: 'basename',
    signatures: ['string.basename(): string'],
    summary: 'The last part of a path.',
    replaces: ['basename'],
    example: ["'/etc/crane/config.yaml'.basename()", 'config.yaml'],
    call: plain((text: string) => posix.basename(text)),
  },
  {
    name: 'dirname',
    signatures: ['string.dirname(): string'],
    summary: 'A path without its last part.',
    replaces: ['dirname'],
    example: ["'/etc/crane/config.yaml'.dirname()", '/etc/crane'],
    call: plain((text: string) => posix.dirname(text)),
  },
  {
    name: 'b64encode',
    signatures: ['string.b64encode(): string'],
    summary: 'The string in base64.',
    replaces: ['b64encode'],
    example: ["'crane'.b64encode()", 'Y3JhbmU='],
    call: plain((text: string) => Buffer.from(text).toString('base64')),
  },
  {
    name: 'b64decode',
    signatures: ['string.b64decode(): string'],
    summary: 'The string that was encoded in base64.',
    replaces: ['b64decode'],
    example: ["'Y3JhbmU='.b64decode()", 'crane'],
    call: plain((text: string) => {
      if (!/^[\w+/=\s-]*$/.test(text)) throw refusal('the string is not base64')
      return Buffer.from(text, 'base64').toString('utf8')
    }),
  },
  {
    name: 'sha256',
    signatures: ['string.sha256(): string'],
    summary: 'The SHA-256 digest of the string, in hexadecimal digits.',
    replaces: ["hash('sha256')"],
    example: ["'crane'.sha256().substring(0, 8)", '2c6ac23e'],
    call: plain((text: string) => createHash('sha256').update(text).digest('hex')),
  },
]
