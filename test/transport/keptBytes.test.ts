// Head and tail of a stream are exact, and so is the count of what was dropped.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { KeptBytes } from '../../src/transport/shell/keptBytes.ts'

it('keeps head and tail and counts the rest, for any chunks', () => {
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.nat(20),
      fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }),
      (head, tail, chunks) => {
        const kept = new KeptBytes(head, tail)
        for (const chunk of chunks) kept.push(Buffer.from(chunk))
        const all = Buffer.concat(chunks)
        const whole = all.length <= head + tail
        const expected = whole ? all : Buffer.concat([all.subarray(0, head), all.subarray(all.length - tail)])
        expect(kept.bytes().equals(expected)).toBe(true)
        expect(kept.dropped).toBe(all.length - expected.length)
      },
    ),
  )
})

it('does not hold on to the buffers it was given', () => {
  const kept = new KeptBytes(4, 4)
  const chunk = Buffer.from('abcdefghij')
  kept.push(chunk)
  chunk.fill('x')
  expect(kept.bytes().toString()).toBe('abcdghij')
})
