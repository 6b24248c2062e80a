// What the YAML parser found wrong, in words that say what to do.
import { type Document, type Node, visit, type YAMLError } from 'yaml'
import type { SourceSpan } from '../model/diagnostic.ts'
import type { Findings } from './findings.ts'
import type { SourceText } from './sourceText.ts'

/** One mistake makes a parser stumble several times; the first stumble is the mistake, or the bracket open before it. */
export function explainYamlError({ errors, contents }: Document, source: SourceText, findings: Findings): undefined {
  const [error] = errors
  if (!error) return
  const bracket = unclosedBracket(errors, contents, source)
  const at = bracket ?? source.span(error.pos[0], Math.max(1, error.pos[1] - error.pos[0]))
  const indent = /^[ \t]*/.exec(at.text)?.[0] ?? ''
  const tab = indent.indexOf('\t')
  if (error.code === 'TAB_AS_INDENT' || tab >= 0) {
    const where = { ...at, column: Math.max(tab, 0) + 1, length: 1 }
    findings.error(
      'tab-indentation',
      'YAML is indented with spaces; this line starts with a tab',
      where,
      'replace the tab with spaces',
    )
  } else if (/(:|-)\s+\{\{/.test(at.text)) {
    findings.error('unquoted-expression', 'a value that starts with {{ must be quoted', at, `"{{ … }}"`)
  } else if (bracket) {
    const [open = '', close] = bracket.text[bracket.column - 1] === '[' ? '[]' : '{}'
    const hint = `add '${close}'; in a line of its own it must be indented more than what it belongs to`
    findings.error('unclosed-bracket', `this '${open}' is never closed`, at, hint)
  } else if (error.code === 'MULTIPLE_DOCS') {
    findings.error(
      'yaml-syntax',
      'the file contains more than one YAML document',
      at,
      "remove the '---' between them, or put each document in its own file",
    )
  } else if (error.code === 'BAD_INDENT') {
    findings.error(
      'bad-indentation',
      'the indentation of this line matches no line above it',
      at,
      'align it with the lines it belongs to',
    )
  } else if (error.code === 'BLOCK_AS_IMPLICIT_KEY' || /map-value-ind/.test(error.message)) {
    findings.error(
      'yaml-syntax',
      "a ': ' inside a value starts a map here",
      at,
      'put the value in quotes, or indent the map below its key',
    )
  } else if (error.message.endsWith('end') && /^\s*(?:- )?\s*(?:[\w.-]+:\s+)?(["']).*?\1\s*\S/.test(at.text)) {
    const hint = `quote the whole value with the other kind of quotes: 'a == "b"'`
    findings.error('yaml-syntax', 'a value that starts with a quote ends at the next quote', at, hint)
  } else {
    const message = error.message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
    findings.error('yaml-syntax', `this is not YAML: ${message}`, at, syntaxHint(error))
  }
}

/**
 * The parser says where a bracket should have been closed at the latest, which is the line after it or the end of the
 * file. Undefined when none is open, or when what is wrong before it or inside of it swallowed its end.
 */
function unclosedBracket(errors: readonly YAMLError[], contents: unknown, source: SourceText): SourceSpan | undefined {
  const [first] = errors
  if (!first || isOpenQuote(first)) return undefined
  const ends = errors.filter(({ message }) => /^Flow .* end with a/.test(message)).map(({ pos }) => pos[0])
  let open: number | undefined
  visit(contents as Node, {
    Collection(_, { flow, range }) {
      if (flow && range && ends.includes(range[1])) open = range[0]
    },
  })
  return open !== undefined && open <= first.pos[0] ? source.span(open, 1) : undefined
}

const isOpenQuote = ({ code, message }: YAMLError) => code === 'MISSING_CHAR' && /quote/.test(message)

function syntaxHint(error: YAMLError): string | undefined {
  if (isOpenQuote(error)) return 'close the quotes'
  if (error.code === 'BAD_SCALAR_START') return 'put the value in quotes'
  if (error.code === 'UNEXPECTED_TOKEN') return 'look at the quotes and the indentation of this line and the one above'
  return undefined
}
