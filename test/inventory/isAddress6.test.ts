// What is looked at more closely says the same as node:net does.
import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAddress6 } from '../../src/inventory/isAddress6.ts'

test.each([
  '::',
  '::1',
  'fe80::1%eth0',
  'FD00::ab',
  '::ffff:10.0.0.1',
  '2001:db8::',
  'crane:children',
  'a:b',
  '10.0.0.1',
  '',
])('%j', (text) => expect(isAddress6(text)).toBe(isIPv6(text)))

test('any text', () => {
  const text = fc.oneof(fc.ipV6(), fc.string({ unit: fc.constantFrom(...'0af:.%e[') }), fc.string())
  fc.assert(fc.property(text, (one) => void expect(isAddress6(one)).toBe(isIPv6(one))))
})
