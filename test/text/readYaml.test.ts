// YAML texts and what becomes of them: a value, or one mistake at its place.
import { expect, test } from 'vitest'
import { Findings } from '../../src/text/findings.ts'
import { readYaml } from '../../src/text/readYaml.ts'
import { SourceText } from '../../src/text/sourceText.ts'
import { plainValue } from '../../src/text/yamlTree.ts'
import { told } from '../playbook/world.ts'

const read = (text: string) => {
  const findings = new Findings()
  const tree = readYaml(new SourceText('a.yml', text), findings)
  return { findings, value: tree && plainValue(tree) }
}

const MISTAKES: readonly (readonly [name: string, text: string, expected: string])[] = [
  [
    'a tab',
    'a: 1\n\tb: 2\n',
    'a.yml:2:1 tab-indentation YAML is indented with spaces; this line starts with a tab; replace the tab with spaces',
  ],
  [
    'a tab in a list',
    '- a: 1\n\tb: 2\n',
    'a.yml:2:1 tab-indentation YAML is indented with spaces; this line starts with a tab; replace the tab with spaces',
  ],
  [
    'a key twice',
    'a: 1\nbc: 2\nbc: 3\n',
    "a.yml:3:1 duplicate-key 'bc' is set twice in one map; keep one of the two: the first is on line 2",
  ],
  [
    'a quoted key twice',
    '"b": 2\n"b": 3\n',
    "a.yml:2:1 duplicate-key 'b' is set twice in one map; keep one of the two: the first is on line 1",
  ],
  [
    'bad indentation',
    'a:\n  b: 1\n c: 2\n',
    'a.yml:3:1 bad-indentation the indentation of this line matches no line above it; align it with the lines it belongs to',
  ],
  [
    'an open bracket',
    '- a: [b, c\n- d: e\n',
    "a.yml:1:6 unclosed-bracket this '[' is never closed; add ']'; in a line of its own it must be indented more than what it belongs to",
  ],
  [
    'an open bracket at the end',
    'a:\n  b: {c: d\n',
    "a.yml:2:6 unclosed-bracket this '{' is never closed; add '}'; in a line of its own it must be indented more than what it belongs to",
  ],
  [
    'an open bracket in another',
    'a: { b: [c, d }\ne: f\n',
    "a.yml:1:9 unclosed-bracket this '[' is never closed; add ']'; in a line of its own it must be indented more than what it belongs to",
  ],
  [
    'an open bracket around another',
    'a: [b, [c, d]\n',
    "a.yml:1:4 unclosed-bracket this '[' is never closed; add ']'; in a line of its own it must be indented more than what it belongs to",
  ],
  [
    'an open bracket and a key',
    'a: [b\n   c: d\n',
    "a.yml:1:4 unclosed-bracket this '[' is never closed; add ']'; in a line of its own it must be indented more than what it belongs to",
  ],
  [
    'a bracket closed too far left',
    'a:\n  - [b\n]\n',
    "a.yml:2:5 unclosed-bracket this '[' is never closed; add ']'; in a line of its own it must be indented more than what it belongs to",
  ],
  [
    'a mistake before an open bracket',
    'a: b: c\nd: [e\n',
    "a.yml:1:4 yaml-syntax a ': ' inside a value starts a map here; put the value in quotes, or indent the map below its key",
  ],
  [
    'an open quote in brackets',
    'a: ["b, c]\n',
    'a.yml:2:1 yaml-syntax this is not YAML: missing closing "quote; close the quotes',
  ],
  [
    'an open bare expression',
    'a: {{ x\n',
    'a.yml:1:5 unquoted-expression a value that starts with {{ must be quoted; "{{ … }}"',
  ],
  [
    'an open quote',
    'a: "x\nb: 1\n',
    'a.yml:3:1 yaml-syntax this is not YAML: missing closing "quote; close the quotes',
  ],
  [
    'a map in a value',
    'a: b: c\n',
    "a.yml:1:4 yaml-syntax a ': ' inside a value starts a map here; put the value in quotes, or indent the map below its key",
  ],
  [
    'a bare expression',
    'a: {{ x }}\n',
    'a.yml:1:4 unquoted-expression a value that starts with {{ must be quoted; "{{ … }}"',
  ],
  [
    'a bare expression and text',
    'a: {{ x }} y\n',
    'a.yml:1:12 unquoted-expression a value that starts with {{ must be quoted; "{{ … }}"',
  ],
  [
    'a bare expression in a list',
    '- {{ x }} y\n',
    'a.yml:1:11 unquoted-expression a value that starts with {{ must be quoted; "{{ … }}"',
  ],
  [
    'a value that begins with a quote',
    'a: "b" == c\n',
    `a.yml:1:8 yaml-syntax a value that starts with a quote ends at the next quote; quote the whole value with the other kind of quotes: 'a == "b"'`,
  ],
  [
    'a reserved sign',
    'a: @x\n',
    'a.yml:1:4 yaml-syntax this is not YAML: plain value cannot start with reserved character @; put the value in quotes',
  ],
  [
    'an encrypted value',
    'a: !vault |\n  xx\n',
    'a.yml:1:4 vault-unsupported values encrypted with Ansible Vault are not supported yet; give the secret at run time, for example with -e @FILE, and keep that file out of the repository',
  ],
  [
    'an encrypted file',
    '$ANSIBLE_VAULT;1.1;AES256\n6162\n',
    'a.yml:1:1 vault-unsupported values encrypted with Ansible Vault are not supported yet; give the secret at run time, for example with -e @FILE, and keep that file out of the repository',
  ],
  ['another tag', 'a: !thing x\n', 'a.yml:1:4 unknown-tag unknown YAML tag !thing; remove the tag'],
  ['an alias of nothing', 'a: *x\n', "a.yml:1:4 unknown-anchor no anchor 'x' above this line"],
  ['an alias in itself', 'a: &x [1, *x]\n', "a.yml:1:11 alias-cycle '*x' is inside the value that it refers to"],
  [
    'a merge of a text',
    'a: &x b\nc:\n  <<: *x\n',
    "a.yml:1:7 bad-merge only a map, or a list of maps, can be merged with '<<'",
  ],
  ['a list as a key', '? [a]\n: b\n', 'a.yml:1:3 bad-key a key must be a plain word or a string'],
  [
    'two documents',
    'a: 1\n---\nb: 1\n',
    "a.yml:2:1 yaml-syntax the file contains more than one YAML document; remove the '---' between them, or put each document in its own file",
  ],
]

test.each(MISTAKES)('%s is one mistake at its place', (_name, text, expected) => {
  expect(told(read(text).findings.all)).toEqual([expected])
})

test.each([
  ['no', 'no'],
  ['on', 'on'],
  ['true', true],
  ['0644', 644],
  ['0o17', 15],
  ['1.50', 1.5],
  ['~', null],
  ['2024-01-02', '2024-01-02'],
])('%s is read as YAML 1.2 reads it', (text, value) => {
  expect(read(`a: ${text}\n`).value).toEqual({ a: value })
})

test('anchors and aliases stand for the same value', () => {
  const { value, findings } = read('a: &x {b: [1, 2]}\nc: *x\n')
  expect(value).toEqual({ a: { b: [1, 2] }, c: { b: [1, 2] } })
  expect(findings.all).toEqual([])
})

test.each([
  ['the last anchor of that name above it', 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n', { a: 1, b: 1, c: 2, d: 2 }],
  ['an anchor inside another value', 'a: { b: [&x 1] }\nc: *x\n', { a: { b: [1] }, c: 1 }],
  ['an anchor of a key', '&x a: 1\nb: *x\n', { a: 1, b: 'a' }],
  ['an anchor in what an alias repeats', 'a: &x [&y 1]\nb: &y 2\nc: *x\nd: *y\n', { a: [1], b: 2, c: [1], d: 2 }],
])('an alias stands for %s', (_name, text, expected) => {
  const { value, findings } = read(text)
  expect(findings.all).toEqual([])
  expect(value).toEqual(expected)
})

test('aliases cannot make a file stand for more than the controller can hold', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 12; i++)
    lines.push(
      `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(', ')}]`,
    )
  const { findings } = read(`${lines.join('\n')}\n`)
  expect(findings.all[0]).toMatchObject({ code: 'too-many-aliases', severity: 'error' })
})

test.each([
  ['a key of its own wins', 'a: &x {b: 1, c: 1}\nd: { c: 2, <<: *x }\n', { b: 1, c: 2 }],
  ['the first of several wins', 'a: [&x {b: 1}, &y {b: 2, c: 2}]\nd:\n  <<: [*x, *y]\n', { b: 1, c: 2 }],
  ['a key in quotes is a key', 'd: { "<<": 1 }\n', { '<<': 1 }],
])('merge keys: %s', (_name, text, d) => {
  const { value, findings } = read(text)
  expect(findings.all).toEqual([])
  expect(value).toMatchObject({ d })
})

test('what is read after a key given twice is read nevertheless', () => {
  const { value, findings } = read('a: 1\na: 2\nb: !x 3\n')
  expect(findings.all.map(({ code }) => code).sort()).toEqual(['duplicate-key', 'unknown-tag'])
  expect(value).toMatchObject({ a: 1 })
})

test('a byte-order mark and CRLF do not move places', () => {
  const { findings } = read('\uFEFFa: 1\r\nb: *x\r\n')
  expect(findings.all[0]?.at).toEqual({ file: 'a.yml', line: 2, column: 4, length: 2, text: 'b: *x' })
})
