// Hints of task types that name a parameter to set: set, the same facts are no longer refused for that cause.
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { rejections } from '../../src/run/checkCases.ts'
import { catalogue } from './catalogue.ts'
import { CONTEXT } from './kit.ts'

const NAMED = /\b(?:add|set|write) `(\w+): ([^`]+)`/

type Params = Readonly<Record<string, unknown>>

/** Of a decision, or of parameters that do not go together. */
function refusalOf(type: (typeof catalogue)[number]['type'], params: Params, observed: object, context: object) {
  const [rejected] = rejections(type, params as never)
  if (rejected) return { cause: rejected.says, hint: rejected.says }
  const given = { ...CONTEXT, ...context }
  const asked = Object.keys(type.observe(params as never, given))
  if (asked.some((name) => !(name in observed))) return undefined
  const decision = type.decide({ params: params as never, observed, context: given } as never)
  return decision.kind === 'refuse' ? { cause: decision.cause, hint: decision.hint ?? '' } : undefined
}

const found = catalogue.flatMap(({ name, type, cases }) =>
  [
    ...cases.decide,
    ...cases.wrong.map((one) => ({ it: one.says, params: one.params, observed: {}, context: {} })),
  ].flatMap((one) => {
    const refusal = refusalOf(type, one.params, one.observed, one.context ?? {})
    const [, key = '', value = ''] = NAMED.exec(refusal?.hint ?? '') ?? []
    if (!refusal || !Object.hasOwn(type.params.properties as object, key)) return []
    return [{ name, type, one, refusal, key, value }]
  }),
)

test('there are such hints', () => expect(new Set(found.map(({ name }) => name)).size).toBeGreaterThan(5))

test.each(found)('$name: $key: $value ($refusal.cause)', ({ type, one, refusal, key, value }) => {
  const params = { ...one.params, [key]: parse(value) as unknown }
  const after = refusalOf(type, params, one.observed, one.context ?? {})
  expect(after?.cause).not.toBe(refusal.cause)
  expect(rejections(type, params as never)).toEqual([])
})
