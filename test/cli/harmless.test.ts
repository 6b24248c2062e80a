// Nothing that a terminal acts on is printed by any command, whatever files, hosts and arguments are called.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { diagnosisJson } from '../../src/cli/renderDiagnosis.ts'
import { HARMFUL } from '../../src/report/escapeControl.ts'
import { runCommand } from './runCommand.ts'

const EVIL = 'x\u001b]0;title\u0007\u009b31m\u202e\u007f'
const directory = mkdtempSync(join(tmpdir(), 'crane-play-harmless-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const evil = join(directory, EVIL)
mkdirSync(join(evil, 'tasks'), { recursive: true })
const at = (name: string) => join(evil, name)
const quoted = JSON.stringify(EVIL)
const play = (tasks: unknown, more: object = {}) => JSON.stringify([{ name: EVIL, hosts: 'all', tasks, ...more }])
writeFileSync(at('hosts'), `here ansible_connection=local x=${quoted}\n`)
writeFileSync(
  at('hosts.yml'),
  `all: { children: { g: { hosts: { here: { ansible_connection: local, x: ${quoted} } } } } }\n`,
)
writeFileSync(at('program'), '#!/bin/sh\nprintf "\\033]0;t\\007\\n" >&2\nexit 3\n')
chmodSync(at('program'), 0o755)
writeFileSync(
  at('play.yml'),
  play([
    {
      name: EVIL,
      tags: [EVIL],
      run: { command: "printf 'a\\033]0;t\\007\\233\\177\\n'; echo e >&2", readOnly: true },
      register: 'r',
    },
    { name: 'stderr', run: { command: "printf 'a\\033]0;t\\007\\n' >&2; exit 3" }, ignore_errors: true },
    { writeFile: { path: at('written'), content: `${EVIL}\n` } },
    { run: { command: 'echo {{ r.stdout }}', readOnly: true }, ignore_errors: true },
    { readFile: { path: at('none') }, ignore_errors: true },
  ]),
)
writeFileSync(at('wrong.yml'), play([{ [EVIL]: { path: EVIL } }, { run: { command: '{{ nope }}', [EVIL]: 1 } }]))
writeFileSync(at('broken.yml'), `- hosts: [${EVIL}\n`)
writeFileSync(
  at('inputs.yml'),
  `inputs:\n  a: { type: string, description: ${quoted}, default: ${quoted} }\nplays:\n- hosts: all\n  tasks: []\n`,
)
writeFileSync(at('tasks/bad.ts'), `throw new Error(${JSON.stringify(EVIL)})\n`)
writeFileSync(at('tasks/bad.cases.ts'), 'export default {}\n')

const here = ['-i', at('hosts')]
it.each<readonly [string, readonly string[]]>([
  ['a run', [at('play.yml'), ...here, '--diff', '-vvv']],
  ['a run as JSON Lines', [at('play.yml'), ...here, '--output', 'jsonl']],
  ['a check', [at('play.yml'), ...here, '--check', '--diff', '-vvv']],
  ['mistakes', [at('wrong.yml'), ...here]],
  ['a text that is not YAML', [at('broken.yml'), ...here]],
  ['tasks', [at('play.yml'), ...here, '--list-tasks']],
  ['tags', [at('play.yml'), ...here, '--list-tags']],
  ['hosts', [at('play.yml'), ...here, '--list-hosts']],
  ['syntax', [at('play.yml'), ...here, '--syntax-check']],
  ['inputs', [at('inputs.yml'), '--help']],
  ['a file that is not there', [at('none.yml'), ...here]],
  ['an inventory that is not there', [at('play.yml'), '-i', at('none')]],
  ['an inventory that fails', [at('play.yml'), '-i', at('program')]],
  ['a directory of tasks that is not there', [at('play.yml'), ...here, '--tasks', at('none')]],
  ['a task type that throws', [at('play.yml'), ...here, '--tasks', at('tasks')]],
  ['an option', [`--${EVIL}`]],
  ['a value of an option', [at('play.yml'), ...here, '--forks', EVIL]],
  ['a variable', [at('play.yml'), ...here, '-e', EVIL]],
  ['a limit', [at('play.yml'), ...here, '-l', EVIL]],
  ['tags that are not there', [at('play.yml'), ...here, '--tags', EVIL]],
  ['a task to begin with', [at('play.yml'), ...here, '--start-at-task', EVIL]],
  ['a log', [at('play.yml'), ...here, '--log', at('none/log')]],
  ['an inventory as a graph', ['inventory', '-i', at('hosts.yml')]],
  ['an inventory as JSON', ['inventory', '-i', at('hosts.yml'), '--list']],
  ['the variables of a host', ['inventory', '-i', at('hosts.yml'), '--host', 'here']],
  ['a variable explained', ['explain', 'x', ...here]],
  ['a variable that is not there', ['explain', EVIL, ...here]],
  ['facts', ['facts', 'all', `file[/${EVIL}]`, 'kernel', ...here]],
  ['a fact with a key that fits none', ['facts', 'all', `file[${EVIL}]`, ...here]],
  ['a fact that is not there', ['facts', 'all', EVIL, ...here]],
  ['the test of task types', ['test-tasks', at('tasks')]],
  ['a new task type', ['create-task', at('new'), 'mountShare']],
  ['a new task type that cannot be written', ['create-task', at('hosts/x'), 'mountShare']],
  ['a name that is none', ['create-task', at('new'), EVIL]],
  ['a doctor without hosts', ['doctor', '-i', at('none')]],
])('%s', async (_, argv) => {
  const { out, err } = await runCommand(...argv)
  expect(`${out}${err}`.match(HARMFUL)).toBe(null)
  expect(`${out}${err}`).not.toBe('')
})

it('what doctor found, as JSON', () => {
  const check = { name: 'a', symptom: 's', cause: 'c', fix: 'f' }
  const findings = [{ check, evidence: new Map([['h', EVIL]]) }]
  const text = diagnosisJson({ findings, unanswered: [], checks: 1, hosts: 1 } as never)
  expect(text.match(HARMFUL)).toBe(null)
  expect((JSON.parse(text) as { findings: { evidence: unknown }[] }).findings[0]?.evidence).toEqual({ h: EVIL })
})
