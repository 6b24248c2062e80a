// `--log FILE` has the same events as `--output jsonl`, while the screen shows the run; `-q` shows less of it.
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
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

it('--log writes over a file of yours, through a link of yours too, and makes it yours alone', async () => {
  const [log, link] = [join(directory, 'old.jsonl'), join(directory, 'link')]
  writeFileSync(log, 'x'.repeat(1_000_000), { mode: 0o644 })
  symlinkSync(log, link)
  for (const name of [log, link, '/dev/null']) {
    chmodSync(log, 0o644)
    expect((await runCommand(...words, '--log', name)).status).toBe(0)
    if (name === '/dev/null') continue
    expect(typesOf(readFileSync(log, 'utf8')).at(-1)).toBe('run-ended')
    expect(statSync(log).mode & 0o777).toBe(0o600)
  }
})

// Only root can act for another user.
it.skipIf(process.getuid?.() !== 0).each<[what: string, mode: number, plant: (at: string, victim: string) => void]>([
  ['a link of theirs', 0o755, (at, victim) => symlinkSync(victim, at)],
  ['a link in a directory that everybody can write', 0o1777, (at, victim) => symlinkSync(victim, at)],
  ['a second name of a file of yours', 0o755, (at, victim) => linkSync(victim, at)],
  ['a file of theirs', 0o1777, (at) => (writeFileSync(at, ''), chownSync(at, 65534, 65534))],
])('--log does not write %s', async (_, mode, plant) => {
  const theirs = join(directory, 'theirs')
  const victim = join(directory, 'victim')
  const log = join(theirs, 'events.jsonl')
  mkdirSync(theirs)
  chmodSync(theirs, mode)
  chownSync(theirs, 65534, 65534)
  writeFileSync(victim, 'precious\n', { mode: 0o644 })
  plant(log, victim)
  const { status, err } = await runCommand(...words, '--log', log)
  expect(status).toBe(1)
  expect(err).toMatch(/error\[unwritable-log\]: --log: cannot write '.*\/events\.jsonl': it (is|has|belongs) /)
  expect(readFileSync(victim, 'utf8')).toBe('precious\n')
  expect(statSync(victim).mode & 0o777).toBe(0o644)
  rmSync(log)
  expect((await runCommand(...words, '--log', log)).status).toBe(0)
  expect(statSync(log)).toMatchObject({ uid: 0 })
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
