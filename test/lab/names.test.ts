/** Names and numbers of the lab's hosts. */
import { expect, test } from 'vitest'
import {
  bridgeName,
  computeNames,
  computeNodeSet,
  hostAddress,
  hostIndex,
  hostNames,
  maximumLabs,
  netnsName,
  unusedAddress,
  vethName,
} from '../../lab/names.ts'

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
  expect(new Set(names.map((_, index) => hostAddress(7, index))).size).toBe(32)
  expect(hostAddress(7, 0)).toBe('10.77.7.11')
  expect(names.map((_, index) => hostAddress(7, index))).not.toContain(unusedAddress(7))
})

test('the interfaces of every lab and host fit into the 15 characters that the kernel allows', () => {
  const last = maximumLabs - 1
  const names = [bridgeName(last), ...hostNames(32).map((host) => vethName(last, host))]
  expect(names.filter((name) => name.length > 15)).toEqual([])
})

test("no lab takes another one's network namespaces or control groups for its own", () => {
  const all = Array.from({ length: maximumLabs }, (_, lab) => `${netnsName(lab, 'crane01')}-`)
  for (const prefix of all) expect(all.filter((one) => one.startsWith(prefix))).toEqual([prefix])
})
