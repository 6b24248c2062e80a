// Hints that say what to type: typed, each leads to a run that is not refused.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { EXIT } from '../../src/cli/exitStatus.ts'
import { patternOf } from '../text/hintsInSource.ts'
import { HINT_COMMANDS } from './hintCommands.ts'
import { runCommand } from './runCommand.ts'

const before = process.cwd()
const directory = mkdtempSync(join(tmpdir(), 'hints-'))
const FILES = {
  cluster:
    '[compute]\nhere ansible_connection=local\nthere ansible_connection=local\n[other]\nalone ansible_connection=local\n',
  // Nothing listens on port 1: what repairs hosts must find none.
  away: '[compute]\nthere ansible_host=127.0.0.1 ansible_port=1\n[other]\nalone\n',
  'compute.yml': '- hosts: compute\n  tasks:\n    - print: here\n',
  'site.yml': '- hosts: all\n  vars: { name: v }\n  tasks:\n    - print: "{{ name }}"\n',
  'needs.yml':
    'inputs: { site: { type: string, required: true } }\nplays: [{ hosts: all, tasks: [{ print: "{{ site }}" }] }]\n',
  'localhost.yml': '- hosts: localhost\n  tasks:\n    - print: here\n',
  'vars.yml': 'name: x\n',
  secret: 'x\n',
}
beforeEach(async () => {
  const place = mkdtempSync(join(directory, 'case-'))
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(place, name), text)
  chmodSync(join(place, 'secret'), 0o644)
  mkdirSync(join(place, 'empty'))
  process.chdir(place)
  await runCommand('create-task', 'types', 'ensureThere')
})
afterAll(() => {
  process.chdir(before)
  rmSync(directory, { recursive: true })
})

test.each(HINT_COMMANDS)('$hint: $after', async ({ hint, before: wrong, after, run, first }) => {
  if (first !== undefined) execFileSync('sh', ['-c', first])
  const refused = await runCommand(...wrong)
  const hints = [...refused.err.matchAll(/hint: (.*)/g)].map(([, said]) => said ?? '')
  expect(refused.status).toBe(EXIT.mistake)
  expect(hints).toContainEqual(expect.stringMatching(patternOf(hint)))
  if (run !== undefined) execFileSync('sh', ['-c', run])
  const { status, err } = await runCommand(...after)
  expect([status, err.replaceAll(/^inventory: .*\n/gm, '')]).toEqual([
    expect.not.toBeOneOf([EXIT.mistake, EXIT.bug]),
    expect.not.stringContaining('hint:'),
  ])
})
