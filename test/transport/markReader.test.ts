// Marks are found, and only marks, however the stream is cut.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MarkReader } from '../../src/transport/shell/markReader.ts'

const BOUNDARY = '0123456789abcdef0123456789abcdef'

function read(chunks: readonly Buffer[]) {
  const parts: Buffer[][] = [[]]
  const marks: string[] = []
  let garbled = 0
  const reader = new MarkReader(BOUNDARY, {
    bytes: (chunk) => parts.at(-1)?.push(chunk),
    mark: (words) => {
      marks.push(words.join(' '))
      parts.push([])
    },
    garbled: () => garbled++,
  })
  for (const chunk of chunks) reader.push(chunk)
  reader.flush()
  return { parts: parts.map((part) => Buffer.concat(part).toString('latin1')), marks, garbled }
}

/** Output that looks like a mark, here and there. */
const output = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }).map((text) => Buffer.from(text).toString('latin1')),
      fc.constantFrom(
        '\n',
        `\n${BOUNDARY.slice(0, 31)}`,
        `\n${BOUNDARY}\n`,
        BOUNDARY,
        `${BOUNDARY} 1 0\n`,
        '\n\n',
        '\r',
      ),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''))
  .filter((text) => !`\n${text}`.slice(1).includes(`\n${BOUNDARY} `) && !text.startsWith(`${BOUNDARY} `))

describe('MarkReader', () => {
  it('gives back every output and every mark, for any cut of the stream', () => {
    fc.assert(
      fc.property(fc.array(output, { maxLength: 4 }), fc.array(fc.nat(400), { maxLength: 12 }), (outputs, cuts) => {
        const text = outputs.map((part, index) => `${part}\n${BOUNDARY} ${index} 0\n`).join('')
        fc.pre(text.split(`\n${BOUNDARY} `).length === outputs.length + 1)
        const bytes = Buffer.from(text, 'latin1')
        const at = [...new Set([0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length])].sort(
          (a, b) => a - b,
        )
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        expect(read(chunks)).toEqual({
          parts: [...outputs, ''],
          marks: outputs.map((_, index) => `${index} 0`),
          garbled: 0,
        })
      }),
      { numRuns: 500 },
    )
  })

  it('calls a mark that does not end garbled, and does not gather it', () => {
    expect(read([Buffer.from(`x\n${BOUNDARY} ${'9'.repeat(200)}`)])).toMatchObject({ marks: [], garbled: 1 })
  })
})
