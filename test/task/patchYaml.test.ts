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

const BOMB = `a: &a [${'x,'.repeat(99)}]\nb: &b [${'*a,'.repeat(99)}]\nc: [${'*b,'.repeat(99)}]\n`

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
  ['another quote', 'a: \'x\'\nb: "10011" # port\n', { a: 'y', b: '10012' }, 'a: "y"\nb: "10012" # port\n'],
  ['a list', 'a:\n  - 1\n  - 2\nb: 3\n', { a: [4] }, 'a:\n  - 4\nb: 3\n'],
  ['a list that was in brackets', 'a: [1, 2]\nb: 3\n', { a: [4, 5] }, 'a: [4, 5]\nb: 3\n'],
  ['a block text', 'a: |\n  x\n  y\nb: 1\n', { a: 'z' }, 'a: z\nb: 1\n'],
  ['a document head', '---\na: 1\n...\n', { a: 2 }, '---\na: 2\n...\n'],
  ['flow maps', 'a: { b: 1, c: 2 } # d\n', { a: { b: 3, e: [1] } }, 'a: { b: 3, c: 2, e: [1] } # d\n'],
  ['a tight flow map', 'a: {b: 1}\n', { a: { c: { d: 'x' } } }, 'a: {b: 1, c: {d: x}}\n'],
  ['an empty flow map', 'a: {} # none\n', { a: { b: 1 } }, 'a: { b: 1 } # none\n'],
  ['a note after a key without a value', 'C: # note\nz: 1\n', { C: { E: true } }, 'C: # note\n  E: true\nz: 1\n'],
  ['a map in place of a scalar', 'a: 1 # one\nb: 2\n', { a: { c: 1 } }, 'a: # one\n  c: 1\nb: 2\n'],
  ['a scalar in place of a map', 'a: # one\n  c: 1\n  # two\nb: 2\n', { a: 1 }, 'a: 1 # one\n  # two\nb: 2\n'],
  [
    'a list with notes',
    'a:\n- 1 # one\n# before two\n- 2\n- 3 # three\nb: 1\n',
    { a: [1, 4, 3] },
    'a:\n- 1 # one\n# before two\n- 4\n- 3 # three\nb: 1\n',
  ],
  ['a longer list', 'a:\n  - 1 # one\n', { a: [1, 2] }, 'a:\n  - 1 # one\n  - 2\n'],
  ['a shorter list', 'a:\n  - 1 # one\n  - 2\nb: 1\n', { a: [1] }, 'a:\n  - 1 # one\nb: 1\n'],
  [
    'a comment at the end of a section',
    'a:\n    b: 1\n    # c: 2\nd: 1\n',
    { a: { e: { f: 1 } } },
    'a:\n    b: 1\n    e:\n        f: 1\n    # c: 2\nd: 1\n',
  ],
  [
    'strings that YAML 1.1 reads as something else',
    'a: x\n',
    {
      a: 'NO',
      b: 'on',
      c: '12:30:00',
      d: '2024-01-01',
      e: '1_000',
      f: 'y',
      g: '0o17',
      h: '0644',
      i: '=',
      j: 'null',
      k: '1e3',
    },
    'a: "NO"\nb: "on"\nc: "12:30:00"\nd: "2024-01-01"\ne: "1_000"\nf: "y"\ng: "0o17"\nh: "0644"\ni: "="\nj: "null"\nk: "1e3"\n',
  ],
  ['keys that YAML 1.1 reads as something else', '', { yes: 1 }, '"yes": 1\n'],
  [
    'Windows line ends and a new key',
    'a: 1\r\nb:\r\n  c: 2\r\n',
    { b: { d: { e: 1 } } },
    'a: 1\r\nb:\r\n  c: 2\r\n  d:\r\n    e: 1\r\n',
  ],
  ['Windows line ends, none at the end', 'a: 1\r\nb: 2', { c: 3 }, 'a: 1\r\nb: 2\r\nc: 3'],
  ['a document end', '---\n...\n', { a: 1 }, '---\na: 1\n...\n'],
  ['Windows line ends', 'a: 1\r\nb: 2\r\n', { a: 3 }, 'a: 3\r\nb: 2\r\n'],
])('%s', (_, before, set, after) => {
  it('is patched', () => expect(patchYaml(before, set)).toEqual({ ok: true, text: after }))
  it('stays so', () => expect(patchYaml(after, { ...set })).toEqual({ ok: true, text: after }))
})

it.each([
  ['a merge key', 'x: &x\n  a: 1\ny:\n  <<: *x\n  b: 2\n', { y: { b: 3 } }],
  ['an alias', 'x: &x 1\ny: *x\n', { y: 2 }],
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
  ['a: *x\n', 'alias'],
  [BOMB, 'alias'],
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

it.each([
  [
    'a: 1\nb: [1\nc: 2\n',
    'flow sequence in block collection must be sufficiently indented and end with a ] on line 3',
    '3 | c: 2\n  | ^',
  ],
  ['a: 1\n\tb: 2\n', 'tabs are not allowed as indentation on line 2', '2 |     b: 2\n  | ^'],
])('what is wrong in %j is shown with its line', (text, cause, lines) => {
  expect(patchYaml(text, { b: 1 })).toEqual({ ok: false, cause, lines })
})
