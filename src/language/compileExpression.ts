// Compiles one CEL expression: finds every unknown name in it, checks its types, and knows how to evaluate it.
import { type ASTNode, EvaluationError, ParseError, TypeError } from '@marcbachmann/cel-js'
import { type Diagnostic, mistake, type SourceSpan } from '../model/diagnostic.ts'
import { didYouMean, suggestion } from '../model/didYouMean.ts'
import type { Json } from '../model/inventory.ts'
import type { Scope } from '../model/playbook.ts'
import { WrittenNumber } from '../model/writtenNumber.ts'
import { environmentFor, functionNames, HAS_VARIABLE } from './celEnvironment.ts'
import { fromCel, NoJson, toCel } from './celValues.ts'
import { explainFailure, explainTypeError } from './explainExpression.ts'
import type { Findings } from '../text/findings.ts'
import { ansibleVariableHint, findHabit, FUNCTION_HABITS, maskQuotes } from './jinjaHabits.ts'
import type { TextPlace } from './scalarOffsets.ts'
import { ANY, type RecordType, typeNamed, type ValueType } from './valueType.ts'
import { type NameUse, type PathUse, walkExpression } from './walkExpression.ts'

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
  readonly type: ValueType
  readonly place: TextPlace
  /** The whole of it, without the blanks around. */
  at(): SourceSpan
  /** Throws `UnknownRead` or `ExpressionFailure`. */
  run(scope: Scope): Json
  /** The digits as the inventory has them, where the whole expression reads one such number. */
  digits(scope: Scope): string | undefined
}

/** The variables an expression may read, with their types. */
export interface Vocabulary {
  readonly types: ReadonlyMap<string, ValueType>
  /** Why a name that is not among them is not: `registered by a later task`. */
  explain(name: string): { readonly message: string; readonly hint?: string } | undefined
  /** Told of each variable that is read. */
  used(name: string): void
}

type Compiled = ReturnType<typeof environmentFor>
const environments = new WeakMap<ReadonlyMap<string, ValueType>, Compiled>()

function environmentOf(types: ReadonlyMap<string, ValueType>): Compiled {
  let made = environments.get(types)
  if (!made) environments.set(types, (made = environmentFor(types)))
  return made
}

/** Undefined after a mistake, which is reported at its place in the text. */
export function compileExpression(
  text: string,
  place: TextPlace,
  vocabulary: Vocabulary,
  findings: Findings,
): Expression | undefined {
  const { environment, records } = environmentOf(vocabulary.types)
  const parse = (source: string) => environment.parse(markVariablePresence(source))
  if (text.trim() === '') return findings.error('empty-expression', 'the braces are empty', place.at(0))
  const comment = maskQuotes(text).indexOf('//')
  if (comment >= 0)
    return findings.error(
      'bad-expression',
      "'//' begins a comment in CEL",
      place.at(comment, 2),
      "'/' between integers rounds toward zero already",
    )
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(text)
  } catch (error) {
    return reportSyntax(error, text, place, findings, (source) => {
      try {
        parse(source)
        return true
      } catch {
        return false
      }
    })
  }
  const uses = walkExpression(parsed.ast)
  const namesFit = [
    reportNames(uses.names, place, vocabulary, findings),
    reportCalls(uses.calls, text, place, findings),
  ]
  if (namesFit.includes(false)) return undefined
  const checked = parsed.check()
  if (!checked.valid) return reportType(checked.error, text, place, records, findings)
  const type = typeNamed(checked.type ?? 'dyn', records)
  const at = () => place.at(text.length - text.trimStart().length, text.trim().length)
  if (/^optional\b/.test(checked.type ?? ''))
    return findings.error(
      'bad-expression',
      'this value may be absent',
      place.at(0, text.length),
      'give a default: .orValue(…)',
    )
  const needs = [...new Set(uses.names.map((use) => use.name))]
  const { types } = vocabulary
  const [path, ...others] = uses.paths
  const whole = others.length === 0 && uses.calls.length === 0 && ONE_PATH.test(text) ? path : undefined
  return {
    needs,
    paths: uses.paths,
    type,
    place,
    at,
    digits: (scope) => (whole ? digitsAt(whole, scope) : undefined),
    run(scope) {
      try {
        return fromCel(parsed(new CelScope(scope, types)))
      } catch (error) {
        if (error instanceof EvaluationError) throw new ExpressionFailure(explainFailure(error, scope, text, place))
        if (error instanceof NoJson) throw new ExpressionFailure(mistake('bad-value', error.message, at()))
        throw error
      }
    },
  }
}

const ONE_PATH = /^\s*[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[('[^']*'|"[^"]*")\])*\s*$/

function digitsAt({ root, steps }: PathUse, scope: Scope): string | undefined {
  let value: unknown = scope[root.name]
  for (const { key } of steps) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string, unknown>>)[key]
  }
  return value instanceof WrittenNumber ? value.text : undefined
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

function reportSyntax(
  error: unknown,
  text: string,
  place: TextPlace,
  findings: Findings,
  parses: (source: string) => boolean,
): undefined {
  const habit = findHabit(text, parses)
  if (habit) return findings.error('jinja-habit', habit.message, place.at(habit.offset, habit.length), habit.hint)
  if (!(error instanceof ParseError)) throw error
  const start = Math.min(error.range?.start ?? 0, text.length)
  const end = error.range?.end ?? start + 1
  const what =
    start >= text.trimEnd().length ? 'the expression is incomplete' : `unexpected '${text.slice(start, end).trim()}'`
  const named = /Reserved identifier/.test(error.summary)
    ? `'${text.slice(start, end)}' is a reserved word and cannot be a variable`
    : what
  const quotes = /Unterminated/.test(error.summary) ? 'a quoted string is not closed' : named
  return findings.error('bad-expression', quotes, place.at(start, Math.max(1, end - start)))
}

function reportNames(names: readonly NameUse[], place: TextPlace, vocabulary: Vocabulary, findings: Findings): boolean {
  let fit = true
  const told = new Set<string>()
  for (const { name, start } of names) {
    if (told.has(name)) continue
    told.add(name)
    if (vocabulary.types.has(name)) {
      vocabulary.used(name)
      continue
    }
    fit = false
    const why = vocabulary.explain(name)
    const message = why?.message ?? `there is no variable '${name}'`
    const known = [...vocabulary.types.keys()]
    const close = didYouMean(name, known)
    const hint = why
      ? why.hint
      : (ansibleVariableHint(name) ?? (close === undefined ? undefined : `did you mean '${close}'?`))
    findings.error('unknown-variable', message, place.at(start, name.length), hint)
  }
  return fit
}

function reportCalls(
  calls: readonly { name: string; method: boolean; node: ASTNode; after: number }[],
  text: string,
  place: TextPlace,
  findings: Findings,
): boolean {
  const { functions, methods } = functionNames()
  let fit = true
  for (const { name, method, node, after } of calls) {
    if (name === HAS_VARIABLE || (method ? methods : functions).includes(name)) continue
    fit = false
    const at = place.at(method ? text.indexOf(name, after) : node.start, name.length)
    const other = (method ? functions : methods).includes(name)
    const habit = Object.hasOwn(FUNCTION_HABITS, name) ? FUNCTION_HABITS[name] : undefined
    const turned = other ? (method ? `write ${name}(x)` : `write x.${name}(…)`) : undefined
    const hint = habit ?? turned ?? suggestion(name, method ? methods : functions)
    findings.error('unknown-function', `there is no ${method ? 'method' : 'function'} '${name}'`, at, hint)
  }
  return fit
}

function reportType(
  error: unknown,
  text: string,
  place: TextPlace,
  records: ReadonlyMap<string, RecordType>,
  findings: Findings,
): undefined {
  if (!(error instanceof TypeError) && !(error instanceof ParseError)) throw error
  findings.add(explainTypeError(error, text, place, records))
  return undefined
}
