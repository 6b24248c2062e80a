// Each hint in the source is followed by a test, or says why it cannot be.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { HINT_COMMANDS } from '../cli/hintCommands.ts'
import { INVENTORY_PAIRS } from '../inventory/hintPairs.ts'
import { HINT_PAIRS } from '../playbook/hintPairs.ts'
import { HINTS, hintsOf } from './hintsInSource.ts'
import { HINT_ROWS } from './hintTable.ts'

const byHand = new Set([
  ...[...HINT_PAIRS, ...HINT_COMMANDS].map(({ hint }) => hint),
  ...INVENTORY_PAIRS.map(([hint]) => hint),
])

test('the hints of a source file are found where they stand', () => {
  const source = `mistake('a', 'b', at, x ? 'do this' : \`do \${that}\`); const r = { hint: 'and this' }; refuse('no', 'or that')`
  expect(hintsOf(source)).toEqual(['do this', 'do …', 'and this', 'or that'])
})

test('each hint has a row in hintTable.ts, or is followed by a pair of hintPairs.ts or hintCommands.ts', () => {
  const without = HINTS.filter(([, hint]) => !byHand.has(hint) && !HINT_ROWS.some(({ hints }) => hints.test(hint)))
  expect(without).toEqual([])
  expect(HINTS.length).toBeGreaterThan(300)
})

test('each row has its hint, and each test that it names is there', () => {
  const texts = HINTS.map(([, hint]) => hint)
  expect(HINT_ROWS.filter(({ hints }) => !texts.some((hint) => hints.test(hint)))).toEqual([])
  expect([...byHand].filter((hint) => !texts.includes(hint))).toEqual([])
  const files = HINT_ROWS.flatMap(({ followed }) => followed?.split(/[:,]/)[0] ?? [])
  const root = fileURLToPath(new URL('../../', import.meta.url))
  expect([...new Set(files)].filter((file) => !existsSync(root + file))).toEqual([])
})
