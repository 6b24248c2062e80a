// A variable that stands unquoted in a text for the shell: a warning where its value may be more than one plain word.
import { compileValue } from '../../language/compileTemplate.ts'
import { evaluate } from '../../language/computed.ts'
import type { Expression } from '../../language/attemptExpression.ts'
import { rightAmong } from '../../language/compileExpression.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import { maskQuotes } from '../../language/maskQuotes.ts'
import { splitTemplate } from '../../language/splitTemplate.ts'
import type { TaskTypeInfo } from '../../model/catalogue.ts'
import type { Scope } from '../../model/computed.ts'
import { type Diagnostic, mistake } from '../../model/diagnostic.ts'
import { Findings } from '../../text/findings.ts'
import { isText, type YamlNode } from '../../text/yamlTree.ts'

export interface ShellWord {
  readonly expression: Expression
  readonly text: string
  readonly hint: string
}

/** Those in the parameters of a task; `own` are variables of the task itself, which may be parts of the command. */
export function shellWords(
  info: TaskTypeInfo,
  node: YamlNode,
  vocabulary: Vocabulary,
  own: ReadonlySet<string>,
): readonly ShellWord[] {
  const { shellTexts = [], shorthand } = info
  if (shellTexts.length === 0) return []
  const texts =
    node.kind === 'map'
      ? node.entries.flatMap(({ key, value }) => (shellTexts.includes(key) ? [value] : []))
      : shorthand !== undefined && shellTexts.includes(shorthand)
        ? [node]
        : []
  return texts
    .flatMap((text) => wordsIn(text, vocabulary))
    .filter(({ expression }) => !expression.needs.some((name) => own.has(name)))
}

function wordsIn(node: YamlNode, vocabulary: Vocabulary): readonly ShellWord[] {
  if (!isText(node) || !node.value.includes('{{')) return []
  const parts = splitTemplate(node.value)
  // A single expression is the whole command.
  if ('message' in parts || parts.length === 1) return []
  const { expressions } = compileValue(node, { ...vocabulary, used: () => {} }, new Findings())
  if (expressions.length !== parts.filter(({ kind }) => kind === 'expression').length) return []
  const words: ShellWord[] = []
  let quoted = ''
  let next = 0
  for (const part of parts) {
    if (part.kind === 'text') {
      quoted = quoteAfter(part.text, quoted)
      continue
    }
    const expression = expressions[next++]
    const text = part.text.trim()
    if (!expression || quoted !== '' || PLAIN_TYPES.has(expression.type.kind) || text.includes('.quote(')) continue
    const write = rightAmong([asOneWord(text)], vocabulary, ({ kind }) => kind === 'text')
    if (write !== undefined) words.push({ expression, text, hint: `write ${write}` })
  }
  return words
}

const asOneWord = (text: string): string => (isOneTerm(text) ? `${text}.quote()` : `(${text}).quote()`)

/** @param line one line, in which the words were found */
export function withQuotes(line: string, words: readonly ShellWord[]): string {
  const places = words.map(({ expression }) => expression.at()).sort((a, b) => b.column - a.column)
  return places.reduce((text, { column, length }) => {
    const [start, end] = [column - 1, column - 1 + length]
    return text.slice(0, start) + asOneWord(text.slice(start, end)) + text.slice(end)
  }, line)
}

/** Values that the shell reads as one plain word, whatever they are. */
const PLAIN_TYPES: ReadonlySet<string> = new Set(['boolean', 'integer', 'number'])

/** A method may be called on it without parentheses around it. */
function isOneTerm(text: string): boolean {
  let rest = maskQuotes(text)
  for (let before = ''; before !== rest; ) {
    before = rest
    rest = rest.replace(/\([^()[\]]*\)|\[[^()[\]]*\]/g, '')
  }
  return /^["'\w.]+$/.test(rest)
}

/** The quote that is open after the text: `'`, `"` or none. */
function quoteAfter(text: string, before: string): string {
  let open = before
  for (let i = 0; i < text.length; i++) {
    const character = text[i] ?? ''
    if (character === '\\' && open !== "'") i++
    else if (open === '' && (character === "'" || character === '"')) open = character
    else if (character === open) open = ''
  }
  return open
}

/** Characters that end a word or that a shell acts on; `~` at the beginning of a word, `#` likewise. */
const ACTS_ON = /[\s|&;<>()$`\\"'*?[\]{}!]|^[~#]/

export function warnOfWord({ expression, text, hint }: ShellWord, scope: Scope): Diagnostic | undefined {
  const result = evaluate(() => expression.run(scope))
  if (!result.ok && !result.unknown) return undefined
  const [acts] = result.ok ? (ACTS_ON.exec(String(result.value)) ?? []) : []
  if (result.ok && acts === undefined) return undefined
  const why = result.ok ? `it holds ${described(acts ?? '')}` : 'it is not known before the run'
  return {
    ...mistake('unquoted-word', `the shell may read '${text}' as more than one word: ${why}`, expression.at(), hint),
    severity: 'warning',
  }
}

const described = (character: string): string =>
  character === ' ' ? 'a blank' : /\s/.test(character) ? 'a tab or line end' : `'${character}'`
