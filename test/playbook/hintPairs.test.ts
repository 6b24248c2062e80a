// Hints that are followed by hand: the mistake gets the hint, and after the change nothing is left to be said.
import { expect, test } from 'vitest'
import { loadFacts } from '../../src/run/loadFacts.ts'
import { fitsHint } from '../text/hintsInSource.ts'
import { HINT_PAIRS } from './hintPairs.ts'
import { mistakesIn, told } from './world.ts'

const facts = await loadFacts()

test.each(HINT_PAIRS)('$hint', ({ hint, before, after }) => {
  expect(mistakesIn(before, { facts }).filter((one) => fitsHint(one.hint, hint))).not.toEqual([])
  expect(told(mistakesIn(after, { facts }))).toEqual([])
})
