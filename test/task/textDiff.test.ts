// Diffs of files: as diff -u writes them, and within bounds where two texts have little in common.
import { textDiff } from 'crane-play/task'
import { applyPatch } from 'diff'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const numbered = (from: number, to: number, word = 'line') =>
  Array.from({ length: to - from }, (_, i) => `${word} ${from + i}\n`).join('')

it('of a few lines is the shortest one, with three lines around it', () => {
  const before = numbered(0, 5000)
  expect(textDiff('/etc/x', before, before.replace('line 2000\n', 'other\n')).unified).toBe(`--- /etc/x
+++ /etc/x
@@ -1998,7 +1998,7 @@
 line 1997
 line 1998
 line 1999
-line 2000
+other
 line 2001
 line 2002
 line 2003
`)
})

it('of a new file begins with nothing', () => {
  expect(textDiff('/etc/x', null, 'a\n').unified).toBe('--- /dev/null\n+++ /etc/x\n@@ -0,0 +1,1 @@\n+a\n')
})

it('of texts with little in common replaces what lies between', () => {
  const before = `${numbered(0, 10)}${'same\n'.repeat(20_000)}${numbered(10, 20)}`
  const after = `${numbered(0, 10)}${'other\n'.repeat(30_000)}${numbered(10, 20)}`
  const lines = textDiff('/etc/x', before, after).unified.split('\n')
  expect(lines.slice(0, 7)).toEqual([
    '--- /etc/x',
    '+++ /etc/x',
    '@@ -8,20006 +8,30006 @@',
    ' line 7',
    ' line 8',
    ' line 9',
    '-same',
  ])
  expect(lines.slice(-5)).toEqual(['+other', ' line 10', ' line 11', ' line 12', ''])
  expect(lines).toHaveLength(3 + 6 + 50_000 + 1)
})

describe('the new text can be made of the old one and the diff', () => {
  const patched = (before: string, after: string) => applyPatch(before, textDiff('x', before, after).unified)

  it.each([
    [
      'with and without a last line end',
      `${numbered(0, 2000)}end`,
      `${numbered(0, 2, 'new')}${numbered(0, 2000, 'other')}`,
    ],
    ['and the other way round', numbered(0, 1500), `${numbered(0, 1500, 'new')}end`],
    ['where the common end has no line end', `a\n${numbered(0, 1500)}end`, `a\n${numbered(0, 1500, 'new')}end`],
  ])('%s', (_what, before, after) => expect(patched(before, after)).toBe(after))

  it('whatever the texts', () => {
    expect.hasAssertions()
    const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n', 'x'), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(text, text, (one, two) => {
        const [before, after] = [one.join(''), two.join('')]
        if (before !== after) expect(patched(before, after)).toBe(after)
      }),
      { numRuns: 50 },
    )
  })
})
