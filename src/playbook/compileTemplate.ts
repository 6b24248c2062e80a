// Compiles a value of the playbook with its `{{ … }}` into something that gives the value for a scope.
import { mistake, type SourceSpan } from '../model/diagnostic.ts'
import type { Json } from '../model/inventory.ts'
import { type Evaluated, type Scope, type Template, UNKNOWN } from '../model/playbook.ts'
import { compileExpression, type Expression, ExpressionFailure, type Vocabulary } from './compileExpression.ts'
import type { Findings } from './findings.ts'
import { placesIn, type TextPlace } from './scalarOffsets.ts'
import { LITERAL_BRACES, splitTemplate } from './splitTemplate.ts'
import { NOT_KNOWN, UnknownRead } from './unknownRead.ts'
import { ANY, listOf, MAP, mergeTypes, TEXT, typeOf, typeWords, type ValueType } from './valueType.ts'
import { isText, placeOf, type YamlNode, type YamlScalar } from './yamlTree.ts'

/** JSON pointers of what is not known yet. */
export type Holes = string[]

export interface Compiled {
  readonly at: SourceSpan
  /** Set when it holds no expression; frozen. */
  readonly constant?: { readonly value: Json }
  readonly expressions: readonly Expression[]
  readonly type: ValueType
  /**
   * Throws `ExpressionFailure`, and `UnknownRead` unless `holes` are collected: then an empty text stands for what is
   * not known.
   */
  render(scope: Scope, holes?: Holes, pointer?: string): Json
}

export function compileValue(node: YamlNode, vocabulary: Vocabulary, findings: Findings): Compiled {
  const at = placeOf(node)
  if (isText(node)) return compileText(node.value, placesIn(node), at, vocabulary, findings)
  if (node.kind === 'scalar') return constantOf(node.value, at)
  if (node.kind === 'list') {
    const items = node.items.map((item) => compileValue(item, vocabulary, findings))
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
  const entries = node.entries.map((entry) => [entry.key, compileValue(entry.value, vocabulary, findings)] as const)
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
    render: (scope, holes, pointer = '') => {
      const map: Record<string, Json> = {}
      for (const [key, value] of entries) map[key] = value.render(scope, holes, `${pointer}/${escapePointer(key)}`)
      return map
    },
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
): Compiled {
  if (!text.includes('{{') && !text.includes('{%')) return constantOf(text, at)
  const parts = splitTemplate(text)
  if ('message' in parts) {
    findings.error('bad-template', parts.message, place.at(parts.offset, parts.length), parts.hint)
    return constantOf(text, at)
  }
  const compiled = parts.map((part) => {
    if (part.kind === 'text') return part.text
    const inner: TextPlace = { at: (offset, length) => place.at(part.offset + offset, length) }
    if (/^-\s|-\s*$/.test(part.text))
      return findings.error('jinja-habit', "'{{-' is Jinja, which is not spoken here", inner.at(0), 'write {{ … }}')
    const scopeHabit = /^\s*\.[A-Za-z]/.test(part.text)
    if (scopeHabit)
      return findings.error(
        'bad-expression',
        "an expression does not begin with '.'",
        inner.at(0, part.text.length),
        LITERAL_BRACES,
      )
    return compileExpression(part.text, inner, vocabulary, findings)
  })
  const expressions = compiled.filter((part): part is Expression => typeof part === 'object')
  if (compiled.includes(undefined)) return { at, expressions, type: ANY, render: () => '' }
  const [only] = compiled
  if (compiled.length === 1 && only !== undefined) return compileWhole(only, at)
  let fits = true
  for (const expression of expressions) {
    const { kind } = expression.type
    if (kind !== 'list' && kind !== 'map' && kind !== 'record' && kind !== 'hostvars') continue
    fits = false
    const hint = kind === 'list' ? "join it: list.join(',')" : 'take a field of it'
    findings.error('type-mismatch', `${typeWords(expression.type)} cannot stand inside a text`, expression.at(), hint)
  }
  if (!fits) return { at, expressions: [], type: TEXT, render: () => '' }
  return {
    at,
    expressions,
    type: TEXT,
    render(scope, holes, pointer = '') {
      return withHoles(holes, pointer, () => joinParts(compiled, scope))
    },
  }
}

/** Every part is evaluated, so that one which is not known does not hide a mistake in the next. */
function joinParts(parts: readonly (string | Expression | undefined)[], scope: Scope): string {
  let text = ''
  let unknown: UnknownRead | undefined
  for (const part of parts) {
    try {
      text += typeof part === 'object' ? asText(part.run(scope), part) : part
    } catch (error) {
      if (!(error instanceof UnknownRead)) throw error
      unknown ??= error
    }
  }
  if (unknown) throw unknown
  return text
}

function compileWhole(part: string | Expression, at: SourceSpan): Compiled {
  if (typeof part === 'string') return constantOf(part, at)
  return {
    at,
    expressions: [part],
    type: part.type,
    render: (scope, holes, pointer = '') => withHoles(holes, pointer, () => part.run(scope)),
  }
}

function withHoles(holes: Holes | undefined, pointer: string, render: () => Json): Json {
  if (!holes) return render()
  try {
    return render()
  } catch (error) {
    if (!(error instanceof UnknownRead)) throw error
    holes.push(pointer)
    return ''
  }
}

function asText(value: Json, expression: Expression): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const what = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'a map'
  const hint = Array.isArray(value) ? "join it: list.join(',')" : undefined
  throw new ExpressionFailure(mistake('type-mismatch', `${what} cannot stand inside a text`, expression.at(), hint))
}

/** `when:` and its kin: the whole text is one expression. */
export function compileCondition(node: YamlNode, word: string, vocabulary: Vocabulary, findings: Findings): Compiled {
  const at = placeOf(node)
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return constantOf(node.value, at)
  const failed = constantOf(true, at)
  if (!isText(node)) {
    findings.error('wrong-type', `'${word}' must be an expression, not a value`, at, 'such as `when: result.changed`')
    return failed
  }
  const { value } = node as YamlScalar & { value: string }
  const place = placesIn(node)
  const braces = value.indexOf('{{')
  if (braces >= 0 && !/["'].*\{\{.*["']/.test(value)) {
    const bare = /^\s*\{\{(.*)\}\}\s*$/s.exec(value)?.[1]?.trim()
    findings.error(
      'braces-in-condition',
      `'${word}' is an expression already and takes no {{ … }}`,
      place.at(braces, 2),
      bare ? `write ${bare}` : 'leave the braces out',
    )
    return failed
  }
  const expression = compileExpression(value, place, vocabulary, findings)
  if (!expression) return failed
  const { kind } = expression.type
  if (kind !== 'boolean' && kind !== 'any') {
    const hint = {
      text: "compare it: x == 'yes', x != ''",
      integer: 'compare it: x > 0',
      number: 'compare it: x > 0',
      list: 'ask for its size: size(x) > 0',
      map: 'ask for its size: size(x) > 0',
      record: 'ask for a field of it: x.changed',
      hostvars: undefined,
    }[kind]
    const length = value.trimEnd().length
    findings.error(
      'type-mismatch',
      `'${word}' must be true or false, and this is ${typeWords(expression.type)}`,
      place.at(0, length),
      hint,
    )
    return failed
  }
  return {
    at,
    expressions: [expression],
    type: expression.type,
    render(scope) {
      const result = expression.run(scope)
      if (typeof result === 'boolean') return result
      throw new ExpressionFailure(
        mistake(
          'type-mismatch',
          `'${word}' must be true or false, and this is ${typeWords(typeOf(result))}`,
          place.at(0, value.length),
          typeof result === 'string' ? 'bool(x) reads a text' : undefined,
        ),
      )
    },
  }
}

/** What the engine sees of a compiled value. `shape` makes the last of it, and may throw `ExpressionFailure`. */
export function templateOf<T>(compiled: Compiled, shape?: (value: Json) => T): Template<T> {
  const make = shape ?? ((value: Json) => value as T)
  const { at, constant } = compiled
  const needs = [...new Set(compiled.expressions.flatMap((expression) => expression.needs))]
  let kept: Evaluated<T> | undefined
  return {
    at,
    constant: constant !== undefined,
    needs,
    evaluate(scope) {
      if (kept) return kept
      const result = evaluate(() => make(compiled.render(scope)), needs, scope)
      if (constant) kept = result
      return result
    },
  }
}

/** `needs` and `scope` serve to name what is not known. */
export function evaluate<T>(render: () => T, needs: readonly string[] = [], scope: Scope = {}): Evaluated<T> {
  try {
    return { ok: true, value: render() }
  } catch (error) {
    if (error instanceof UnknownRead) return { ok: false, unknown: true, because: whatIsUnknown(needs, scope) }
    if (error instanceof ExpressionFailure) return { ok: false, unknown: false, diagnostic: error.diagnostic }
    throw error
  }
}

function whatIsUnknown(needs: readonly string[], scope: Scope): string {
  const names = needs.filter((name) => {
    const value = scope[name]
    return value === UNKNOWN || (typeof value === 'object' && value !== null && Object.values(value).includes(UNKNOWN))
  })
  return names.length > 0 ? names.map((name) => `'${name}'`).join(' and ') : NOT_KNOWN.message
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const inner of Object.values(value)) deepFreeze(inner)
  return Object.freeze(value)
}
