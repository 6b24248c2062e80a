// Hints that are followed by hand: the mistake gets the hint, and after the change nothing is left to be said.
import { expect, test } from 'vitest'
import { loadFacts } from '../../src/run/loadFacts.ts'
import { fitsHint } from '../text/hintsInSource.ts'
import { HINT_PAIRS } from './hintPairs.ts'
import { mistakesIn, told } from './world.ts'

const facts = await loadFacts()

test.each(HINT_PAIRS)('$hint', ({ hint, before, after, given: [given, then] = [{}, {}] }) => {
  const found = mistakesIn(before, { facts, ...given })
  if (!found.some((one) => fitsHint(one.hint, hint))) expect(told(found).join()).toBe(hint)
  expect(told(mistakesIn(after, { facts, ...then }))).toEqual([])
})
