// What may be said on the command line, and one clear sentence for what may not.
import { expect, test } from 'vitest'
import { type CommandLine, helpText, parseCommandLine } from '../../src/cli/commandLine.ts'

const NOTHING_SAID: CommandLine = {
  mode: 'run',
  playbooks: ['deploy.yml'],
  inventory: [],
  check: false,
  diff: false,
  forceHandlers: false,
  tags: [],
  skipTags: [],
  extraVars: [],
  verbosity: 0,
  output: 'auto',
  color: true,
  detailedExitcode: false,
  acceptNewHostKeys: false,
  become: false,
  askPass: false,
  askBecomePass: false,
  taskDirectories: [],
}

test.each<[string, Partial<CommandLine>]>([
  ['deploy.yml', {}],
  ['deploy.yml -i hosts -i crane01,crane[02-04]', { inventory: ['hosts', 'crane01,crane[02-04]'] }],
  ['-i hosts deploy.yml more.yml', { inventory: ['hosts'], playbooks: ['deploy.yml', 'more.yml'] }],
  ['-CD deploy.yml', { check: true, diff: true }],
  ['deploy.yml --check --diff', { check: true, diff: true }],
  ['deploy.yml -v', { verbosity: 1 }],
  ['-vvv deploy.yml', { verbosity: 3 }],
  ['-v deploy.yml -vv', { verbosity: 3 }],
  ['deploy.yml -t a,b -t c --skip-tags d', { tags: ['a', 'b', 'c'], skipTags: ['d'] }],
  ['deploy.yml -l compute --limit !crane03', { limit: 'compute,!crane03' }],
  ['deploy.yml -e a=1 -e @x.yml --extra-vars={}', { extraVars: ['a=1', '@x.yml', '{}'] }],
  ['deploy.yml -f 5 --timeout 2.5', { forks: 5, timeout: 2.5 }],
  ['deploy.yml -f5', { forks: 5 }],
  [
    'deploy.yml -u admin --private-key id -b --become-user app',
    { user: 'admin', privateKey: 'id', become: true, becomeUser: 'app' },
  ],
  ['deploy.yml -k -K', { askPass: true, askBecomePass: true }],
  ['deploy.yml --become-password-file p', { becomePasswordFile: 'p' }],
  [
    'deploy.yml --transport openssh --ssh-config c --known-hosts k',
    { transport: 'openssh', sshConfig: 'c', knownHosts: 'k' },
  ],
  ['deploy.yml --output jsonl --no-color', { output: 'jsonl', color: false }],
  ['deploy.yml --detailed-exitcode --accept-new-host-keys', { detailedExitcode: true, acceptNewHostKeys: true }],
  ['deploy.yml --tasks a --tasks b', { taskDirectories: ['a', 'b'] }],
  ['deploy.yml --force-handlers', { forceHandlers: true }],
  ['deploy.yml --list-hosts', { mode: 'list-hosts' }],
  ['deploy.yml --list-tasks', { mode: 'list-tasks' }],
  ['deploy.yml --list-tags', { mode: 'list-tags' }],
  ['deploy.yml --syntax-check', { mode: 'syntax-check' }],
  ['deploy.yml --help', { mode: 'help' }],
  ['-h', { mode: 'help', playbooks: [] }],
  ['--version', { mode: 'version', playbooks: [] }],
])('%s', (line, difference) => {
  const parsed = parseCommandLine(line.split(' '))
  expect(parsed).toEqual({ ok: true, commandLine: { ...NOTHING_SAID, ...difference } })
})

test.each([
  ['', 'no playbook given', 'crane-play PLAYBOOK... -i INVENTORY'],
  ['-i hosts', 'no playbook given', 'crane-play PLAYBOOK'],
  ['deploy.yml --chek', "unknown option '--chek'", "did you mean '--check'?"],
  ['deploy.yml --inventry hosts', "unknown option '--inventry'", "did you mean '--inventory'?"],
  ['deploy.yml --zzzzzz', "unknown option '--zzzzzz'", '--help'],
  ['deploy.yml -c local', "unknown option '-c'", 'use --transport'],
  ['deploy.yml --start-at-task x', "unknown option '--start-at-task'", 'run the playbook again'],
  ['deploy.yml --ssh-common-args=-oX=y', "unknown option '--ssh-common-args=-oX=y'", '--ssh-config'],
  ['deploy.yml --vault-password-file f', "unknown option '--vault-password-file'", 'not supported yet'],
  ['deploy.yml -i', "option '-i, --inventory <SOURCE>' argument missing", '--help'],
  ['deploy.yml -f 0', 'a whole number, at least 1', '--help'],
  ['deploy.yml -f many', 'a whole number, at least 1', '--help'],
  ['deploy.yml --timeout -1', 'seconds greater than 0', '--help'],
  ['deploy.yml --timeout NaN', 'seconds greater than 0', '--help'],
  ['deploy.yml --output xml', 'auto, plain, jsonl', '--help'],
  ['deploy.yml --transport telnet', 'auto, ssh2, openssh, local', '--help'],
  ['deploy.yml --list-hosts --list-tasks', '--list-hosts and --list-tasks cannot be combined', '--help'],
  [
    'deploy.yml -K --become-password-file f',
    '--ask-become-pass and --become-password-file cannot be combined',
    '--help',
  ],
])('%j is wrong', (line, message, hint) => {
  const parsed = parseCommandLine(line.split(' ').filter((word) => word !== ''))
  expect(parsed).toEqual({
    ok: false,
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  })
  if (!parsed.ok) expect(parsed.message).not.toMatch(/^error|\n|\.$/)
})

test('the help names every option with one line of explanation, and the exit statuses', () => {
  const text = helpText(100)
  for (const option of ['--inventory', '--check', '--detailed-exitcode', '--become-password-file', '--help']) {
    expect(text).toMatch(new RegExp(`${option}\\b.*\\w`))
  }
  expect(text).toContain('Exit status:')
  expect(text).toContain('form of the report: auto, plain, jsonl')
  expect(text).not.toContain('default:')
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
})
