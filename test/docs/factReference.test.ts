// docs/facts.md says what the facts say; a difference is a drift.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { factReference } from '../../scripts/factReference.ts'

const text = await factReference()

it('is what `npm run docs` would write', () => {
  expect(readFileSync(new URL('../../docs/facts.md', import.meta.url), 'utf8')).toBe(text)
})

it.each([
  ['a field', '| `pretty` | string |'],
  ['a list of values', '| `flags` | list of string |'],
  ['what a fact is asked by', "Read as `facts.file['KEY']`, where KEY is an absolute path."],
  ['a field of each of a list', '| `[].vendor` |'],
  ['a field of each of a map', '| `NAME.source` | string |'],
  ['a fact without fields', '| the value | string |'],
])('spells out %s', (_what, row) => {
  expect(text).toContain(row)
})
