// `create-task` writes a task type that `test-tasks` passes, and `test-tasks` reports each mistake in a type or its cases.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCommand } from './runCommand.ts'

let site: string
beforeEach(() => {
  site = join(mkdtempSync(join(tmpdir(), 'crane-play-site-')), 'types')
})
afterEach(() => rmSync(join(site, '..'), { recursive: true }))

it('a new task type is found, documented by its schema, and passes its cases', async () => {
  expect(await runCommand('create-task', site, 'mountShare')).toMatchObject({ status: 0, err: '' })
  expect(await runCommand('test-tasks', site)).toMatchObject({ status: 0, out: 'ok      mountShare\n', err: '' })
})

it('and does what it says', async () => {
  await runCommand('create-task', site, 'mountShare')
  const playbook = join(site, 'play.yml')
  const marker = join(site, 'marker')
  writeFileSync(playbook, JSON.stringify([{ hosts: 'all', tasks: [{ mountShare: { path: marker } }] }]))
  const words = [playbook, '-i', 'crane01,', '--transport', 'local', '--tasks', site]
  expect((await runCommand(...words)).out).toContain('changed=1')
  expect(existsSync(marker)).toBe(true)
  expect((await runCommand(...words)).out).toContain('ok=1 changed=0')
})

it('nothing is written over', async () => {
  await runCommand('create-task', site, 'mountShare')
  const { status, err } = await runCommand('create-task', site, 'mountShare')
  expect({ status, err }).toEqual({
    status: 1,
    err: `crane-play: '${site}/mountShare.ts' exists already\n  hint: choose another name, or remove the file first\n`,
  })
})

describe('a mistake is reported with the case that it is in', () => {
  it.each<[what: string, file: string, from: string, to: string, says: string]>([
    [
      'a missing field',
      'x.cases.ts',
      "observed: { state: { status: 0, stdout: 'present\\n' } },",
      '',
      "decide[0]: 'observed' is missing",
    ],
    ['a list that is missing', 'x.cases.ts', 'wrong:', 'wron:', "'wrong' is missing: a list of cases"],
    [
      'an answer that is missing',
      'x.cases.ts',
      'observed: { state:',
      'observed: { sate:',
      "is there: 'observed' has no answer for state",
    ],
    ['another decision', 'x.cases.ts', "kind: 'ok'", "kind: 'refuse'", 'is there: decided ok (no note), not refuse'],
    ['other words', 'x.cases.ts', "says: 'create ", "says: 'make ", 'is absent: what it says is "create /srv/x"'],
    [
      'parameters that are accepted',
      'x.cases.ts',
      "path: 'relative' }",
      "path: '/x' }",
      "'absolute' is not reported for '/path', but nothing",
    ],
    ['another script', 'x.cases.ts', "script: 'touch'", "script: 'mkdir'", 'is absent: the script is '],
    ['cases that do not parse', 'x.cases.ts', 'export default {', 'export default {{', 'cannot be loaded'],
    ['a type that does not parse', 'x.ts', 'export default', 'export default default', 'x.ts cannot be loaded'],
  ])('%s', async (_what, file, from, to, says) => {
    await runCommand('create-task', site, 'x')
    const path = join(site, file)
    const text = readFileSync(path, 'utf8')
    expect(text).toContain(from)
    writeFileSync(path, text.replace(from, to))
    const { status, out, err } = await runCommand('test-tasks', site)
    expect(status).toBe(1)
    expect(out + err).toContain(says)
  })

  it('no cases at all', async () => {
    await runCommand('create-task', site, 'x')
    rmSync(join(site, 'x.cases.ts'))
    expect((await runCommand('test-tasks', site)).out).toBe(`failed  x\n  ${site}/x.cases.ts: the file is missing\n`)
  })
})

it.each([
  [['create-task', 'x'], "'create-task' takes DIR and NAME\n  hint: use `crane-play create-task DIR NAME`"],
  [['create-task', '/tmp', 'a-b'], "'a-b' is not a name for a task type"],
  [['test-tasks'], "'test-tasks' takes DIR"],
  [['test-tasks', '/nowhere'], 'cannot read /nowhere'],
])('%j is wrong', async (words, says) => {
  const { status, err } = await runCommand(...words)
  expect(status).toBe(1)
  expect(err).toContain(says)
})
