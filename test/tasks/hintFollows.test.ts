// Hints of task types are followed in each case that gets one: then the task is decided, and no longer refused.
import { expect, test } from 'vitest'
import { rejections } from '../../src/run/checkCases.ts'
import { HINTS, patternOf } from '../text/hintsInSource.ts'
import { TASK_ROWS } from '../task/hintRows.ts'
import { CONTAINER_ROWS } from '../container/hintRows.ts'
import { TEXT_ROWS } from '../text/hintRows.ts'
import { catalogue } from './catalogue.ts'
import { HINT_FOLLOWS, type Situation } from './hintFollows.ts'
import { CONTEXT } from './kit.ts'

const ROWS = { ...TEXT_ROWS, ...TASK_ROWS, ...CONTAINER_ROWS }

type Type = (typeof catalogue)[number]['type']

/** `add `key: value``: followed in hintParameters.test.ts. */
const NAMED = /\b(?:add|set|write) `(\w+): ([^`]+)`/
const HERE = HINTS.flatMap(([, hint]) => hint).toSorted((a, b) => b.length - a.length)
/** The hint of the source that was said: the one with the most words of its own. */
const sourceOf = (said: string) => (HERE.includes(said) ? said : HERE.find((hint) => patternOf(hint).test(said)))

/** Why a task cannot be decided, with its hint. */
function refusalOf(type: Type, { params, observed, context }: Situation) {
  const wrong = rejections(type, params)
  const [checked] = wrong.length > 0 ? (type.check?.(params as never, { changedWhen: false }) ?? []) : []
  if (wrong.length > 0) return { cause: wrong.map(({ says }) => says).join('; '), hint: checked?.hint }
  const asked = Object.keys(type.observe(params as never, context))
  const unanswered = asked.filter((name) => !(name in observed))
  if (unanswered.length > 0 && Object.keys(observed).length > 0)
    return { cause: `no answer for ${unanswered.join(', ')}`, hint: undefined }
  if (unanswered.length > 0) return undefined
  const decision = type.decide({ params: params as never, observed, context } as never)
  return decision.kind === 'refuse' ? { cause: decision.cause, hint: decision.hint } : undefined
}

const found = catalogue.flatMap(({ name, type, cases }) =>
  [
    ...cases.decide.filter(({ expect: { kind } }) => kind === 'refuse'),
    ...cases.wrong.map(({ params, says }) => ({ it: says, params, observed: {}, context: {} })),
  ].flatMap(({ it, params, observed, context }) => {
    const before: Situation = { params, observed, context: { ...CONTEXT, ...context } }
    const said = safely(() => refusalOf(type, before)?.hint)
    return said === undefined ? [] : [{ name, it, type, before, said, hint: sourceOf(said) }]
  }),
)

function safely<T>(ask: () => T): T | undefined {
  try {
    return ask()
  } catch {
    return undefined
  }
}

test('each hint that a case gets is one of the source, and is followed here or has a row', () => {
  expect(found.filter(({ hint }) => hint === undefined).map(({ said }) => said)).toEqual([])
  const left = found.filter(
    ({ hint = '', said }) => !HINT_FOLLOWS[hint] && !NAMED.test(said) && !Object.hasOwn(ROWS, hint),
  )
  expect([...new Set(left.map(({ hint }) => hint))]).toEqual([])
  const unused = Object.keys(HINT_FOLLOWS).filter((hint) => !found.some((one) => one.hint === hint))
  expect(unused).toEqual([])
})

const followed = found.filter(({ hint = '' }) => HINT_FOLLOWS[hint])

test.each(followed)('$name: $it: $said', ({ type, before, hint = '' }) => {
  const { type: other, ...changes } = HINT_FOLLOWS[hint]?.(before) ?? {}
  const named = other === undefined ? type : catalogue.find(({ name }) => name === other)?.type
  expect(refusalOf(named ?? type, { ...before, ...changes })).toBe(undefined)
})
