// Passwords: typed unseen, or from a file that only its owner reads.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { askPasswords } from '../../src/cli/askPassword.ts'

/** Types one line after each prompt. */
function keyboard(lines: readonly string[], isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY })
  const output = new PassThrough()
  const left = [...lines]
  let seen = ''
  output.on('data', (chunk: Buffer) => {
    seen += chunk
    if (String(chunk).endsWith(': ')) setImmediate(() => input.write(`${left.shift() ?? ''}\r`))
  })
  return { input, output, seen: () => seen }
}

const NONE = { askPass: false, askBecomePass: false }

test.each([
  [NONE, [], {}, ''],
  [{ ...NONE, askPass: true }, ['s3cret'], { login: 's3cret' }, 'SSH password: \n'],
  [{ ...NONE, askBecomePass: true }, ['s3cret'], { become: 's3cret' }, 'sudo password: \n'],
  [{ askPass: true, askBecomePass: true }, ['a', 'b'], { login: 'a', become: 'b' }, /the SSH password/],
  [{ askPass: true, askBecomePass: true }, ['a', ''], { login: 'a', become: 'a' }, /the SSH password/],
])('%j', async (said, typed, expected, prompts) => {
  const keys = keyboard(typed)
  expect(await askPasswords(said, keys)).toEqual({ ok: true, value: expected, warnings: [] })
  if (typeof prompts === 'string') expect(keys.seen()).toBe(prompts)
  else expect(keys.seen()).toMatch(prompts)
  expect(keys.seen()).not.toContain('s3cret')
})

test('without a terminal nothing can be asked', async () => {
  const asked = await askPasswords({ ...NONE, askPass: true }, keyboard([], false))
  expect(asked).toMatchObject({ ok: false, diagnostics: [{ code: 'no-terminal' }] })
})

test.each(['\u0003', '\u0004', undefined])('nothing is typed: %j', async (keys) => {
  const { input, output } = keyboard([])
  const asked = askPasswords({ ...NONE, askPass: true }, { input, output })
  if (keys === undefined) input.end()
  else input.write(keys)
  expect(await asked).toMatchObject({ ok: false, diagnostics: [{ code: 'no-password' }] })
})

describe('a password file', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'crane-play-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  test.each<[string, string | undefined, number, object]>([
    ['its first line', 's3cret\nmore\n', 0o600, { ok: true, value: { become: 's3cret' } }],
    ['without a line end', 's3cret', 0o400, { ok: true, value: { become: 's3cret' } }],
    ['readable by others', 's3cret\n', 0o644, { ok: false, diagnostics: [{ code: 'open-password-file' }] }],
    ['empty', '\n', 0o600, { ok: false, diagnostics: [{ code: 'empty-password-file' }] }],
    ['missing', undefined, 0, { ok: false, diagnostics: [{ code: 'unreadable-file' }] }],
  ])('%s', async (_case, content, mode, expected) => {
    const becomePasswordFile = join(directory, 'password')
    if (content !== undefined) writeFileSync(becomePasswordFile, content, { mode })
    expect(await askPasswords({ ...NONE, becomePasswordFile }, keyboard([]))).toMatchObject(expected)
  })
})
