// Hints of the inventory that are followed by hand: after the change nothing is left to be said.
import { expect, test } from 'vitest'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import { patternOf } from '../text/hintsInSource.ts'
import { INVENTORY_PAIRS } from './hintPairs.ts'
import { memoryFiles } from './memoryFiles.ts'
import { diagnosticsOf } from './shown.ts'

const said = (given: string | Readonly<Record<string, string>>) => {
  const files = typeof given === 'string' ? { hosts: given } : given
  return diagnosticsOf(loadInventory({ sources: Object.keys(files), files: memoryFiles(files), home: '/root' }))
}

test.each(INVENTORY_PAIRS)('%s', (hint, before, after) => {
  expect(said(before).map((one) => one.hint)).toContainEqual(expect.stringMatching(patternOf(hint)))
  expect(said(after)).toEqual([])
})
