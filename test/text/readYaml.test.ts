// YAML texts and what becomes of them: a value, or one mistake at its place.
import { expect, test } from 'vitest'
import { Findings } from '../../src/text/findings.ts'
import { readYaml } from '../../src/text/readYaml.ts'
import { SourceText } from '../../src/text/sourceText.ts'
import { plainValue } from '../../src/text/yamlTree.ts'
import { compare, type Expected } from '../playbook/world.ts'

const read = (text: string) => {
  const findings = new Findings()
  const tree = readYaml(new SourceText('a.yml', text), findings)
  return { findings, value: tree && plainValue(tree) }
}

const MISTAKES: readonly (readonly [name: string, text: string, expected: Expected])[] = [
  ['a tab', 'a: 1\n\tb: 2\n', ['tab-indentation', 2, 1, 'spaces', 'replace the tab']],
  ['a tab in a list', '- a: 1\n\tb: 2\n', ['tab-indentation', 2, 1, 'spaces', 'replace the tab']],
  ['a key twice', 'a: 1\nbc: 2\nbc: 3\n', ['duplicate-key', 3, 1, "'bc' is given twice", 'keep one']],
  ['a quoted key twice', '"b": 2\n"b": 3\n', ['duplicate-key', 2, 1, "'b' is given twice"]],
  ['bad indentation', 'a:\n  b: 1\n c: 2\n', ['bad-indentation', 3, 1, 'fits no line above']],
  ['an open bracket', '- a: [b, c\n- d: e\n', ['unclosed-bracket', 1, 6, "this '[' is never closed", "add ']'"]],
  ['an open bracket at the end', 'a:\n  b: {c: d\n', ['unclosed-bracket', 2, 6, "this '{' is never closed", "add '}'"]],
  ['an open bracket in another', 'a: { b: [c, d }\ne: f\n', ['unclosed-bracket', 1, 9, "'[' is never closed"]],
  ['an open bracket around another', 'a: [b, [c, d]\n', ['unclosed-bracket', 1, 4, "'[' is never closed"]],
  ['an open bracket and a key', 'a: [b\n   c: d\n', ['unclosed-bracket', 1, 4, "'[' is never closed"]],
  ['a bracket closed too far left', 'a:\n  - [b\n]\n', ['unclosed-bracket', 2, 5, 'never closed', 'be indented']],
  ['a mistake before an open bracket', 'a: b: c\nd: [e\n', ['yaml-syntax', 1, 4, "a ': ' inside a value"]],
  ['an open quote in brackets', 'a: ["b, c]\n', ['yaml-syntax', 2, 1, 'this is not YAML', 'close the quotes']],
  ['an open bare expression', 'a: {{ x\n', ['unquoted-expression', 1, 5, 'must be in quotes']],
  ['an open quote', 'a: "x\nb: 1\n', ['yaml-syntax', 3, 1, 'this is not YAML', 'close the quotes']],
  ['a map in a value', 'a: b: c\n', ['yaml-syntax', 1, 4, "a ': ' inside a value", 'in quotes']],
  ['a bare expression', 'a: {{ x }}\n', ['unquoted-expression', 1, 4, 'must be in quotes', '"{{ … }}"']],
  ['a bare expression and text', 'a: {{ x }} y\n', ['unquoted-expression', 1, 12, 'must be in quotes']],
  ['a bare expression in a list', '- {{ x }} y\n', ['unquoted-expression', 1, 11, 'must be in quotes']],
  [
    'a value that begins with a quote',
    'a: "b" == c\n',
    ['yaml-syntax', 1, 8, 'ends at the next one', 'of the other kind'],
  ],
  ['a reserved sign', 'a: @x\n', ['yaml-syntax', 1, 4, 'reserved character', 'in quotes']],
  ['an encrypted value', 'a: !vault |\n  xx\n', ['vault-unsupported', 1, 4, 'not supported yet', '-e @FILE']],
  ['an encrypted file', '$ANSIBLE_VAULT;1.1;AES256\n6162\n', ['vault-unsupported', 1, 1, 'not supported yet']],
  ['another tag', 'a: !thing x\n', ['unknown-tag', 1, 4, '!thing']],
  ['an alias of nothing', 'a: *x\n', ['unknown-anchor', 1, 4, "no anchor 'x'"]],
  ['an alias in itself', 'a: &x [1, *x]\n', ['alias-cycle', 1, 11, "'*x' stands inside"]],
  ['a merge of a text', 'a: &x b\nc:\n  <<: *x\n', ['bad-merge', 1, 7, 'only a map']],
  ['a list as a key', '? [a]\n: b\n', ['bad-key', 1, 3, 'a plain word']],
  ['two documents', 'a: 1\n---\nb: 1\n', ['yaml-syntax', 2, 1, 'more than one']],
]

test.each(MISTAKES)('%s is one mistake at its place', (_name, text, expected) => {
  const { actual, wanted } = compare(read(text).findings.all, [expected])
  expect(actual).toEqual(wanted)
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
