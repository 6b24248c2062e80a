// Node sets unfolded to names and names folded to node sets, with properties that hold for any of them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareNames, expandNodeSet, foldNodeSet } from '../../src/model/nodeSet.ts'

const names = (text: string): readonly string[] => {
  const expanded = expandNodeSet(text)
  if (!expanded.ok) throw new Error(`${text}: ${expanded.problem.message}`)
  return expanded.names
}

describe('expandNodeSet', () => {
  test.each([
    ['crane01', 'crane01'],
    ['crane[02-04,07]', 'crane02 crane03 crane04 crane07'],
    ['crane[02:04]', 'crane02 crane03 crane04'],
    ['n[0-10/2]', 'n0 n2 n4 n6 n8 n10'],
    ['n[02:10:4]', 'n02 n06 n10'],
    ['n[:2]', 'n0 n1 n2'],
    ['n[8-11]', 'n8 n9 n10 n11'],
    ['n[08-11]', 'n08 n09 n10 n11'],
    ['n[99-101]', 'n99 n100 n101'],
    ['n[098-101]', 'n098 n099 n100 n101'],
    ['n[007]', 'n007'],
    ['n[3-3]', 'n3'],
    ['n[a:c]', 'na nb nc'],
    ['n[A-C,x]', 'nA nB nC nx'],
    ['r[1-2]n[01-02]', 'r1n01 r1n02 r2n01 r2n02'],
    ['a[1-2][3-4]', 'a13 a14 a23 a24'],
    ['[1-3]', '1 2 3'],
    ['n[1-2]-ib.cluster', 'n1-ib.cluster n2-ib.cluster'],
    ['crane01,crane[03-04], login', 'crane01 crane03 crane04 login'],
    ['crane01,', 'crane01'],
    ['n[1, 3 ]', 'n1 n3'],
    ['n[1-2,2]', 'n1 n2 n2'],
    ['n[123456789012345678901234567890]', 'n123456789012345678901234567890'],
  ])('%s', (text, expected) => {
    expect(names(text)).toEqual(expected.split(' '))
  })

  test.each([
    ['n[5-3]', 'runs backwards', 2, 3],
    ['n[c:a]', 'runs backwards', 2, 3],
    ['n[1-2', 'never closed', 1, 4],
    ['n1-2]', 'never opened', 4, 1],
    ['n[1[2]]', 'opens inside', 3, 1],
    ['n[]', 'brackets are empty', 1, 2],
    ['n[1,]', 'missing between the commas', 3, 1],
    ['n[,1]', 'missing between the commas', 1, 1],
    ['n[1-]', 'no end', 2, 2],
    ['n[-3]', 'no beginning', 2, 2],
    ['n[1-010]', 'ends with more digits', 2, 5],
    ['n[0-10/0]', 'step', 2, 6],
    ['n[0-10/]', 'step', 2, 5],
    ['n[a:F]', 'letters of one case', 2, 3],
    ['n[a:3]', 'letters of one case', 2, 3],
    ['n[1-2-3]', 'neither a number nor a range', 2, 5],
    ['n[1-2,x-y-z]', 'neither a number nor a range', 6, 5],
    ['ok[1-2],bad[2-1]', 'runs backwards', 12, 3],
    ['n[1-99999999]', 'more than 100,000 names', 2, 10],
    ['n[1-1000]x[1-1000]', 'more than 100,000 names', 0, 18],
    ['n[1-99999999999999999999]', 'too long', 2, 22],
    ['a,,b', 'a name is missing', 2, 1],
    ['', 'empty', 0, 1],
  ])('%s is a mistake', (text, message, offset, length) => {
    const expanded = expandNodeSet(text)
    expect(expanded.ok).toBe(false)
    if (expanded.ok) return
    expect(expanded.problem.message).toContain(message)
    expect([expanded.problem.offset, expanded.problem.length]).toEqual([offset, length])
  })

  test('any text gives names or a problem that points into it', () => {
    const alphabet = fc.constantFrom('[', ']', ',', '-', ':', '/', '0', '1', '9', 'a', 'Z', ' ', '.')
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 14 }), (text) => {
        const expanded = expandNodeSet(text)
        if (expanded.ok) {
          expect(expanded.names.length).toBeGreaterThan(0)
          return
        }
        const { offset, length } = expanded.problem
        expect(length).toBeGreaterThanOrEqual(1)
        expect(offset).toBeGreaterThanOrEqual(0)
        expect(offset + length).toBeLessThanOrEqual(Math.max(1, text.length + 1))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('foldNodeSet', () => {
  test.each([
    ['crane07 crane03 crane02 crane04', 'crane[02-04,07]'],
    ['crane01', 'crane01'],
    ['crane01 crane01', 'crane01'],
    ['', ''],
    ['login', 'login'],
    ['n10 n9 n8', 'n[8-10]'],
    ['n2 n10 n1', 'n[1-2,10]'],
    ['n98 n99 n100', 'n[98-100]'],
    ['n098 n099 n100', 'n[098-100]'],
    ['n98 n99 n0100', 'n[98-99,0100]'],
    ['n1 n01 n2 n02', 'n[1,01,2,02]'],
    ['n099 n0100', 'n[099,0100]'],
    ['n09 n10', 'n[09-10]'],
    ['n0 n1', 'n[0-1]'],
    ['n00 n01', 'n[00-01]'],
    ['crane02 login1 crane01 admin', 'admin,crane[01-02],login1'],
    ['r1n1 r1n2 r2n1 r2n2', 'r[1-2]n[1-2]'],
    ['r1n1 r1n2 r2n1', 'r1n[1-2],r2n1'],
    ['rack1-n01 rack1-n02', 'rack1-n[01-02]'],
    ['n1.cluster n2.cluster', 'n[1-2].cluster'],
    ['10.77.0.11 10.77.0.12', '10.77.0.[11-12]'],
    ['sn12345678901234567890 sn12345678901234567891', 'sn12345678901234567890,sn12345678901234567891'],
  ])('%s', (given, expected) => {
    expect(foldNodeSet(given.split(' ').filter(Boolean))).toBe(expected)
  })

  const name = fc
    .array(
      fc.oneof(
        fc.constantFrom('n', 'crane', '-', '.', 'ib', 'r'),
        fc.integer({ min: 0, max: 12 }).map(String),
        fc.integer({ min: 0, max: 12 }).map((n) => String(n).padStart(2, '0')),
        fc.stringMatching(/^\d{1,17}$/),
      ),
      { minLength: 1, maxLength: 5 },
    )
    .map((parts) => parts.join(''))

  test('expanding what was folded gives the same set, each name once', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 40 }), (set) => {
        expect([...names(foldNodeSet(set))].sort()).toEqual([...set].sort())
      }),
      { numRuns: 1500 },
    )
  })

  test('the order of the names does not matter, and folding is stable', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 20 }), (set) => {
        const folded = foldNodeSet(set)
        expect(foldNodeSet([...set].reverse())).toBe(folded)
        expect(foldNodeSet(names(folded))).toBe(folded)
      }),
    )
  })

  test('a full grid of 10,000 names folds to one product', () => {
    expect(foldNodeSet(names('r[001-100]n[01-99,100]').toReversed())).toBe('r[001-100]n[01-99,100]')
  })

  test('10,000 names without any neighbours keep their one bracket', () => {
    const odd = names('n[1-19999/2]')
    expect(foldNodeSet(odd)).toBe(`n[${odd.map((n) => n.slice(1)).join(',')}]`)
  })
})

test('compareNames is the natural order', () => {
  expect(['n10', 'n2', 'm', 'n1', 'n01'].sort(compareNames)).toEqual(['m', 'n01', 'n1', 'n2', 'n10'])
})
