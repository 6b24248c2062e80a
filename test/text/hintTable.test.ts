// Each hint in the source has its row: how it is followed, or the reason why no machine can follow it.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { HINT_COMMANDS } from '../cli/hintCommands.ts'
import { CONTAINER_ROWS } from '../container/hintRows.ts'
import { INVENTORY_PAIRS } from '../inventory/hintPairs.ts'
import { HINT_PAIRS } from '../playbook/hintPairs.ts'
import { TASK_ROWS } from '../task/hintRows.ts'
import { HINT_FOLLOWS } from '../tasks/hintFollows.ts'
import { TRANSPORT_ROWS } from '../transport/hintRows.ts'
import { HINTS, hintsOf } from './hintsInSource.ts'
import type { HintRow } from './hintRow.ts'
import { TEXT_ROWS } from './hintRows.ts'

const followedHere = [
  ...[...HINT_PAIRS, ...HINT_COMMANDS].map(({ hint }) => hint),
  ...INVENTORY_PAIRS.map(([hint]) => hint),
  ...Object.keys(HINT_FOLLOWS),
]
const ROWS = [TEXT_ROWS, TASK_ROWS, CONTAINER_ROWS, TRANSPORT_ROWS].flatMap((rows): [string, HintRow][] =>
  Object.entries(rows),
)
const root = fileURLToPath(new URL('../', import.meta.url))

test('the hints of a source file are found where they stand', () => {
  const source = `
    mistake('a', 'b', at, x ? 'do this' : \`do \${that}\`); const r = { hint: 'and this' }; refuse('no', 'or that')
    const T: readonly [cause: string, hint: string][] = [['no', 'of a table']]
    function found(cause: string, hint = 'by default') {}; found('no', 'as ' + 'one ' + n)
    const HINTS = { a: 'by name' }; const why = 'from afar'; found('no', why)
    function ownHint() { return 'made by a function' }`
  const others = new Map([
    ['mistake', [3]],
    ['refuse', [1]],
  ])
  expect(new Set(hintsOf(source, others))).toEqual(
    new Set([
      'do this',
      'do …',
      'and this',
      'or that',
      'of a table',
      'by default',
      'as one …',
      'by name',
      'from afar',
      'made by a function',
    ]),
  )
})

test('each hint is followed by a pair, a command line or a situation, or has a row', () => {
  const known = new Set([...followedHere, ...ROWS.map(([hint]) => hint)])
  expect(HINTS.filter(([, hint]) => !known.has(hint))).toEqual([])
  expect(new Set(HINTS.map(([, hint]) => hint)).size).toBeGreaterThan(400)
})

test('each row has its hint, which nothing else follows', () => {
  const texts = new Set(HINTS.map(([, hint]) => hint))
  expect([...followedHere, ...ROWS.map(([hint]) => hint)].filter((hint) => !texts.has(hint))).toEqual([])
  const names = ROWS.map(([hint]) => hint)
  expect(names.filter((hint, i) => followedHere.includes(hint) || names.indexOf(hint) !== i)).toEqual([])
})

test('each test that a row names is there, with the case', () => {
  const missing = ROWS.filter(
    ([, row]) =>
      typeof row !== 'string' && !(existsSync(root + row[0]) && readFileSync(root + row[0], 'utf8').includes(row[1])),
  )
  expect(missing).toEqual([])
})

test('more hints are followed than left to a person', () => {
  const left = ROWS.filter(([, row]) => typeof row === 'string').length
  expect(left).toBeLessThan(followedHere.length)
})
