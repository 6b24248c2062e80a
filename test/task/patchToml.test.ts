// Keys set in TOML texts: containerd's own default files, and the spellings that people use.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parseToml, patchToml, textDiff } from 'crane-play/task'
import { describe, expect, it } from 'vitest'

const cri = 'io.containerd.grpc.v1.cri'
const fixture = (name: string) => readFileSync(new URL(`../fixtures/containerd/${name}`, import.meta.url), 'utf8')

const streaming = {
  plugins: { [cri]: { stream_server_address: '10.77.0.12', stream_server_port: '10250', enable_tls_streaming: false } },
}

/** Only the lines that differ. */
const changes = (before: string, after: string) =>
  textDiff('x', before, after)
    .unified.split('\n')
    .filter((line) => /^[-+](?![-+])/.test(line))

describe('containerd default configurations', () => {
  it.each([
    ['default-1.6.20.toml', '    ', '"'],
    ['default-1.7.24.toml', '    ', '"'],
    ['default-2.1.9.toml', '    ', "'"],
  ])('%s: exactly two lines change', (name, indent, quote) => {
    const before = fixture(name)
    const patched = patchToml(before, streaming)
    expect(patched.ok && changes(before, patched.text)).toEqual([
      `-${indent}stream_server_address = ${quote}127.0.0.1${quote}`,
      `-${indent}stream_server_port = ${quote}0${quote}`,
      `+${indent}stream_server_address = "10.77.0.12"`,
      `+${indent}stream_server_port = "10250"`,
    ])
  })
})

const site = `# Written by the site.
version = 2 # keep

[plugins."${cri}"]
  restrict_oom_score_adj = true

  [plugins."${cri}".cni]
    # Debian's plug-ins
    bin_dir = "/usr/lib/cni"
`

describe.each([
  ['an empty text', '', { version: 2, a: { 'b.c': { d: true } } }, 'version = 2\n\n[a."b.c"]\nd = true\n'],
  ['keys set already', site, { version: 2 }, site],
  [
    'a key and a table that are new',
    site,
    { plugins: { [cri]: { stream_server_port: '1', containerd: { default_runtime_name: 'runc' } } } },
    site.replace('= true\n', '= true\n  stream_server_port = "1"\n') +
      `\n[plugins."${cri}".containerd]\ndefault_runtime_name = "runc"\n`,
  ],
  [
    'a table that only one below it names',
    '[plugins."x.y".cni]\nbin_dir = "/a"\n',
    { plugins: { 'x.y': { port: 1 } } },
    '[plugins."x.y".cni]\nbin_dir = "/a"\n\n[plugins."x.y"]\nport = 1\n',
  ],
  [
    'the quotes of the file',
    "[a.'b.c']\nd = 1\n",
    { a: { 'e.f': { g: 's' } } },
    "[a.'b.c']\nd = 1\n\n[a.'e.f']\ng = \"s\"\n",
  ],
  ['an inline table', 'a = { b = 1 }\n', { a: { c: 'x' } }, 'a = { b = 1, c = "x" }\n'],
  [
    'arrays of tables',
    '[[a]]\nx = 1\n[[a]]\nx = 2\n',
    { b: { c: [1, 2] } },
    '[[a]]\nx = 1\n[[a]]\nx = 2\n\n[b]\nc = [1, 2]\n',
  ],
  [
    'Windows line ends',
    'a = 1\r\n[b]\r\nc = 2\r\n',
    { b: { c: 3 }, e: { f: 1 } },
    'a = 1\r\n[b]\r\nc = 3\r\n\r\n[e]\r\nf = 1\r\n',
  ],
  [
    'dates',
    '[job]\nname = "old" # why\nsince = 2024-05-01T10:00:00Z\nday = 2024-05-01\nat = 07:32:00\nnot = nan\nbig = 9223372036854775807\n',
    { job: { name: 'new', since: '2024-05-01T10:00:00Z' } },
    '[job]\nname = "new" # why\nsince = 2024-05-01T10:00:00Z\nday = 2024-05-01\nat = 07:32:00\nnot = nan\nbig = 9223372036854775807\n',
  ],
  [
    'tabs',
    '[p]\n\tk = 1\n  [p.c]\n    o = 1\n',
    { p: { c: { o: 2 }, n: 3 } },
    '[p]\n\tk = 1\n\tn = 3\n  [p.c]\n    o = 2\n',
  ],
  [
    'spacing',
    '# head\n\n# of a.b\n[ a.b ]  # one\nk . l = 2   # two\n',
    { top: true, a: { b: { k: { m: 3 }, z: 1 } } },
    '# head\n\ntop = true\n\n# of a.b\n[ a.b ]  # one\nk . l = 2   # two\nk.m = 3\nz = 1\n',
  ],
  ['dotted keys in an inline table', 'a = { b.c = 1 }\n', { a: { b: { d: 2 } } }, 'a = { b.c = 1, b.d = 2 }\n'],
  ['an empty inline table', 'a = {} # x\n', { a: { b: { c: 1 } } }, 'a = { b = { c = 1 } } # x\n'],
  ['an empty table', '[a] # x\n[b]\n', { a: { c: 1 } }, '[a] # x\nc = 1\n[b]\n'],
  ['a list over several lines', 'a = [\n  1, # one\n  2,\n]\nb = 1\n', { a: [3] }, 'a = [\n  3,\n]\nb = 1\n'],
  ['a list of tables', '[[a]]\nx = 1\n\n[[a]]\nx = 2\n[b]\nc = 1\n', { a: [{ x: 3 }] }, '[b]\nc = 1\n\n[[a]]\nx = 3\n'],
  ['a key of the top and one with a strange name', '__proto__ = 1\n', { b: 1 }, '__proto__ = 1\nb = 1\n'],
  ['a byte order mark', '\ufeffa = 1\n', { a: 2, b: 1 }, '\ufeffa = 2\nb = 1\n'],
  ['blank lines at the end', 'a = 1\n\n\n', { b: { c: 1 } }, 'a = 1\n\n[b]\nc = 1\n'],
  ['no line end at the end', 'a = 1', { b: { c: 2 } }, 'a = 1\n\n[b]\nc = 2\n'],
])('%s', (_, before, set, after) => {
  it('is patched', () => expect(patchToml(before, set)).toEqual({ ok: true, text: after }))
  it('stays so', () => expect(patchToml(after, { ...set })).toEqual({ ok: true, text: after }))
})

it.each([
  ['a = \n', 'a'],
  ['[a]\n[a]\n', 'a'],
])('says why %j is no TOML', (text) => {
  const patched = patchToml(text, { b: 1 })
  expect(patched.ok ? '' : patched.cause).not.toBe('')
})

it.each([
  ['a scalar in place of a table', '[a]\nb = 1\n', { a: 1 }],
  ['keys in a list', '[[a]]\nb = 1\n', { a: { b: 2 } }],
])('refuses %s', (_, text, set) => expect(patchToml(text, set)).toMatchObject({ ok: false }))

it('does not write what TOML cannot say', () => expect(patchToml('a = 1\n', { a: null }).ok).toBe(false))

it('sets any keys in any tables, and nothing else', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.integer(),
    fc.array(fc.integer(), { maxLength: 3 }),
  )
  const leaves = fc.dictionary(fc.constantFrom('a', 'io.x', "it's", 'ä "q"'), leaf, { maxKeys: 3 })
  const { tree } = fc.letrec<{ tree: Record<string, unknown>; below: Record<string, unknown> }>((tie) => ({
    below: fc.oneof(
      { maxDepth: 3 },
      fc.constant({}),
      fc.dictionary(fc.constantFrom('t', 'u.v', "w'"), tie('tree'), { maxKeys: 2 }),
    ),
    tree: fc.tuple(leaves, tie('below')).map(([here, under]) => ({ ...here, ...under })),
  }))
  fc.assert(
    fc.property(tree, tree, (first, second) => {
      const base = patchToml('', first)
      const patched = base.ok ? patchToml(base.text, second) : base
      const expected = merged(JSON.parse(JSON.stringify(first)), second)
      expect(patched.ok ? parseToml(patched.text) : patched.cause).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

function merged(base: Record<string, unknown>, set: Record<string, unknown>): Record<string, unknown> {
  for (const [key, value] of Object.entries(set)) {
    const below = base[key]
    const both = isMap(value) && isMap(below)
    base[key] = both ? merged(below, value) : value
  }
  return base
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

it.each([
  ['[plugins]\n\tx = = 1\n', 'unexpected token on line 2', '2 |     x = = 1\n  |         ^'],
  ['a = 1\na = 2\n', 'defining a key multiple times is invalid on line 2', '2 | a = 2\n  | ^'],
  ['db_password = hunter2 x\n', 'unexpected character on line 1', '1 | db_password = ***\n  |               ^'],
])('what is wrong in %j is shown with its line', (text, cause, lines) => {
  expect(patchToml(text, { b: 1 })).toEqual({ ok: false, cause, lines })
})
