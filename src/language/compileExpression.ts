// Compiles one CEL expression; of a mistake, finds the hint that is right in its place.
import { type Diagnostic, mistake } from '../model/diagnostic.ts'
import type { Findings } from '../text/findings.ts'
import { attemptExpression, type Expression } from './attemptExpression.ts'
import { adviceOn } from './jinja/ansibleNames.ts'
import { translate } from './jinja/translate.ts'
import { asCondition } from './repairs.ts'
import type { TextPlace } from './scalarOffsets.ts'
import { GENERAL_HINT, type Mistaken } from './unknownNames.ts'
import { inputValueType, type ValueType } from './valueType.ts'
import type { Vocabulary } from './vocabulary.ts'

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
      const { type } = attempt.expression
      if (fits(type)) return candidate
      for (const condition of asConditions(candidate, type, fits)) queue.add(condition)
    } else for (const repair of attempt.repairs) queue.add(repair)
    if (--left === 0) return undefined
  }
  return undefined
}

/** Where only true or false fits. */
const asConditions = (text: string, { kind }: ValueType, fits: Fits): readonly string[] =>
  ['text', 'integer', 'number', 'list', 'map'].includes(kind) && fits({ kind: 'boolean' })
    ? asCondition(text, kind)
    : []

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
    return [{ ...blamed, hint: `write ${place.written?.(right) ?? right}` }]
  }
  const declaration = cel === undefined ? undefined : declarationFor(cel, vocabulary, fits)
  if (declaration !== undefined && first) return [{ ...first, hint: declaration }]
  const blamedAlready = first?.at?.column === said?.at.column && first?.at?.line === said?.at.line
  if (said && first && (first.code === 'bad-expression' || blamedAlready))
    return [mistake('jinja-habit', said.message, said.at, first.hint ?? GENERAL_HINT)]
  return problems
}

const OPTIONAL_TYPES = ['string', 'integer', 'boolean', 'list', 'map', 'number'] as const

/** Of an expression that asks whether a variable is there which nothing declares: how to declare it. */
function declarationFor(cel: string, vocabulary: Vocabulary, fits: Fits): string | undefined {
  const name = /\bhas\(([A-Za-z_]\w*)\)/.exec(cel)?.[1]
  if (name === undefined || vocabulary.types.has(name) || vocabulary.explain(name)?.hint !== undefined) return undefined
  const advice = adviceOn(name)
  if (advice !== undefined) return advice
  const type = OPTIONAL_TYPES.find((one) => {
    const types = new Map(vocabulary.types).set(name, inputValueType({ type: one }))
    return rightAmong([cel], { ...vocabulary, types }, fits) !== undefined
  })
  return type && `declare it with 'inputs: { ${name}: { type: ${type}, optional: true } }', and write ${cel}`
}
