// What a host says cannot move a cursor, set a title, hide text or forge a line.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeControl, escapeJson, escapeLine } from '../../src/report/escapeControl.ts'

describe('escapeControl and escapeLine', () => {
  test.each([
    ['plain äöü 漢字 🙂', 'plain äöü 漢字 🙂', 'plain äöü 漢字 🙂'],
    ['\u001b[2Jgone', '\\x1b[2Jgone', '\\x1b[2Jgone'],
    ['\u001b]0;title\u0007', '\\x1b]0;title\\x07', '\\x1b]0;title\\x07'],
    ['\u009b31m', '\\x9b31m', '\\x9b31m'],
    ['a\r\nb', 'a\nb', 'a\\nb'],
    ['50%\rdone', '50%\\rdone', '50%\\rdone'],
    ['a\tb', 'a\tb', 'a\\tb'],
    ['back\u0008', 'back\\x08', 'back\\x08'],
    ['a\u202eb', 'a\\u{202e}b', 'a\\u{202e}b'],
    ['\ud800x', '\\u{d800}x', '\\u{d800}x'],
    ['nul\u0000\u007f', 'nul\\x00\\x7f', 'nul\\x00\\x7f'],
  ])('%j', (text, kept, line) => {
    expect(escapeControl(text)).toBe(kept)
    expect(escapeLine(text)).toBe(line)
  })

  test('a long text is cut and says so', () => {
    expect(escapeControl('x'.repeat(25), 20)).toBe(`${'x'.repeat(20)}... (5 more characters)`)
    expect(escapeControl('x'.repeat(20), 20)).toBe('x'.repeat(20))
  })

  test('nothing that acts on a terminal is left, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeControl(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
        expect(escapeLine(text)).not.toMatch(/[\n\t]/)
      }),
    )
  })
})

test('escaped JSON means the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = escapeJson(JSON.stringify({ text }))
      expect(JSON.parse(json)).toEqual({ text })
      expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
    }),
  )
})
