// The loop of a task: what it goes over, and the names of each item.
import { mistake, type SourceSpan } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import type { LoopSpec } from '../../model/playTree.ts'
import { ExpressionFailure } from '../../language/attemptExpression.ts'
import { rightAmong } from '../../language/compileExpression.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import { type Compiled, compileValue, constantOf } from '../../language/compileTemplate.ts'
import { templateOf } from '../../language/computed.ts'
import { ANY, INTEGER, MAP, typeOf, typeWords, type ValueType } from '../../language/valueType.ts'
import type { Findings } from '../../text/findings.ts'
import { describeNode, isText, placeOf } from '../../text/yamlTree.ts'
import type { ParsedTask } from '../parse/parsed.ts'
import { onlySet } from './onlySet.ts'

export interface CompiledLoop {
  readonly items: Compiled
  readonly as: string
  readonly indexAs?: string
}

export function compileLoop(task: ParsedTask, vocabulary: Vocabulary, findings: Findings): CompiledLoop | undefined {
  const { loop, loopVar, indexVar } = task
  if (!loop) return undefined
  for (const own of [loopVar, indexVar]) {
    if (own && vocabulary.types.has(own.text) && own.text !== 'item')
      findings.error(
        'variable-hidden',
        `the loop variable '${own.text}' hides a variable of that name`,
        own.at,
        'choose another name',
      )
  }
  const at = placeOf(loop)
  const names = { as: loopVar.text, ...(indexVar && { indexAs: indexVar.text }) }
  const items = compileValue(loop, vocabulary, findings, true)
  const { kind } = items.type
  if (kind === 'list' || kind === 'map' || (kind === 'any' && !items.constant)) return { items, ...names }
  const bare = isText(loop) ? bareLoop(loop.value.trim(), vocabulary) : undefined
  const what = items.constant ? describeNode(loop) : typeWords(items.type)
  findings.error('wrong-type', `'loop' must be a list or a map, not ${what}`, at, bare)
  return { items: constantOf([], at), ...names }
}

/** A variable or expression that was written without its braces. */
function bareLoop(text: string, vocabulary: Vocabulary): string | undefined {
  const right = rightAmong([text], vocabulary, ({ kind }) => kind === 'list' || kind === 'map' || kind === 'any')
  return right && `write loop: "{{ ${right} }}"`
}

export function withLoop(types: ReadonlyMap<string, ValueType>, loop: CompiledLoop): ReadonlyMap<string, ValueType> {
  const { type } = loop.items
  const inner = new Map(types).set(loop.as, type.kind === 'list' ? type.of : type.kind === 'map' ? MAP : ANY)
  if (loop.indexAs !== undefined) inner.set(loop.indexAs, INTEGER)
  return inner
}

/** The items of a loop: a list as it is, of a map one `{ key, value }` for each entry. */
export function loopItems(value: Json, at: SourceSpan): readonly Json[] {
  if (Array.isArray(value)) return value
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).map(([key, inner]) => ({ key, value: inner }))
  throw new ExpressionFailure(
    mistake('wrong-type', `'loop' must be a list or a map, not ${typeWords(typeOf(value))}`, at),
  )
}

export function loopSpec(
  { items, as, indexAs }: CompiledLoop,
  task: ParsedTask,
  inside: Vocabulary,
  findings: Findings,
): LoopSpec {
  return {
    items: templateOf(items, (value) => loopItems(value, items.at)),
    as,
    ...onlySet({
      indexAs,
      label: task.label && templateOf<Json>(compileValue(task.label, inside, findings)),
      pauseSeconds: task.pauseSeconds,
    }),
  }
}
