// What `-e` gives: `name=value` pairs, a JSON object, or @file.
import { Findings } from '../text/findings.ts'
import { describeNode, type YamlNode } from '../text/yamlTree.ts'
import type { SourceSpan } from '../model/diagnostic.ts'
import type { Json } from '../model/inventory.ts'
import { hasType, type InputDeclaration, type InputType, misfit } from '../model/inputDeclaration.ts'
import { isNumber, WrittenNumber } from '../model/writtenNumber.ts'
import { checkVariableName } from './parse/parseKeywords.ts'
import { readYaml } from '../text/readYaml.ts'
import { SourceText } from '../text/sourceText.ts'
import { warnOfOldYaml, writtenValue } from '../text/writtenValue.ts'
import { describeValue, hasBraces, isEmpty, placeOf, plainValue } from '../text/yamlTree.ts'

export interface ExtraVar {
  readonly name: string
  readonly at: SourceSpan
  /** `text`: written as k=v, and read by the type that is wanted. `value`: typed already. */
  readonly given: { readonly text: string } | { readonly value: Json }
  /** It has a `{{` that the author may have meant to be evaluated. */
  readonly braces: boolean
}

const LABEL = '-e'

/** Later ones win. Each raw text is one argument of `-e`. */
export function parseExtraVars(
  raws: readonly string[],
  readTree: (path: string, at: SourceSpan) => YamlNode | undefined,
  findings: Findings,
): ReadonlyMap<string, ExtraVar> {
  const all = new Map<string, ExtraVar>()
  for (const raw of raws) {
    const source = new SourceText(LABEL, raw)
    for (const one of parseOne(raw, source, readTree, findings))
      if (checkVariableName(one.name, one.at, findings)) all.set(one.name, one)
  }
  return all
}

function parseOne(
  raw: string,
  source: SourceText,
  readTree: (path: string, at: SourceSpan) => YamlNode | undefined,
  findings: Findings,
): readonly ExtraVar[] {
  const text = raw.trim()
  if (text.startsWith('@')) {
    const tree = readTree(text.slice(1), source.span(0, raw.length))
    return tree ? fromMap(tree, `the file ${text.slice(1)}`, findings) : []
  }
  if (text.startsWith('{') || text.startsWith('[')) {
    const tree = readYaml(source, findings)
    return tree ? fromMap(tree, LABEL, findings) : []
  }
  return splitPairs(raw, source, findings)
}

function fromMap(tree: YamlNode, what: string, findings: Findings): readonly ExtraVar[] {
  if (tree.kind === 'map')
    return tree.entries.map((entry) => {
      warnOfOldYaml(entry, findings)
      return {
        name: entry.key,
        at: entry.keyAt,
        given: { value: writtenValue(entry.value) },
        braces: hasBraces(entry.value),
      }
    })
  if (!isEmpty(tree))
    findings.error('bad-extra-vars', `${what} must hold a map of variables, not ${describeNode(tree)}`, placeOf(tree))
  return []
}

/** `a=1 b='two words'`, as a shell would split it. */
function splitPairs(raw: string, source: SourceText, findings: Findings): readonly ExtraVar[] {
  const found: ExtraVar[] = []
  for (let i = 0; i < raw.length; ) {
    if (/\s/.test(raw[i] as string)) {
      i++
      continue
    }
    const start = i
    let text = ''
    let depth = 0
    // Blanks inside a list or a map are part of it: labels={a: 1, b: 2}.
    for (; i < raw.length && (depth > 0 || !/\s/.test(raw[i] as string)); i++) {
      const char = raw[i] as string
      if (char === '[' || char === '{') depth++
      else if (char === ']' || char === '}') depth--
      if (char !== "'" && char !== '"') {
        if (char === '\\' && i + 1 < raw.length) i++
        text += raw[i]
        continue
      }
      const end = raw.indexOf(char, i + 1)
      if (end < 0) {
        findings.error('bad-extra-vars', 'the quotes are not closed', source.span(i))
        return found
      }
      text += raw.slice(i + 1, end)
      i = end
    }
    const at = source.span(start, i - start)
    const equals = text.indexOf('=')
    if (equals > 0) {
      const value = text.slice(equals + 1)
      found.push({ name: text.slice(0, equals), at, given: { text: value }, braces: value.includes('{{') })
    } else {
      const hint = /[/.]/.test(text)
        ? `for a file of variables: -e @${text}`
        : 'write -e name=value, or -e \'{"name": 1}\''
      findings.error('bad-extra-vars', `'${text}' is not a name=value pair`, at, hint)
    }
  }
  return found
}

/** The value as the type wants it; undefined after a mistake, which is reported. */
export function valueFor(input: Omit<InputDeclaration, 'at'>, given: ExtraVar, findings: Findings): Json | undefined {
  const value = 'value' in given.given ? given.given.value : readAs(input.type, given.given.text)
  const shown = 'value' in given.given ? describeValue(value) : `'${given.given.text}'`
  const wrong = misfit(input, value ?? null, input.sensitive ? 'what was given' : shown)
  if (wrong === undefined) return value
  const hint = input.type === 'boolean' ? booleanWord(shown) : 'value' in given.given ? undefined : FORMS[input.type]
  return findings.error('bad-input', `'${input.name}' ${wrong}`, given.at, hint)
}

const FORMS: Partial<Record<InputType, string>> = {
  list: "such as name='[a, b]'",
  map: "such as name='{a: 1}'",
}

const booleanWord = (shown: string): string | undefined =>
  /yes|on|1/i.test(shown) ? 'write true' : /no|off|0/i.test(shown) ? 'write false' : undefined

/** A text of the command line as a value of the type; the text itself when it does not fit. */
function readAs(type: InputType, text: string): Json {
  if (type === 'string') return text
  if (type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text
  if (type === 'number') return /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? WrittenNumber.from(text) : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  // What is not valid YAML stays as it is.
  const tree = readYaml(new SourceText(LABEL, text), new Findings())
  const value = tree ? plainValue(tree) : text
  return hasType(type, value) ? value : text
}

/** The input type of a value, to read an override of it by. */
export function inputTypeOf(value: unknown): InputType {
  if (typeof value === 'boolean') return 'boolean'
  if (isNumber(value)) return Number.isInteger(value) ? 'integer' : 'number'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'list' : 'map'
  return 'string'
}
