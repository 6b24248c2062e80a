// Compiles a value of the playbook with its `{{ … }}` into something that gives the value for a scope.
import { mistake, type SourceSpan } from '../model/diagnostic.ts'
import type { Json } from '../model/inventory.ts'
import { isNumber } from '../model/writtenNumber.ts'
import { writtenScalar } from '../text/writtenValue.ts'
import { type Scope, UNKNOWN_TEXT } from '../model/computed.ts'
import { type Expression, ExpressionFailure } from './attemptExpression.ts'
import { compileExpression, type Fits } from './compileExpression.ts'
import type { Vocabulary } from './vocabulary.ts'
import type { Findings } from '../text/findings.ts'
import { placesIn, type TextPlace } from './scalarOffsets.ts'
import { LITERAL_BRACES, splitTemplate } from './splitTemplate.ts'
import { NOT_KNOWN, UnknownRead } from './unknownRead.ts'
import { ANY, listOf, MAP, mergeTypes, TEXT, typeOf, typeWords, type ValueType } from './valueType.ts'
import { isText, placeOf, type YamlNode } from '../text/yamlTree.ts'

/** JSON pointers of what is not known yet. */
export type Holes = string[]

export interface Compiled {
  readonly at: SourceSpan
  /** Of a condition: its text on one line. */
  readonly text?: string
  /** Set when it holds no expression; frozen. */
  readonly constant?: { readonly value: Json }
  readonly expressions: readonly Expression[]
  readonly type: ValueType
  /** Of a map that holds expressions: its values. */
  readonly fields?: ReadonlyMap<string, Compiled>
  /**
   * Throws `ExpressionFailure`, and `UnknownRead` unless `holes` are collected: then `UNKNOWN_TEXT` stands for what is
   * not known.
   */
  render(scope: Scope, holes?: Holes, pointer?: string): Json
}

/** `keepDigits`: of a variable, in which `1.10` stays what it is inside a string. */
export function compileValue(node: YamlNode, vocabulary: Vocabulary, findings: Findings, keepDigits = false): Compiled {
  const at = placeOf(node)
  if (node.kind === 'scalar' && node.verbatim) return constantOf(node.value, at)
  if (isText(node)) return compileText(node.value, placesIn(node), at, vocabulary, findings, keepDigits)
  if (node.kind === 'scalar') return constantOf(keepDigits ? writtenScalar(node) : node.value, at)
  if (node.kind === 'list') {
    const items = node.items.map((item) => compileValue(item, vocabulary, findings, keepDigits))
    if (items.every((item) => item.constant))
      return constantOf(
        items.map((item) => item.constant?.value ?? null),
        at,
      )
    return {
      at,
      expressions: items.flatMap((item) => item.expressions),
      type: listOf(items.map((item) => item.type).reduce(mergeTypes, items[0]?.type ?? ANY)),
      render: (scope, holes, pointer = '') => items.map((item, i) => item.render(scope, holes, `${pointer}/${i}`)),
    }
  }
  const entries = node.entries.map(
    (entry) => [entry.key, compileValue(entry.value, vocabulary, findings, keepDigits)] as const,
  )
  return compileMap(entries, at, node, findings)
}

/** A map whose values are compiled already: parameters, `environment`. */
export function compileMap(
  entries: readonly (readonly [string, Compiled])[],
  at: SourceSpan,
  node?: YamlNode,
  findings?: Findings,
): Compiled {
  if (node?.kind === 'map' && findings) {
    for (const entry of node.entries)
      if (entry.key.includes('{{')) findings.error('expression-not-allowed', 'a key cannot hold {{ … }}', entry.keyAt)
  }
  if (entries.every(([, value]) => value.constant))
    return constantOf(Object.fromEntries(entries.map(([key, value]) => [key, value.constant?.value ?? null])), at)
  return {
    at,
    expressions: entries.flatMap(([, value]) => value.expressions),
    type: MAP,
    fields: new Map(entries),
    render: (scope, holes, pointer = '') =>
      Object.fromEntries(
        entries.map(([key, value]) => [key, value.render(scope, holes, `${pointer}/${escapePointer(key)}`)]),
      ),
  }
}

export const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1')

export function constantOf(value: Json, at: SourceSpan): Compiled {
  const frozen = deepFreeze(value)
  return { at, constant: { value: frozen }, expressions: [], type: typeOf(frozen), render: () => frozen }
}

function compileText(
  text: string,
  place: TextPlace,
  at: SourceSpan,
  vocabulary: Vocabulary,
  findings: Findings,
  keepDigits: boolean,
): Compiled {
  if (!/\{[{%#]/.test(text)) return constantOf(text, at)
  const parts = splitTemplate(text)
  if ('message' in parts) {
    findings.error('bad-template', parts.message, place.at(parts.offset, parts.length), parts.hint)
    return broken(at, [])
  }
  const compiled = parts.map((part) => {
    if (part.kind === 'text') return part.text
    const inner: TextPlace = { ...place, at: (offset, length) => place.at(part.offset + offset, length) }
    if (/^-\s|-\s*$/.test(part.text))
      return findings.error('jinja-habit', "'{{-' is Jinja syntax", inner.at(0), 'write {{ … }}')
    const scopeHabit = /^\s*\.[A-Za-z]/.test(part.text)
    if (scopeHabit)
      return findings.error(
        'bad-expression',
        "an expression cannot begin with '.'",
        inner.at(0, part.text.length),
        LITERAL_BRACES,
      )
    return compileExpression(part.text, inner, vocabulary, findings, parts.length === 1 ? undefined : insideText)
  })
  const expressions = compiled.filter((part): part is Expression => typeof part === 'object')
  if (compiled.includes(undefined)) return broken(at, expressions)
  const [only] = compiled
  if (compiled.length === 1 && only !== undefined) return compileWhole(only, at, keepDigits)
  let fits = true
  for (const expression of expressions) {
    if (insideText(expression.type)) continue
    const { kind } = expression.type
    fits = false
    const hint = kind === 'list' ? "join it: list.join(',')" : 'take a field of it'
    findings.error('type-mismatch', `${typeWords(expression.type)} cannot be part of a string`, expression.at(), hint)
  }
  if (!fits) return broken(at, expressions)
  return {
    at,
    expressions,
    type: TEXT,
    render(scope, holes, pointer = '') {
      return withHoles(holes, pointer, () => joinParts(compiled, scope))
    },
  }
}

/** What can be part of a string. */
export const insideText: Fits = ({ kind }) => !['list', 'map', 'record', 'hostvars'].includes(kind)

/** Every part is evaluated, so that one which is not known does not hide a mistake in the next. */
function joinParts(parts: readonly (string | Expression | undefined)[], scope: Scope): string {
  let text = ''
  let unknown: UnknownRead | undefined
  for (const part of parts) {
    try {
      text += typeof part === 'object' ? asText(part.runWritten(scope), part) : part
    } catch (error) {
      if (!(error instanceof UnknownRead)) throw error
      unknown ??= error
    }
  }
  if (unknown) throw unknown
  return text
}

/** Of a text with a mistake that is reported already: nothing more is to be said of its value. */
function broken(at: SourceSpan, expressions: readonly Expression[]): Compiled {
  return {
    at,
    expressions,
    type: ANY,
    render(_scope, holes, pointer = '') {
      if (!holes) throw NOT_KNOWN
      holes.push(pointer)
      return ''
    },
  }
}

function compileWhole(part: string | Expression, at: SourceSpan, keepDigits: boolean): Compiled {
  if (typeof part === 'string') return constantOf(part, at)
  return {
    at,
    expressions: [part],
    type: part.type,
    render: (scope, holes, pointer = '') =>
      withHoles(holes, pointer, () => (keepDigits ? part.runWritten(scope) : part.run(scope))),
  }
}

export function withHoles(holes: Holes | undefined, pointer: string, render: () => Json): Json {
  if (!holes) return render()
  try {
    return render()
  } catch (error) {
    if (!(error instanceof UnknownRead)) throw error
    holes.push(pointer)
    return UNKNOWN_TEXT
  }
}

export function asText(value: Json, expression: Expression): string {
  if (typeof value === 'string') return value
  if (isNumber(value) || typeof value === 'boolean') return String(value)
  const what = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'a map'
  const hint = Array.isArray(value) ? "join it: list.join(',')" : undefined
  throw new ExpressionFailure(mistake('type-mismatch', `${what} cannot be part of a string`, expression.at(), hint))
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
