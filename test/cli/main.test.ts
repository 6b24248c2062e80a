// The command as a whole where no host is needed: what it prints where, and its exit status.
import { describe, expect, test } from 'vitest'
import { ownPackage } from '../../src/run/packageRoot.ts'
import { runCommand, startCommandOn } from './runCommand.ts'

test('--version', async () => {
  expect(await runCommand('--version')).toMatchObject({
    status: 0,
    out: `crane-play ${ownPackage().version}\n`,
    err: '',
  })
})

test('--help', async () => {
  const { status, out, err } = await runCommand('--help')
  expect([status, err]).toEqual([0, ''])
  expect(out).toContain('Usage: crane-play PLAYBOOK... -i INVENTORY')
  expect(out).toContain('Exit status:')
})

test('--help on a terminal that was never told its size is as wide as in a file', async () => {
  const { out } = await startCommandOn({ columns: 0, rows: 0 }, '--help').done
  expect(out).toBe((await runCommand('--help')).out)
})

describe('a wrong command is told on stderr, with status 1 and no stack', () => {
  test.each([
    [[], 'crane-play: no playbook given\n  hint: '],
    [['--chek', 'x.yml'], "crane-play: unknown option '--chek'\n  hint: did you mean '--check'?\n"],
    [['/nowhere/x.yml', '--help'], "error[no-such-playbook]: there is no playbook '/nowhere/x.yml'"],
    [['/nowhere/x.yml', '-i', 'crane01,'], "error[no-such-playbook]: there is no playbook '/nowhere/x.yml'"],
    [['/nowhere/x.yml', '-i', 'crane01,', '--tasks', '/nowhere'], 'error[unreadable-file]: cannot read /nowhere'],
  ])('%j', async (argv, expected) => {
    const { status, out, err } = await runCommand(...argv)
    expect(status).toBe(1)
    expect(err).toContain(expected)
    expect(err).not.toMatch(/^\s+at /m)
    if (!argv.includes('--help')) expect(out).toBe('')
  })
})
