/** Names and numbers of the lab's hosts. */
import { expect, test } from 'vitest'
import { computeNames, computeNodeSet, hostAddress, hostIndex, hostNames } from '../../lab/names.ts'

test.each([
  [1, ['crane01'], 'crane01'],
  [2, ['crane02'], 'crane02'],
  [4, ['crane02', 'crane03', 'crane04'], 'crane[02-04]'],
])('a lab of %i', (size, compute, set) => {
  expect(computeNames(size)).toEqual(compute)
  expect(computeNodeSet(size)).toBe(set)
})

test('32 hosts have names and addresses of their own', () => {
  const names = hostNames(32)
  expect(names.at(-1)).toBe('crane32')
  expect(names.map(hostIndex)).toEqual(names.map((_, index) => index))
  expect(new Set(names.map((_, index) => hostAddress(index))).size).toBe(32)
  expect(hostAddress(0)).toBe('10.77.0.11')
})
