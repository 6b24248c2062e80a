// What deployments left on hosts is compared fact by fact.
import { expect, test } from 'vitest'
import { differences, digestOf, type HostState, installedPackages } from '../../bench/peers/hostState.ts'

const states = (...hosts: readonly [name: string, facts: Record<string, string>][]): ReadonlyMap<string, HostState> =>
  new Map(hosts.map(([name, facts]) => [name, new Map(Object.entries(facts))]))

const one = states(['a', { 'package jq': '1.6', '/etc/x': 'file 0644 0:0 ab' }], ['b', { 'package jq': '1.6' }])
const reordered = states(['b', { 'package jq': '1.6' }], ['a', { '/etc/x': 'file 0644 0:0 ab', 'package jq': '1.6' }])
const other = states(['a', { 'package jq': '1.7', '/etc/x': 'file 0644 0:0 ab' }], ['b', {}])

test('the digest does not depend on the order of reading, and does on each fact', () => {
  expect(digestOf(one)).toBe(digestOf(reordered))
  expect(digestOf(one)).not.toBe(digestOf(other))
})

test('differences are said by host and fact', () => {
  expect(differences(one, reordered)).toEqual([])
  expect(differences(one, other)).toEqual(['a: package jq: 1.7 and not 1.6', 'b: package jq: absent and not 1.6'])
})

test('only what is completely installed is a package', () => {
  const paragraph = (name: string, status: string) => `Package: ${name}\nStatus: ${status}\nVersion: 1.0\n`
  const status = [paragraph('jq', 'install ok installed'), paragraph('tree', 'deinstall ok config-files')].join('\n')
  expect([...installedPackages(status)]).toEqual([['jq', '1.0']])
})
