// What Ansible users' hands type: each row of the trial's two tables gets what it should, on the command line.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { runCommand } from '../cli/runCommand.ts'
import { type HabitCase, MORE_UNHELPFUL, SILENTLY_DIFFERENT, UNHELPFUL } from './habitTable.ts'

const before = process.cwd()
const directory = mkdtempSync(join(tmpdir(), 'habits-'))
beforeEach(() => process.chdir(mkdtempSync(join(directory, 'case-'))))
afterAll(() => {
  process.chdir(before)
  rmSync(directory, { recursive: true })
})

async function tried({ tasks = '', head = '', argv, files = {}, more = [], runs }: HabitCase) {
  const play = `- hosts: all\n${head}  tasks:\n${tasks.replace(/^(?=.)/gm, '    ')}\n`
  const inventory = 'here ansible_connection=local\nthere ansible_connection=local\n[gpu]\n'
  for (const [name, text] of Object.entries({ hosts: inventory, 'site.yml': play, ...files })) {
    mkdirSync(dirname(name), { recursive: true })
    writeFileSync(name, text)
  }
  if (argv) return runCommand(...argv)
  return runCommand('site.yml', '-i', 'hosts', ...(runs ? ['-v'] : ['--syntax-check']), ...more)
}

test.each(SILENTLY_DIFFERENT)('silently different: $row', async (one) => {
  const { status, out, err } = await tried(one)
  expect(one.runs ? `${err}${out}` : err).toContain(one.says)
  if (one.runs) expect(status).toBe(0)
})

test.each([...UNHELPFUL, ...MORE_UNHELPFUL])('an error that did not help: $row', async (one) => {
  const { status, out, err } = await tried(one)
  expect(one.runs ? out : err).toContain(one.says)
  if (one.runs) expect(status).toBe(0)
})
