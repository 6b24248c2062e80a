/** The wire format, against bytes written by hand from protobuf's own encoding rules. */
import { expect, test } from 'vitest'
import { decode, encode, type Shape } from '../../../lab/stand-in/protobuf.ts'

const inner = { id: [1, 'int'], name: [2, 'string'] } as const
const shape = {
  text: [1, 'string'],
  number: [2, 'int'],
  words: [3, 'string[]'],
  one: [4, inner],
  many: [16, [inner]],
} as const satisfies Shape

test.each<[value: Record<string, unknown>, hex: string]>([
  [{ text: 'testing' }, '0a0774657374696e67'],
  [{ number: 150 }, '109601'],
  [{ number: 2 ** 32 }, '108080808010'],
  [{ number: -1 }, '10ffffffffffffffffff01'],
  [{ words: ['a', 'b'] }, '1a01611a0162'],
  [{ one: { id: 1, name: 'x' } }, '220508011201' + '78'],
  [{ many: [{ id: 1 }, { id: 2 }] }, '820102080182010208' + '02'],
  [{}, ''],
])('%j', (value, hex) => {
  expect(encode(shape, value).toString('hex')).toBe(hex)
  expect(decode(shape, Buffer.from(hex, 'hex'))).toEqual(value)
})

test('zero and empty are left out, unknown fields are stepped over, maps are pairs', () => {
  expect(encode(shape, { text: '', number: 0 })).toHaveLength(0)
  expect(decode({ name: [9, 'string'] }, encode(shape, { text: 'x', number: 5 }))).toEqual({})
  expect(encode({ labels: [6, 'map'] }, { labels: { a: 'b' } }).toString('hex')).toBe('32060a0161120162')
})

test('a message cut inside a number is an error', () => {
  expect(() => decode(shape, Buffer.from('10ff', 'hex'))).toThrow(RangeError)
})
