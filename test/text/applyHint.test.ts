// The follower of hints must see one that is not true.
import { expect, test } from 'vitest'
import { mistake } from '../../src/model/diagnostic.ts'
import { applyHint, untrueHints } from './applyHint.ts'

const at = (text: string, column: number, length: number, line = 1) => ({
  file: 'f',
  line,
  column,
  length,
  text: text.split('\n')[line - 1] ?? '',
})

test.each([
  ['a: nmae', 4, 4, "did you mean 'name'?", 'a: name'],
  ['a: yes', 4, 3, 'write true', 'a: true'],
  ['a: no', 4, 2, "write false, or 'no' in quotes if a string is meant", 'a: false'],
  ['a: 0644', 4, 4, "YAML reads 0644 as the number 644: write '0644'", "a: '0644'"],
  ["a: '3'", 4, 3, 'leave the quotes out: 3', 'a: 3'],
  ['a: b', 4, 1, 'look elsewhere', undefined],
])('%s, %s', (text, column, length, hint, expected) => {
  expect(applyHint(text, mistake('x', 'wrong', at(text, column, length), hint))).toBe(expected)
})

test('a line is deleted with what belongs to it, and an item keeps its dash', () => {
  const text = '- a: 1\n  b:\n    c: 2\n  d: 3\n'
  const deleted = (line: number, column: number) =>
    applyHint(text, mistake('x', 'wrong', at(text, column, 1, line), 'not needed: delete this line'))
  expect(deleted(2, 3)).toBe('- a: 1\n  d: 3\n')
  expect(deleted(1, 3)).toBe('- b:\n    c: 2\n  d: 3\n')
})

test('a hint that leads to another mistake, or to the same again, is untrue', () => {
  const found = [mistake('x', 'wrong', at('a: b', 4, 1), 'write true')]
  expect(untrueHints('a: b', found, () => [])).toEqual([])
  expect(untrueHints('a: b', found, () => found)).toHaveLength(1)
  expect(untrueHints('a: b', found, () => [mistake('y', 'also wrong', at('a: true', 4, 4))])).toEqual([
    `after 'write true' in "a: b": also wrong`,
  ])
})
