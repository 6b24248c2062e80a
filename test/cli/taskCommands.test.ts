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
  it.each<[what: string, file: string, from: string | RegExp, to: string, says: string]>([
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
    [
      'cases that do not parse, with the place',
      'x.cases.ts',
      'export default {',
      'export default {{',
      'x.cases.ts:4:17: cannot be loaded: Unexpected token',
    ],
    [
      'a type that does not parse',
      'x.ts',
      'return ok()',
      'return ok(',
      'x.ts:13:5: error[unloadable-task-type]: cannot be loaded: Unexpected token\n 13 |     return change({\n    |     ^\n',
    ],
    [
      'a name of typebox',
      'x.ts',
      'Type.Object',
      'Type.Objekt',
      'x.ts:7:3: error[unloadable-task-type]: cannot be loaded: Type.Objekt is not a function\n 7 |   params: Type.Objekt({',
    ],
    ['an export that is not there', 'x.ts', 'AbsolutePath(', 'AbsolutPath(', 'AbsolutPath is not defined'],
    [
      'an import that is not there',
      'x.ts',
      /AbsolutePath/g,
      'AbsolutPath',
      "cannot be loaded: crane-play/task has no export 'AbsolutPath': did you mean 'AbsolutePath'?",
    ],
    [
      'an import that is used late',
      'x.ts',
      /\bok\b/g,
      'okay',
      "is there: x threw in decide: crane-play/task has no export 'okay'",
    ],
    [
      'a type that throws',
      'x.ts',
      'decide({ params, observed: { state } }) {',
      "decide({ params, observed: { state } }) { throw new Error('boom')",
      'is there: x threw in decide: boom (types/x.ts:11:',
    ],
    [
      'no probe',
      'x.ts',
      /commandOutput\((.*)\) \}\)/,
      '$1 })',
      "is there: x is wrong in observe: 'state' is not a probe, such as commandOutput(…)",
    ],
    [
      'no decision',
      'x.ts',
      'return ok()',
      'return true',
      'is there: x is wrong in decide: it does not return ok(), change(…), verify(…) or refuse(…)',
    ],
    [
      'a change that predicts nothing',
      'x.ts',
      /after: .*/,
      '',
      'is absent: x is wrong in decide: its change(…) has no `after`',
    ],
    [
      'no list of steps',
      'x.ts',
      "[command('touch', '--', params.path)]",
      "command('touch')",
      'is absent: x is wrong in apply: it does not return a list of steps',
    ],
    [
      'no step',
      'x.ts',
      "command('touch', '--', params.path)",
      "'touch'",
      'is absent: x is wrong in apply: its list has an entry that is not a step',
    ],
    [
      'no schema',
      'x.ts',
      /params: Type.Object.*/,
      "params: { path: 'string' },",
      'x.ts has `params` that are not Type.Object({ … })',
    ],
  ])('%s', async (_what, file, from, to, says) => {
    await runCommand('create-task', site, 'x')
    const path = join(site, file)
    const text = readFileSync(path, 'utf8')
    const changed = text.replace(from, to)
    expect(changed).not.toBe(text)
    writeFileSync(path, changed)
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
  ['explain', '--host PATTERN'],
  ['facts', 'service[sshd] -i hosts'],
  ['inventory', '--list'],
  ['doctor', '--fix'],
])('%s --help names its options and -i', async (name, option) => {
  const { status, out } = await runCommand(name, '--help')
  expect(status).toBe(0)
  expect(out).toContain('  -i INVENTORY ')
  expect(out).toContain(option)
})

it.each([
  [['site.yml', '--output', 'json'], "argument 'json' is not valid: it must be one of auto, plain, jsonl"],
  [['create-task', 'x'], "'create-task' takes DIR and NAME\n  hint: use `crane-play create-task DIR NAME`"],
  [['create-task', '/tmp', 'a-b'], "'a-b' is not a name for a task type"],
  [['create-task', '/tmp', 'writeFile'], "there is already a task type 'writeFile'\n  hint: choose another name"],
  [['create-task', '/dev/null/x', 'mountShare'], "cannot write '/dev/null/x/mountShare.ts': "],
  [['create-task', '/etc/hostname', 'mountShare'], "cannot write '/etc/hostname/mountShare.ts': "],
  [['test-tasks', '/etc/hostname'], 'cannot read /etc/hostname: it is not a directory'],
  [['test-tasks'], "'test-tasks' takes DIR"],
  [['test-tasks', '/nowhere'], 'cannot read /nowhere'],
])('%j is wrong', async (words, says) => {
  const { status, err } = await runCommand(...words)
  expect(status).toBe(1)
  expect(err).toContain(says)
})

it('what a check of a site throws is a mistake at its task, before any host is touched', async () => {
  await runCommand('create-task', site, 'x')
  const path = join(site, 'x.ts')
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace('summary: ', "check: () => { throw new Error('boom') },\n  summary: "),
  )
  const playbook = join(site, 'play.yml')
  writeFileSync(playbook, '- hosts: all\n  tasks:\n    - x: { path: /srv/x }\n')
  const { status, err } = await runCommand(playbook, '-i', 'crane01,', '--transport', 'local', '--tasks', site)
  expect(status).toBe(1)
  expect(err).toContain(
    'play.yml:3:7: error[bad-parameter]: x cannot be checked: x threw in check: boom (types/x.ts:6:',
  )
})
