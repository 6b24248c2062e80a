// The command as a whole where no host is needed: what it prints where, and its exit status.
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { main } from '../../src/cli/main.ts'
import { ownPackage } from '../../src/cli/packageRoot.ts'

async function run(...argv: string[]) {
  const text = { out: '', err: '' }
  const sink = { out: (more: string) => void (text.out += more), err: (more: string) => void (text.err += more) }
  const setting = {
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    stdin: new PassThrough(),
    env: {},
    signals: process,
    sink,
    leave: (status: number) => {
      throw new Error(`left with ${status}`)
    },
  }
  const status = await main(argv, setting)
  return { status, ...text }
}

test('--version', async () => {
  expect(await run('--version')).toEqual({ status: 0, out: `crane-play ${ownPackage().version}\n`, err: '' })
})

test('--help', async () => {
  const { status, out, err } = await run('--help')
  expect([status, err]).toEqual([0, ''])
  expect(out).toContain('Usage: crane-play PLAYBOOK... -i INVENTORY')
  expect(out).toContain('Exit status:')
})

describe('a wrong command is told on stderr, with status 1 and no stack', () => {
  test.each([
    [[], 'crane-play: no playbook is named\n  hint: '],
    [['--chek', 'x.yml'], "crane-play: unknown option '--chek'\n  hint: did you mean --check?\n"],
    [['/nowhere/x.yml', '--help'], 'error[no-such-playbook]: there is no playbook /nowhere/x.yml'],
    [['/nowhere/x.yml', '-i', 'crane01,'], 'error[no-such-playbook]: there is no playbook /nowhere/x.yml'],
    [['/nowhere/x.yml', '-i', 'crane01,', '--tasks', '/nowhere'], 'error[unreadable-task-folder]: --tasks /nowhere'],
  ])('%j', async (argv, expected) => {
    const { status, out, err } = await run(...argv)
    expect(status).toBe(1)
    expect(err).toContain(expected)
    expect(err).not.toMatch(/^\s+at /m)
    if (!argv.includes('--help')) expect(out).toBe('')
  })
})
