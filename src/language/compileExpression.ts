// Compiles one CEL expression: finds every unknown name in it, checks its types, and knows how to evaluate it.
import { type ASTNode, EvaluationError, ParseError, TypeError } from '@marcbachmann/cel-js'
import { type Diagnostic, mistake, type SourceSpan } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'
import { FACTS_NAME } from '../model/facts.ts'
import type { Json } from '../model/inventory.ts'
import type { FactUse, Scope } from '../model/computed.ts'
import { WrittenNumber } from '../model/writtenNumber.ts'
import { environmentFor, functionNames, HAS_VARIABLE } from './celEnvironment.ts'
import { fromCel, isPlainOf, NoJson, toCel } from './celValues.ts'
import { explainFailure, explainTypeError } from './explainExpression.ts'
import { factUses } from './factUses.ts'
import { adviceOn } from './jinja/ansibleNames.ts'
import { translate } from './jinja/translate.ts'
import { maskQuotes } from './maskQuotes.ts'
import { repairsOf, replaceNode } from './repairs.ts'
import type { Findings } from '../text/findings.ts'
import type { TextPlace } from './scalarOffsets.ts'
import { UnknownRead } from './unknownRead.ts'
import { ANY, inputValueType, typeNamed, type ValueType } from './valueType.ts'
import { type CallUse, type NameUse, type PathUse, walkExpression } from './walkExpression.ts'

/** Thrown while a template is rendered, and caught where the template is evaluated: a mistake of the user's. */
export class ExpressionFailure extends Error {
  readonly diagnostic: Diagnostic

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.diagnostic = diagnostic
  }
}

export interface Expression {
  /** Variables it reads at its roots. */
  readonly needs: readonly string[]
  /** What it reads by names that are written down: `a.b`, with the part that may be absent left out. */
  readonly paths: readonly PathUse[]
  /** Facts that it names; those whose key is computed are left out. */
  readonly facts: readonly FactUse[]
  readonly type: ValueType
  readonly place: TextPlace
  /** The whole of it, without the blanks around. */
  at(): SourceSpan
  /** Throws `UnknownRead` or `ExpressionFailure`. */
  run(scope: Scope): Json
  /** As `run`, numbers with the digits that were written where the expression only reads them. */
  runWritten(scope: Scope): Json
}

/** The variables an expression may read, with their types. */
export interface Vocabulary {
  readonly types: ReadonlyMap<string, ValueType>
  /** Why a name that is not among them is not: `registered by a later task`. */
  explain(name: string): { readonly message: string; readonly hint?: string } | undefined
  /** Called for each variable that is read. */
  used(name: string): void
}

type Compiled = ReturnType<typeof environmentFor>
const environments = new WeakMap<ReadonlyMap<string, ValueType>, Compiled>()

function environmentOf(types: ReadonlyMap<string, ValueType>): Compiled {
  let made = environments.get(types)
  if (!made) environments.set(types, (made = environmentFor(types)))
  return made
}

/** Whether a type may stand where the expression is. */
export type Fits = (type: ValueType) => boolean

const anywhere: Fits = () => true

/**
 * Undefined after a mistake, which is reported at its place in the text. A hint that says what to write has been
 * compiled in that place: `fits` is what is asked of its type there.
 */
export function compileExpression(
  text: string,
  place: TextPlace,
  vocabulary: Vocabulary,
  findings: Findings,
  fits: Fits = anywhere,
): Expression | undefined {
  const attempt = attemptExpression(text, place, vocabulary)
  if ('expression' in attempt) return attempt.expression
  const problems = withHint(text, place, vocabulary, attempt, fits)
  for (const problem of problems) findings.add(problem)
  return undefined
}

/** How many candidates are tried before a mistake is left without a hint of its own. */
const MOST_TRIED = 40

/** The first that is right in this place: of the candidates, of what repairs these, and so on. */
export function rightAmong(candidates: readonly string[], vocabulary: Vocabulary, fits: Fits): string | undefined {
  const quiet: Vocabulary = { types: vocabulary.types, explain: () => undefined, used: () => {} }
  const queue = new Set(candidates)
  let left = MOST_TRIED
  for (const candidate of queue) {
    const attempt = attemptExpression(candidate, NOWHERE, quiet)
    if ('expression' in attempt) {
      if (fits(attempt.expression.type)) return candidate
    } else for (const repair of attempt.repairs) queue.add(repair)
    if (--left === 0) return undefined
  }
  return undefined
}

const NOWHERE: TextPlace = { at: () => ({ file: '', line: 1, column: 1, length: 1, text: '' }) }

function withHint(
  text: string,
  place: TextPlace,
  vocabulary: Vocabulary,
  { problems, repairs }: Mistaken,
  fits: Fits,
): readonly Diagnostic[] {
  const { habit, cel } = translate(text, (name) => vocabulary.types.has(name))
  const repaired = rightAmong(repairs, vocabulary, fits)
  const translated = cel === undefined || cel === text.trim() ? [] : [cel]
  const right = repaired ?? rightAmong(translated, vocabulary, fits)
  const [first] = problems
  const said = habit && { message: habit.message, at: place.at(habit.offset, habit.length) }
  if (right !== undefined && first) {
    const blamed = right !== repaired && said ? { ...first, ...said, code: 'jinja-habit' } : first
    return [{ ...blamed, hint: `write ${right}` }]
  }
  const declaration = cel === undefined ? undefined : declarationFor(cel, vocabulary, fits)
  if (declaration !== undefined && first) return [{ ...first, hint: declaration }]
  const blamedAlready = first?.at?.column === said?.at.column && first?.at?.line === said?.at.line
  if (said && first && (first.code === 'bad-expression' || blamedAlready))
    return [mistake('jinja-habit', said.message, said.at, first.hint ?? GENERAL_HINT)]
  return problems
}

const GENERAL_HINT = 'see docs/functions.md for what to write instead'

const OPTIONAL_TYPES = ['string', 'integer', 'boolean', 'list', 'map', 'number'] as const

/** Of an expression that asks whether a variable is there which nothing declares: how to declare it. */
function declarationFor(cel: string, vocabulary: Vocabulary, fits: Fits): string | undefined {
  const name = /\bhas\(([A-Za-z_]\w*)\)/.exec(cel)?.[1]
  if (name === undefined || vocabulary.types.has(name) || vocabulary.explain(name)?.hint !== undefined) return undefined
  const type = OPTIONAL_TYPES.find((one) => {
    const types = new Map(vocabulary.types).set(name, inputValueType(one))
    return rightAmong([cel], { ...vocabulary, types }, fits) !== undefined
  })
  return type && `declare it with 'inputs: { ${name}: { type: ${type}, optional: true } }', and write ${cel}`
}

interface Mistaken {
  readonly problems: readonly Diagnostic[]
  /** What the whole could be instead; not tried yet. */
  readonly repairs: readonly string[]
}

const mistaken = (problem: Diagnostic, repairs: readonly string[] = []): Mistaken => ({ problems: [problem], repairs })

function attemptExpression(
  text: string,
  place: TextPlace,
  vocabulary: Vocabulary,
): { readonly expression: Expression } | Mistaken {
  const { environment, records } = environmentOf(vocabulary.types)
  if (text.trim() === '') return mistaken(mistake('empty-expression', 'the braces are empty', place.at(0)))
  const comment = maskQuotes(text).indexOf('//')
  if (comment >= 0) return mistaken(mistake('bad-expression', "'//' begins a comment in CEL", place.at(comment, 2)))
  let parsed: ReturnType<typeof environment.parse>
  try {
    parsed = environment.parse(markVariablePresence(text))
  } catch (error) {
    return mistaken(explainSyntax(error, text, place))
  }
  const uses = walkExpression(parsed.ast)
  const names = unknownNames(uses.names, place, vocabulary)
  const calls = unknownCalls(uses.calls, text, place)
  if (names.length > 0 || calls.problems.length > 0)
    return { problems: [...names, ...calls.problems], repairs: calls.repairs }
  const facts = vocabulary.types.get(FACTS_NAME)
  const named =
    facts?.kind === 'record' && uses.names.some(({ name }) => name === FACTS_NAME)
      ? factUses(parsed.ast, facts, place)
      : undefined
  if (named && named.problems.length > 0) return { problems: named.problems, repairs: [] }
  const checked = parsed.check()
  if (!checked.valid) {
    const { error } = checked
    if (!(error instanceof TypeError) && !(error instanceof ParseError)) throw error
    const loosened = NULL_FITS_NOT.has(error.code) ? anyNull(text) : text
    if (loosened !== text) return attemptExpression(loosened, place, vocabulary)
    return mistaken(explainTypeError(error, text, place, records), repairsOf(error, text))
  }
  const type = typeNamed(checked.type ?? 'dyn', records)
  const at = () => place.at(text.length - text.trimStart().length, text.trim().length)
  if (/^optional\b/.test(checked.type ?? ''))
    return mistaken(
      mistake('bad-expression', 'this value may be absent', place.at(0, text.length), 'give a default: .orValue(…)'),
    )
  const { types } = vocabulary
  const expression: Expression = {
    needs: [...new Set(uses.names.map((use) => use.name))],
    paths: uses.paths,
    facts: named?.uses ?? [],
    type,
    place,
    at,
    runWritten(scope) {
      const written = readPath(parsed.ast, scope)
      if (written instanceof WrittenNumber) return written as unknown as Json
      const value = expression.run(scope)
      return isPlainOf(value, written) ? written : value
    },
    run(scope) {
      try {
        return fromCel(parsed(new CelScope(scope, types)))
      } catch (error) {
        if (error instanceof UnknownRead || error instanceof ExpressionFailure) throw error
        if (error instanceof EvaluationError) throw new ExpressionFailure(explainFailure(error, scope, text, place))
        // Whatever the evaluator throws is a failure of this host, not the end of the run.
        const why = error instanceof NoJson ? error.message : `it cannot be evaluated: ${(error as Error).message}`
        throw new ExpressionFailure(mistake('bad-value', why, at()))
      }
    },
  }
  return { expression }
}

const NULL_FITS_NOT = new Set(['incompatible_ternary_branches', 'incompatible_argument_type'])

/** `x ? y : null` leaves a parameter out, whatever the type of y: null as a value of any type. */
function anyNull(text: string): string {
  const masked = maskQuotes(text)
  let loosened = text
  for (const { index } of [...masked.matchAll(/(?<![\w.(])null(?!\w)|(?<=(?<!\bdyn)\()null(?!\w)/g)].reverse())
    loosened = `${loosened.slice(0, index)}dyn(null)${loosened.slice(index + 4)}`
  return loosened
}

/** What `a.b`, `a['b']`, `a[0]` or `a[b]` reads; undefined for anything else. */
function readPath(node: ASTNode, scope: Scope): unknown {
  if (node.op === 'id') return scope[node.args]
  if (node.op === '.') return itemOf(readPath(node.args[0], scope), node.args[1])
  if (node.op !== '[]') return undefined
  const [list, key] = node.args
  return itemOf(readPath(list, scope), key.op === 'value' ? key.args : readPath(key, scope))
}

function itemOf(value: unknown, key: unknown): unknown {
  const name = String(key)
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}

/** The variables of a scope, converted as they are read. */
class CelScope extends Map<string, unknown> {
  readonly #scope: Scope
  readonly #types: ReadonlyMap<string, ValueType>

  constructor(scope: Scope, types: ReadonlyMap<string, ValueType>) {
    super()
    this.#scope = scope
    this.#types = types
  }

  override get(name: string): unknown {
    const value = this.#scope[name]
    return value === undefined ? undefined : toCel(value, this.#types.get(name) ?? ANY)
  }
}

function markVariablePresence(text: string): string {
  if (!text.includes('has')) return text
  const masked = maskQuotes(text)
  let marked = text
  for (const match of masked.matchAll(/\bhas(?=\(\s*[A-Za-z_]\w*\s*\))/g))
    marked = marked.slice(0, match.index) + HAS_VARIABLE + marked.slice(match.index + HAS_VARIABLE.length)
  return marked
}

function explainSyntax(error: unknown, text: string, place: TextPlace): Diagnostic {
  if (!(error instanceof ParseError)) throw error
  const start = Math.min(error.range?.start ?? 0, text.length)
  const end = error.range?.end ?? start + 1
  const what =
    start >= text.trimEnd().length ? 'the expression is incomplete' : `unexpected '${text.slice(start, end).trim()}'`
  const named = /Reserved identifier/.test(error.summary)
    ? `'${text.slice(start, end)}' is a reserved word and cannot be a variable`
    : what
  const quotes = /Unterminated/.test(error.summary) ? 'a quoted string is not closed' : named
  return mistake('bad-expression', quotes, place.at(start, Math.max(1, end - start)))
}

function unknownNames(names: readonly NameUse[], place: TextPlace, vocabulary: Vocabulary): readonly Diagnostic[] {
  const problems: Diagnostic[] = []
  const seen = new Set<string>()
  for (const { name, start } of names) {
    if (seen.has(name)) continue
    seen.add(name)
    if (vocabulary.types.has(name)) {
      vocabulary.used(name)
      continue
    }
    const why = vocabulary.explain(name)
    const close = didYouMean(name, [...vocabulary.types.keys()])
    const hint = why ? why.hint : (adviceOn(name) ?? (close === undefined ? undefined : `did you mean '${close}'?`))
    const message = why?.message ?? `there is no variable '${name}'`
    problems.push(mistake('unknown-variable', message, place.at(start, name.length), hint))
  }
  return problems
}

function unknownCalls(calls: readonly CallUse[], text: string, place: TextPlace): Mistaken {
  const { functions, methods } = functionNames()
  const problems: Diagnostic[] = []
  const repairs: string[] = []
  for (const { name, method, node, after } of calls) {
    if (name === HAS_VARIABLE || (method ? methods : functions).includes(name)) continue
    const at = place.at(method ? text.indexOf(name, after) : node.start, name.length)
    const close = didYouMean(name, method ? methods : functions)
    const hint = adviceOn(name) ?? (close === undefined ? GENERAL_HINT : `did you mean '${close}'?`)
    const what = `there is no ${method ? 'method' : 'function'} '${name}'`
    problems.push(mistake('unknown-function', what, at, hint))
    repairs.push(turned(node, text))
  }
  return { problems, repairs }
}

/** `f(x, y)` as `x.f(y)`, and the other way round. */
function turned(node: ASTNode, text: string): string {
  const slice = (part: ASTNode) => text.slice(part.start, part.end)
  let other = ''
  if (node.op === 'call') {
    const [name, [first, ...rest]] = node.args
    if (first) other = `${slice(first)}.${name}(${rest.map(slice).join(', ')})`
  } else if (node.op === 'rcall') {
    const [name, receiver, args] = node.args
    other = `${name}(${[receiver, ...args].map(slice).join(', ')})`
  }
  return replaceNode(text, node, other)
}
