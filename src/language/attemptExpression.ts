// One text as a CEL expression: parsed, its names and types checked, and how to evaluate it; or what is wrong with it.
import { EvaluationError, ParseError, TypeError } from '@marcbachmann/cel-js'
import { type Diagnostic, mistake, type SourceSpan } from '../model/diagnostic.ts'
import { FACTS_NAME } from '../model/facts.ts'
import type { Json } from '../model/inventory.ts'
import type { FactUse, Scope } from '../model/computed.ts'
import { WrittenNumber } from '../model/writtenNumber.ts'
import { environmentFor, HAS_VARIABLE, JOIN } from './celEnvironment.ts'
import { CelScope, readPath } from './celScope.ts'
import { fromCel, isPlainOf, NoJson } from './celValues.ts'
import { explainFailure, explainTypeError } from './explainExpression.ts'
import { factUses } from './factUses.ts'
import { maskQuotes } from './maskQuotes.ts'
import { neverEqual, textTypeOf } from './neverEqual.ts'
import { repairsOf } from './repairs.ts'
import type { TextPlace } from './scalarOffsets.ts'
import { type Mistaken, unknownCalls, unknownNames } from './unknownNames.ts'
import { UnknownRead } from './unknownRead.ts'
import { typeNamed, type ValueType } from './valueType.ts'
import type { Vocabulary } from './vocabulary.ts'
import { type PathUse, walkExpression } from './walkExpression.ts'

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

type Compiled = ReturnType<typeof environmentFor>
const environments = new WeakMap<ReadonlyMap<string, ValueType>, Compiled>()

function environmentOf(types: ReadonlyMap<string, ValueType>): Compiled {
  let made = environments.get(types)
  if (!made) environments.set(types, (made = environmentFor(types)))
  return made
}

const mistaken = (problem: Diagnostic, repairs: readonly string[] = []): Mistaken => ({ problems: [problem], repairs })

export function attemptExpression(
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
  const [negative] = uses.negatives
  if (negative)
    return mistaken(
      mistake(
        'bad-expression',
        'an index is counted from the beginning of the list',
        place.at(negative.start, negative.end - negative.start),
      ),
    )
  const facts = vocabulary.types.get(FACTS_NAME)
  const named =
    facts?.kind === 'record' && uses.names.some(({ name }) => name === FACTS_NAME)
      ? factUses(parsed.ast, facts, place)
      : undefined
  if (named && named.problems.length > 0) return { problems: named.problems, repairs: [] }
  for (const { name, node } of uses.calls) if (name === 'join' && node.op === 'rcall') node.args[0] = JOIN
  const checked = parsed.check()
  if (!checked.valid) {
    const { error } = checked
    if (!(error instanceof TypeError) && !(error instanceof ParseError)) throw error
    const loosened = NULL_FITS_NOT.has(error.code) ? anyNull(text) : text
    if (loosened !== text) return attemptExpression(loosened, place, vocabulary)
    return mistaken(explainTypeError(error, text, place, records), repairsOf(error, text))
  }
  const type = textTypeOf(parsed.ast, vocabulary.types) ?? typeNamed(checked.type ?? 'dyn', records)
  const at = () => place.at(text.length - text.trimStart().length, text.trim().length)
  if (/^optional\b/.test(checked.type ?? ''))
    return mistaken(
      mistake('bad-expression', 'this value may be absent', place.at(0, text.length), 'give a default: .orValue(…)'),
    )
  const { types } = vocabulary
  const never = neverEqual(uses.comparisons, text, place, types)
  if (never) return never
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
