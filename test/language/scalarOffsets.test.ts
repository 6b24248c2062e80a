// Places in a value traced back to the source, however the YAML was written.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { Findings } from '../../src/text/findings.ts'
import { readYaml } from '../../src/text/readYaml.ts'
import { placesIn } from '../../src/language/scalarOffsets.ts'
import { SourceText } from '../../src/text/sourceText.ts'
import { entryOf, isText, type YamlScalar } from '../../src/text/yamlTree.ts'

function scalarOf(text: string): YamlScalar {
  const tree = readYaml(new SourceText('a.yml', text), new Findings())
  const node = tree?.kind === 'map' ? entryOf(tree, 'a')?.value : undefined
  if (!node || !isText(node)) throw new Error(`no text under a: in ${JSON.stringify(text)}`)
  return node
}

/** Where the character before which `^` stands in the source is in the value, and the place that was found for it. */
test.each([
  ['plain', 'a: one TWO three\n'],
  ['plain over lines', 'a: one\n  more TWO three\n'],
  ['plain over lines and a blank one', 'a: one\n\n\n  more TWO three\n'],
  ['single quotes', "a: 'it''s ''one'' TWO'\n"],
  ['single quotes over lines', "a: 'it''s\n    one TWO'\n"],
  ['double quotes', 'a: "x \\t \\u00e9 \\x41 \\"TWO"\n'],
  ['double quotes with a broken line', 'a: "one \\\n   more TWO"\n'],
  ['a literal block', 'a: |\n   first\n     second TWO\n   third\n'],
  ['a literal block with blank lines', 'a: |-\n\n  first\n\n  TWO\n'],
  ['a folded block', 'a: >\n  first\n  second TWO\n\n  third\n'],
  ['a folded block with an indented line', 'a: >-\n  first\n    second TWO\n  third\n'],
  ['CRLF', 'a: |\r\n  first\r\n  second TWO\r\n'],
])('%s: a place in the value is a place in the source', (_name, text) => {
  const node = scalarOf(text)
  const at = placesIn(node).at(String(node.value).indexOf('TWO'), 3)
  const offset = text.indexOf('TWO')
  const before = text.slice(0, offset).split('\n')
  expect([at.line, at.column, at.length]).toEqual([before.length, (before.at(-1)?.length ?? 0) + 1, 3])
})

test('whatever YAML is written, every letter of the value is found again', () => {
  const styles = fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED')
  const value = fc.array(fc.constantFrom('a', 'Z', '7', ' ', '\n', "'", '"', '\\', 'é', '😀', '#', ':'), {
    minLength: 1,
    maxLength: 90,
  })
  fc.assert(
    fc.property(value, styles, (letters, style) => {
      const wanted = letters.join('').trim()
      fc.pre(/[aZé]/.test(wanted))
      const text = stringify({ a: wanted }, { defaultStringType: style as 'PLAIN', lineWidth: 30 })
      const node = scalarOf(text)
      expect(node.value).toBe(wanted)
      const places = placesIn(node)
      for (const [i, letter] of [...wanted].entries()) {
        if (!/[aZ]/.test(letter)) continue
        const offset = [...wanted].slice(0, i).join('').length
        const at = places.at(offset)
        expect(at.text[at.column - 1]).toBe(letter)
      }
    }),
    { numRuns: 300 },
  )
})
