// What the YAML parser found wrong, in words that say what to do.
import type { YAMLError } from 'yaml'
import type { Findings } from './findings.ts'
import type { SourceText } from './sourceText.ts'

/** One mistake makes a parser stumble several times; the first stumble is the mistake. */
export function explainYamlError(error: YAMLError, source: SourceText, findings: Findings): void {
  const at = source.span(error.pos[0], Math.max(1, error.pos[1] - error.pos[0]))
  const indent = /^[ \t]*/.exec(at.text)?.[0] ?? ''
  const tab = indent.indexOf('\t')
  if (error.code === 'TAB_AS_INDENT' || tab >= 0) {
    const where = { ...at, column: Math.max(tab, 0) + 1, length: 1 }
    findings.error(
      'tab-indentation',
      'YAML is indented with spaces, and this line begins with a tab',
      where,
      'replace the tab with spaces',
    )
  } else if (/(:|-)\s+\{\{/.test(at.text)) {
    findings.error('unquoted-expression', 'a value that begins with {{ must be in quotes', at, `"{{ … }}"`)
  } else if (error.code === 'MULTIPLE_DOCS') {
    findings.error(
      'yaml-syntax',
      'the file holds more than one YAML document',
      at,
      "remove the '---' between them, or put each document into a file of its own",
    )
  } else if (error.code === 'BAD_INDENT') {
    findings.error(
      'bad-indentation',
      'the indentation of this line fits no line above it',
      at,
      'align it with the lines it belongs to',
    )
  } else if (error.code === 'BLOCK_AS_IMPLICIT_KEY' || /map-value-ind/.test(error.message)) {
    findings.error(
      'yaml-syntax',
      "a ': ' inside a value begins a map here",
      at,
      'put the value in quotes, or indent the map below its key',
    )
  } else if (error.message.endsWith('end') && /^\s*(?:- )?\s*(?:[\w.-]+:\s+)?(["']).*?\1\s*\S/.test(at.text)) {
    const hint = `put all of it in quotes of the other kind: 'a == "b"'`
    findings.error('yaml-syntax', 'a value that begins with a quote ends at the next one', at, hint)
  } else {
    const message = error.message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())
    findings.error('yaml-syntax', `this is not YAML: ${message}`, at, syntaxHint(error))
  }
}

function syntaxHint(error: YAMLError): string | undefined {
  if (error.code === 'MISSING_CHAR' && /quote/.test(error.message)) return 'close the quotes'
  if (error.code === 'BAD_SCALAR_START') return 'put the value in quotes'
  if (error.code === 'UNEXPECTED_TOKEN') return 'look at the quotes and the indentation of this line and the one above'
  return undefined
}
