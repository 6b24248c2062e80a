// A user's mistakes, word for word as they are shown.
import { describe, expect, test } from 'vitest'
import { type Diagnostic, mistake } from '../../src/model/diagnostic.ts'
import { COLOURED } from '../../src/report/palette.ts'
import { renderDiagnostics } from '../../src/report/renderDiagnostics.ts'
import { SourceText } from '../../src/text/sourceText.ts'

const span = (source: string, word: string, file = 'deploy.yml') =>
  new SourceText(file, source).span(source.indexOf(word), word.length)

const squiggleOf = (text: string): string => {
  const [, source = '', marks = ''] = text.split('\n')
  const from = marks.indexOf('^')
  return source.slice(from, from + marks.trimEnd().length - from)
}

test('place, code, message, line, squiggle, hint and counts', () => {
  const source = 'plays:\n  - installPackage:\n      nmae: containerd\n'
  const one = mistake(
    'unknown-parameter',
    'installPackage has no parameter nmae',
    span(source, 'nmae'),
    'did you mean name?',
  )
  expect(renderDiagnostics([one])).toBe(`\
deploy.yml:3:7: error[unknown-parameter]: installPackage has no parameter nmae
 3 |       nmae: containerd
   |       ^~~~
   hint: did you mean name?

1 error; no host was touched
`)
})

test('many, by file and line; what has no place first; a warning counts apart', () => {
  const source = 'a\nb\nc\n'
  const warning: Diagnostic = { severity: 'warning', code: 'w', message: 'third', at: span(source, 'c') }
  const all = [
    mistake('e', 'in hosts', span('x\n', 'x', 'hosts')),
    warning,
    mistake('e', 'first', span(source, 'a')),
    mistake('e', 'no place'),
  ]
  const heads = renderDiagnostics(all)
    .split('\n')
    .filter((line) => /^\S/.test(line) && /error|warning/.test(line))
  expect(heads).toEqual([
    'error[e]: no place',
    'hosts:1:1: error[e]: in hosts',
    'deploy.yml:1:1: error[e]: first',
    'deploy.yml:3:1: warning[w]: third',
    '3 errors and 1 warning in 2 files; no host was touched',
  ])
})

test('only warnings: the run goes on, so nothing is said of hosts', () => {
  expect(renderDiagnostics([{ severity: 'warning', code: 'w', message: 'm' }])).toBe('warning[w]: m\n\n1 warning\n')
})

test('nothing wrong, nothing said', () => {
  expect(renderDiagnostics([])).toBe('')
})

describe('the squiggle stands under what is meant', () => {
  test.each([
    ['after tabs', '\t\tkey: value', 'value', 'value'],
    ['after wide characters', '名前: 値 wrong', 'wrong', undefined],
    ['at the end', 'key: value', 'value', 'value'],
    ['one character', 'a: b', 'b', 'b'],
    ['in a long line', `${'x'.repeat(5000)} here ${'y'.repeat(5000)}`, 'here', 'here'],
    ['in a line of a megabyte', `${'x '.repeat(500_000)}here`, 'here', 'here'],
    ['after a control character', 'a\u001b[2J here', 'here', 'here'],
  ])('%s', (_case, source, word, under) => {
    const text = renderDiagnostics([mistake('e', 'm', span(source, word))], { width: 80 })
    const [, line = '', marks = ''] = text.split('\n')
    if (under !== undefined) expect(squiggleOf(text)).toBe(under)
    // Two columns for each of the three wide characters, so the mark is three further than its index.
    else expect(marks.indexOf('^')).toBe(line.indexOf(word) + 3)
    expect(marks.trim()).toBe(`| ${' '.repeat(marks.indexOf('^') - 5)}^${'~'.repeat(word.length - 1)}`)
    expect(line.length).toBeLessThanOrEqual(80)
    expect(text).not.toContain('\u001b')
  })

  test('a span longer than the window fills it and no more', () => {
    const text = renderDiagnostics([mistake('e', 'm', span('x'.repeat(900), 'x'.repeat(900)))], { width: 60 })
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(60)
    expect(text).toContain('^~~~~')
  })

  test('an empty line', () => {
    const text = renderDiagnostics([mistake('e', 'm', new SourceText('f', '\n\n').span(1))])
    expect(text).toContain('f:2:1: error[e]: m\n 2 | \n   | ^\n')
  })
})

test.each([
  ['crane02 ansible_password=hunter2 ansible_prot=22', 'crane02 ansible_password=******* ansible_prot=22'],
  ['{ token: "a b", prot: 1 }', '{ token: *****, prot: 1 }'],
  ["ansible_become_pass: 'x' # prot", 'ansible_become_pass: *** # prot'],
  ['pass the salt: prot', 'pass the salt: prot'],
])('a password beside the mistake is not shown: %s', (source, shown) => {
  const text = renderDiagnostics([mistake('e', 'm', span(source, 'prot'))])
  expect(text.split('\n')[1]).toBe(` 1 | ${shown}`)
  expect(squiggleOf(text)).toBe('prot')
})

test('a mistake on the command line is in no file', () => {
  const all = [mistake('e', 'm', span('a', 'a', 'hosts')), mistake('e', 'm', span('a', 'a', '-e'))]
  expect(renderDiagnostics(all)).toContain('\n2 errors; no host was touched\n')
})

test('a hundred are shown and the others counted', () => {
  const many = Array.from({ length: 130 }, (_, i) => mistake('e', `number ${i}`))
  const text = renderDiagnostics(many)
  expect(text.match(/error\[e\]/g)).toHaveLength(100)
  expect(text).toContain('... and 30 more\n')
  expect(text).toContain('130 errors; no host was touched\n')
})

test('colours change nothing but colours', () => {
  const one = mistake('e', 'm', span('a: b', 'b'), 'h\nmore')
  const coloured = renderDiagnostics([one], { palette: COLOURED })
  expect(coloured).toContain('\u001b[31m')
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(renderDiagnostics([one]))
})
