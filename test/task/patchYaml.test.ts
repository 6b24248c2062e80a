// Keys set in YAML texts: a CraneSched configuration, and the spellings that people use.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parseYaml, patchYaml } from 'crane-play/task'
import { describe, expect, it } from 'vitest'

const config = readFileSync(new URL('../fixtures/crane/config.yaml', import.meta.url), 'utf8')
const container = { Enabled: true, RuntimeEndpoint: '/run/containerd/containerd.sock', BindFs: { Enabled: false } }
const containerText = `Container:
  Enabled: true
  RuntimeEndpoint: /run/containerd/containerd.sock
  BindFs:
    Enabled: false
`

describe.each([
  ['an empty text', '', { Container: container }, containerText],
  ['only comments', '# none yet\n', { Container: container }, `# none yet\n${containerText}`],
  ["CraneSched's configuration", config, { Container: container }, config + containerText],
  ['no line end at the end', 'a: 1', { b: 2 }, 'a: 1\nb: 2'],
  [
    'a section between others',
    'a: 1\nContainer:\n  Enabled: false # off\n  # where\n  TempDir: x\n\n# next\nz: 2\n',
    { Container: { Enabled: true, BindFs: { Enabled: false } } },
    'a: 1\nContainer:\n  Enabled: true # off\n  # where\n  TempDir: x\n  BindFs:\n    Enabled: false\n\n# next\nz: 2\n',
  ],
  [
    'a key without a value',
    'Container:\nz: 1\n',
    { Container: { Enabled: true } },
    'Container:\n  Enabled: true\nz: 1\n',
  ],
  ['a scalar without a value', 'a:\nz: 1\n', { a: 2 }, 'a: 2\nz: 1\n'],
  ['another quote', 'a: \'x\'\nb: "10011" # port\n', { a: 'y', b: '10012' }, 'a: y\nb: "10012" # port\n'],
  ['a list', 'a:\n  - 1\n  - 2\nb: 3\n', { a: [4] }, 'a:\n  - 4\nb: 3\n'],
  ['a list that was in brackets', 'a: [1, 2]\nb: 3\n', { a: [4, 5] }, 'a:\n  - 4\n  - 5\nb: 3\n'],
  ['a block text', 'a: |\n  x\n  y\nb: 1\n', { a: 'z' }, 'a: z\nb: 1\n'],
  ['a document head', '---\na: 1\n...\n', { a: 2 }, '---\na: 2\n...\n'],
  ['Windows line ends', 'a: 1\r\nb: 2\r\n', { a: 3 }, 'a: 3\r\nb: 2\r\n'],
])('%s', (_, before, set, after) => {
  it('is patched', () => expect(patchYaml(before, set)).toEqual({ ok: true, text: after }))
  it('stays so', () => expect(patchYaml(after, { ...set })).toEqual({ ok: true, text: after }))
})

it.each([
  ['flow maps', 'a: { b: 1, c: 2 } # d\n', { a: { b: 3 } }],
  ['a merge key', 'x: &x\n  a: 1\ny:\n  <<: *x\n  b: 2\n', { y: { b: 3 } }],
  ['an alias', 'x: &x 1\ny: *x\n', { y: 2 }],
  ['a map in place of a scalar', 'a: 1 # one\nb: 2\n', { a: { c: 1 } }],
  ['a scalar in place of a map', 'a:\n  c: 1\nb: 2\n', { a: 1 }],
  ['a quoted key', '"a b": 1\nc: 2\n', { 'a b': 3 }],
])('%s: the values are right', (_, before, set) => {
  const patched = patchYaml(before, set)
  expect(patched.ok && parseYaml(patched.text)).toMatchObject(set)
  expect(patched.ok && patchYaml(patched.text, { ...set })).toEqual(patched)
})

it.each([
  ['a: [1\n', 'flow'],
  ['- 1\n', 'not a map'],
  ['a: 1\na: 2\n', 'unique'],
])('says why %j cannot be patched', (text, says) => {
  const patched = patchYaml(text, { b: 1 })
  expect(patched.ok ? '' : patched.cause.toLowerCase()).toContain(says)
})

it('sets any keys in any map, and keeps every line of the others', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.integer(),
    fc.array(fc.integer(), { maxLength: 3 }),
  )
  const map = fc.dictionary(fc.constantFrom('Enabled', 'TempDir', 'a b', 'Dns'), leaf, { minKeys: 1 })
  const set = fc.dictionary(fc.constantFrom('Container', 'Craned', 'New'), map, { minKeys: 1 })
  fc.assert(
    fc.property(set, (wanted) => {
      const patched = patchYaml(config, wanted)
      if (!patched.ok) throw new Error(patched.cause)
      expect(parseYaml(patched.text)).toMatchObject(wanted)
      expect(patchYaml(patched.text, { ...wanted })).toEqual(patched)
      const left = new Set(patched.text.split('\n'))
      expect(config.split('\n').filter((line) => !left.has(line))).toEqual([])
    }),
    { numRuns: 200 },
  )
})
