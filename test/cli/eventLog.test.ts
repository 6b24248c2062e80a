// `--log FILE` has the same events as `--output jsonl`, while the screen shows the run; `-q` shows less of it.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { runCommand } from './runCommand.ts'

let directory: string
let words: readonly string[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'crane-play-log-'))
  const tasks = ['one', 'two'].map((name) => ({ name, writeFile: { path: join(directory, name), content: 'x' } }))
  const plays = [
    { hosts: 'all', tasks: [{ ...tasks[0], tags: ['first'] }] },
    { name: 'the second', hosts: 'all', tasks: [{ ...tasks[1], tags: ['second'] }] },
  ]
  writeFileSync(join(directory, 'p.yml'), JSON.stringify(plays))
  words = [join(directory, 'p.yml'), '-i', 'crane01,', '--transport', 'local']
})
afterEach(() => rmSync(directory, { recursive: true }))

const typesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as RunEvent).type)

it('--log', async () => {
  const log = join(directory, 'events.jsonl')
  const { status, out } = await runCommand(...words, '--log', log)
  expect(status).toBe(0)
  expect(out).toContain('RECAP')
  expect(statSync(log).mode & 0o777).toBe(0o600)
  const again = await runCommand(...words, '--output', 'jsonl')
  const logged = typesOf(readFileSync(log, 'utf8')).filter((type) => type !== 'task-running')
  expect(logged).toEqual(typesOf(again.out))
})

it('--log that cannot be written', async () => {
  const { status, err, out } = await runCommand(...words, '--log', '/nowhere/x')
  expect({ status, out }).toEqual({ status: 1, out: '' })
  expect(err).toContain("error[unwritable-log]: --log: cannot write '/nowhere/x': there is no such file\n  hint: ")
})

it('-q shows changes, failures and the recap', async () => {
  expect((await runCommand(...words, '-q')).out).toMatch(/changed .* one /)
  const { out } = await runCommand(...words, '-q')
  expect(out).not.toMatch(/ok .* one /)
  expect(out).toContain('crane01 : ok=2')
})

it('-q and -v', async () => {
  expect((await runCommand(...words, '-q', '-v')).err).toContain('--quiet and --verbose cannot be combined')
})

it('a play of which --tags leaves nothing is not shown', async () => {
  const { out } = await runCommand(...words, '--tags', 'first')
  expect(out).toMatch(/^PLAY all/)
  expect(out).not.toContain('PLAY the second')
  expect((await runCommand(...words, '--tags', 'first', '--list-tasks')).out).not.toContain('PLAY the second')
})
