// Columns on a terminal, for wide and combined characters too.
import { expect, test } from 'vitest'
import { cutToWidth, displayWidth, padToWidth } from '../../src/report/displayWidth.ts'

test.each([
  ['', 0],
  ['crane02', 7],
  ['é', 1],
  ['e\u0301', 1],
  ['漢字', 4],
  ['ｆｕｌｌ', 8],
  ['한국', 4],
  ['🙂', 2],
  ['❤\ufe0f', 2],
])('%j takes %i columns', (text, width) => {
  expect(displayWidth(text)).toBe(width)
  expect(displayWidth(padToWidth(text, 12))).toBe(12)
})

test.each([
  ['crane02', 7, 'crane02'],
  ['crane02', 6, 'cra...'],
  ['漢字漢字', 7, '漢字...'],
  ['漢字漢字', 6, '漢...'],
  ['abc', 2, '..'],
])('%j cut to %i is %j', (text, width, expected) => {
  expect(cutToWidth(text, width)).toBe(expected)
  expect(displayWidth(cutToWidth(text, width))).toBeLessThanOrEqual(width)
})
