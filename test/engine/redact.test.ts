// No secret leaves the engine, in whatever form it stands in whatever string of whatever event.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redactor } from '../../src/engine/redact.ts'
import type { RunEventBody } from '../../src/model/runEvent.ts'

/** Written apart from the product's own forms. */
const FORMS: readonly (readonly [name: string, of: (secret: string) => string])[] = [
  ['as it is', (secret) => secret],
  ['trimmed', (secret) => secret.trim()],
  ['without its line feeds', (secret) => secret.replace(/\n/g, '')],
  ['its longest line', (secret) => longestLine(secret)],
  ['in single quotes of a shell', (secret) => shellQuoted(secret)],
  ['in single quotes of a shell in single quotes', (secret) => shellQuoted(shellQuoted(secret))],
  ['as JSON in single quotes of a shell', (secret) => shellQuoted(JSON.stringify(secret))],
  ['in double quotes of a shell', (secret) => `"${secret.replace(/[\\"$`]/g, (char) => `\\${char}`)}"`],
  ['in single quotes of YAML', (secret) => `'${secret.split("'").join("''")}'`],
  ['as JSON', (secret) => JSON.stringify(secret)],
  ['as JSON in JSON', (secret) => JSON.stringify(JSON.stringify(secret))],
  ['as base64', (secret) => Buffer.from(secret).toString('base64')],
  ['as base64 with a line feed', (secret) => Buffer.from(`${secret}\n`).toString('base64')],
  ['in a URL', (secret) => encodeURIComponent(secret)],
  ['in a query', (secret) => encodeURIComponent(secret).split('%20').join('+')],
]

const shellQuoted = (text: string): string => `'${text.split("'").join("'\\''")}'`

const longestLine = (secret: string): string =>
  secret.split('\n').reduce((longest, line) => (line.trim().length > longest.trim().length ? line : longest), '')

const task = { id: '0/1', name: '%', type: '%', file: '%', line: 1 }
const play = { index: 0, name: '%' }
const EVENTS: readonly RunEventBody[] = [
  {
    type: 'run-started',
    playbooks: ['%'],
    hosts: ['%'],
    check: false,
    madeInCheck: [task],
    plays: [play],
    forks: 1,
  },
  { type: 'host-connected', host: '%', how: '%', why: '%', durationMs: 1 },
  { type: 'play-started', play, hosts: ['%'], tasks: [task] },
  { type: 'task-running', task, host: '%', what: '%' },
  {
    type: 'task-result',
    task,
    host: '%',
    result: {
      outcome: 'failed',
      note: '%',
      diffs: [{ subject: '%', unified: '-%\n+%' }],
      failure: { cause: '%', tried: 'echo %', lastLines: '%\n%', hint: '%' },
      warnings: ['%'],
      data: { stdout: '%', '%': { list: ['%'] } },
      item: { key: '%' },
      durationMs: 1,
    },
  },
  { type: 'warning', message: '%', host: '%' },
  { type: 'trace', host: '%', what: 'sent', text: "printf %s '%'" },
  { type: 'interrupted', signal: 'SIGINT', hosts: { '%': { state: 'unknown', task: '%', why: '%' } } },
  { type: 'run-ended', recap: {}, durationMs: 1, roundTrips: { '%': 1 } },
]

/** The event with every % replaced. */
const plant = (value: unknown, text: string): unknown => {
  if (typeof value === 'string') return value.split('%').join(text)
  if (Array.isArray(value)) return value.map((item) => plant(item, text))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.split('%').join(text), plant(inner, text)]),
  )
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...strings(inner)])
}

const character = fc.oneof(
  fc.string({ minLength: 1, maxLength: 1, unit: 'grapheme' }),
  fc.constantFrom("'", '"', '\\', '$', '`', ' ', '\n', '/', '+', '#', ':', '0', 'a'),
)
/** Something of it must be long enough to be hidden: see the bounds in secretText.ts. */
const secret = fc
  .array(character, { minLength: 3, maxLength: 24 })
  .map((characters) => characters.join(''))
  .filter((text) => longestLine(text).trim().length >= 4)

test('a secret in any form and any string of any event', () => {
  fc.assert(
    fc.property(secret, fc.constantFrom(...FORMS), fc.constantFrom(...EVENTS), (text, [, form], event) => {
      const planted = form(text)
      const shown = strings(redactor([text])(plant(event, planted)))
      expect(shown.filter((one) => one.includes(text) || one.includes(planted))).toEqual([])
    }),
    { numRuns: 6000 },
  )
})

test('a secret in the middle of what was written as base64', () => {
  const bytes = fc.string({ maxLength: 5 })
  fc.assert(
    fc.property(secret, bytes, bytes, (text, before, after) => {
      fc.pre(Buffer.byteLength(text) > 9)
      const encoded = Buffer.from(`${before}${text}${after}`).toString('base64')
      const shown = redactor([text])({ cause: encoded }).cause.split('[hidden]')
      // What is left belongs to the neighbours: at most one byte on each side is of the secret.
      const left = shown.reduce((sum, piece) => sum + piece.length, 0)
      expect(left).toBeLessThanOrEqual(Math.ceil(((before.length + after.length) * 3 * 4) / 3) + 12)
      expect(shown.length).toBeGreaterThan(1)
    }),
    { numRuns: 3000 },
  )
})

describe('what is hidden and what is not', () => {
  const data = (value: unknown) => ({ result: { data: { value } } })
  test.each([
    ['a number in what a task registers', ['4711'], data(4711), data('[hidden]')],
    ['a number that is written otherwise', ['04711'], data(4711), data('[hidden]')],
    ['a number as a key', ['4711'], data({ 4711: 1 }), data({ '[hidden]': 1 })],
    ['a number of the program', ['4711'], { durationMs: 4711 }, { durationMs: 4711 }],
    [
      'a word of the program',
      ['changed'],
      { type: 'changed', outcome: 'changed' },
      { type: 'changed', outcome: 'changed' },
    ],
    ['that word elsewhere', ['changed'], { note: 'changed' }, { note: '[hidden]' }],
    ['counts', ['ok1', '100'], { recap: { ok1: { ok: 100 } } }, { recap: { '[hidden]': { ok: 100 } } }],
    ['two characters', ['ab'], { note: 'ab' }, { note: 'ab' }],
    ['short lines of a long secret', ['begin\nabcd\nxyz\nend'], { note: 'abcd xyz' }, { note: '[hidden] xyz' }],
    ['a secret inside a longer one', ['abc', 'abcdef'], { note: 'abcdef abc' }, { note: '[hidden] [hidden]' }],
  ])('%s', (_case, secrets, event, expected) => {
    expect(redactor(secrets)(event)).toEqual(expected)
  })

  test('without a secret in it a text stays the same object, and the time does not grow with the secrets', () => {
    const text = 'x'.repeat(200)
    const event = { note: text }
    expect(redactor(Array.from({ length: 5000 }, (_, i) => `password-${i}`))(event)).toEqual(event)
  })
})
