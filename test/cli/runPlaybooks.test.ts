// The command as a whole on this machine: real engine, real shells, the local transport; what it prints and exits with.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RUN_EVENT_VERSION } from '../../src/model/runEvent.ts'
import { isRunning } from '../transport/shells.ts'
import type { Sized } from '../../src/report/terminalSize.ts'
import { runCommand, startCommandOn } from './runCommand.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'crane-play-'))
  writeFileSync(join(directory, 'hosts'), 'crane[02-03] ansible_connection=local\n')
})
afterEach(() => rmSync(directory, { recursive: true }))

/** A playbook with these tasks, for all hosts of the inventory. */
function site(tasks: string): string[] {
  const indented = tasks.replace(/^(?=.)/gm, '    ')
  writeFileSync(join(directory, 'site.yml'), `- name: all\n  hosts: all\n  tasks:\n${indented}`)
  return [join(directory, 'site.yml'), '-i', join(directory, 'hosts')]
}

const WRITE = () => `- name: Write\n  writeFile: { path: "${directory}/{{ inventory_hostname }}", content: "x" }\n`
const COMMAND = (command: string) => `- name: Do\n  run: { command: "${command}", always: true }\n`

test('a change, and no change the second time', async () => {
  const argv = site(WRITE())
  const checked = await runCommand(...argv, '--check', '--detailed-exitcode')
  expect(checked.status).toBe(3)
  expect(checked.out).toContain('  would change 2/2  Write  crane[02-03]')
  expect(existsSync(join(directory, 'crane02'))).toBe(false)
  const first = await runCommand(...argv, '--detailed-exitcode', '--diff')
  expect(first.status).toBe(3)
  expect(first.out).toContain('  changed      2/2  Write  crane[02-03]\n')
  expect(first.out).toContain(`diff ${directory}/crane02 on crane02\n`)
  expect(readFileSync(join(directory, 'crane03'), 'utf8')).toBe('x')
  const second = await runCommand(...argv, '--detailed-exitcode')
  expect(second).toMatchObject({ status: 0, err: '' })
  expect(second.out).toContain(
    '  crane[02-03] : ok=1 changed=0 unreachable=0 failed=0 skipped=0\n2 hosts: 2 unchanged; ',
  )
})

test('a template is rendered for each host, with a diff before anything is written', async () => {
  writeFileSync(join(directory, 'f.j2'), '{% for n in [1, 2] %}\n{{ inventory_hostname }} {{ n }}\n{% endfor %}\n')
  const write = (key: string) => site(`- writeFile: { path: "${directory}/{{ inventory_hostname }}", ${key}: f.j2 }\n`)
  const checked = await runCommand(...write('template'), '--check', '--diff')
  expect(checked.out).toContain('+crane02 1\n')
  expect(existsSync(join(directory, 'crane02'))).toBe(false)
  expect((await runCommand(...write('template'))).status).toBe(0)
  expect(readFileSync(join(directory, 'crane03'), 'utf8')).toBe('crane03 1\ncrane03 2\n')
  expect((await runCommand(...write('template'))).out).toContain('2 hosts: 2 unchanged')
  const asItIs = await runCommand(...write('src'), '--check')
  expect(asItIs.err).toContain("'src' sends the file as it is: the expressions in it are not evaluated")
  expect(asItIs.err).toContain("to render it, write 'template: f.j2'")
})

test('what a command printed decides about changed and failed, in check mode too where it only looks', async () => {
  const argv = site(
    `- { name: look, run: { command: "echo a; echo b; echo; exit 3", readOnly: true }, register: r, failed_when: result.exitStatus > 3 }
- { name: judge, run: { command: "cat; [[ a == a ]]", executable: /bin/bash, stdin: "{{ r.stdout }}" }, register: s, changed_when: "!s.stdout.contains('b')" }
- { name: same, run: { command: ":", always: true }, when: "r.stdoutLines == ['a', 'b'] && (s.skipped || s.stdout == r.stdout)" }
- { name: fails, run: { command: echo out; echo err >&2; exit 5, always: true }, register: f, ignore_errors: true }
- { name: complete, run: { command: ":", readOnly: true }, when: "f.failed && f.stdout == 'out' && f.stderr == 'err' && f.exitStatus == 5" }
`,
  )
  const { out, status } = await runCommand(...argv)
  expect(status).toBe(0)
  expect(out).toMatch(/changed +2\/2 +same/)
  expect(out).not.toMatch(/(?:changed|failed|skipped) +2\/2 +(?:look|judge|complete)/)
  const checked = await runCommand(...site('- { run: { command: "exit 4", readOnly: true } }\n'), '--check')
  expect(checked.status).toBe(2)
  expect(checked.out).toContain('exit status: 4')
})

test('check mode knows what a link and a removal mean for what is asked about the path afterwards', async () => {
  const tree = join(directory, 'tree')
  mkdirSync(tree)
  writeFileSync(join(tree, 'file'), 'x')
  const argv = site(`- { name: remove, removePath: { path: ${tree}, recursive: true } }
- { name: make again, run: { command: "mkdir -p ${tree} && touch ${tree}/file", creates: ${tree}/file } }
- { name: link, ensureLink: { path: ${directory}/link, target: tree } }
- { name: through, run: { command: "touch ${directory}/link/other", creates: ${directory}/link/other } }
`)
  const { out } = await runCommand(...argv, '--check', '--limit', 'crane02')
  expect(out).toMatch(/would change +1\/1 +make again/)
  expect(out).toMatch(/undecided +1\/1 +through/)
  expect((await runCommand(...argv, '--limit', 'crane02')).out).toContain('changed=4')
})

test('a failure takes a line where it happens, and is shown in full at the end: 2', async () => {
  const { status, out } = await runCommand(...site(COMMAND('echo no >&2; exit 7')))
  expect(status).toBe(2)
  expect(out.match(/ {6}exit status: 7\n {6}\| no\n/g)).toHaveLength(1)
  expect(out).toContain('\nFAILED\n  failed: crane[02-03] (2 hosts): Do  (run, ')
})

test('diff: of a task is obeyed, whatever the command line says', async () => {
  const write = (name: string, diff: boolean) =>
    `- name: ${name}\n  writeFile: { path: "${directory}/${name}", content: "in ${name}" }\n  diff: ${diff}\n`
  const argv = site(write('secret', false) + write('open', true))
  for (const options of [['--check'], ['--check', '--diff'], ['--check', '--output', 'jsonl'], ['--diff']]) {
    const { out } = await runCommand(...argv, ...options)
    expect(out).toContain('+in open')
    expect(out).not.toContain('in secret')
  }
  expect(readFileSync(join(directory, 'secret'), 'utf8')).toBe('in secret')
})

test('the environment of a task reaches every command of its own: until it is due, where it starts from, and where it is checked', async () => {
  const argv =
    site(`- { name: unless, run: { command: "false", unless: '[ "$WHO" = "it''s me" ]' }, environment: { WHO: "it's me" } }
- { name: due, run: { command: ":", unless: '[ "$WHO" = me ]' }, environment: { WHO: you }, ignore_errors: true }
- name: file
  ensureToml:
    path: "${directory}/{{ inventory_hostname }}"
    initial: 'echo "who = \\"$WHO\\""'
    set: { more: 1 }
    validate: '[ "$WHO" = me ] && grep -q more %s'
  environment: { WHO: me }
`)
  const { status, out } = await runCommand(...argv)
  expect({ status, out }).toMatchObject({ status: 0, out: expect.stringMatching(/ok +2\/2 +unless/) })
  expect(out).toMatch(/ignored +2\/2 +due/)
  expect(readFileSync(join(directory, 'crane02'), 'utf8')).toBe('who = "me"\nmore = 1\n')
})

test.each([
  ['toml', 'crane02 = 1\n', 'a = 1\n'],
  ['yaml', 'crane02: 1\n', 'a: 1\n'],
])(
  'hosts that set keys of one and the same %s file keep what the others wrote after they had read it',
  async (format, line, there) => {
    const path = join(directory, 'shared')
    writeFileSync(path, there)
    const task = format === 'toml' ? 'ensureToml' : 'ensureYaml'
    // The first task's exchange brings what the second asks.
    const argv = site(
      `- run: { command: "true", readOnly: true }\n- ${task}: { path: "${path}", set: "{{ {inventory_hostname: 1} }}" }\n  throttle: 1\n`,
    )
    const { status } = await runCommand(...argv)
    const text = readFileSync(path, 'utf8')
    expect({ status, text }).toEqual({ status: 0, text: there + line + line.replace('2', '3') })
  },
)

test('a line that somebody appends while the new content is checked survives, and the task is decided again', async () => {
  const path = join(directory, 'x.toml')
  writeFileSync(path, 'a = 1\n')
  const appends = `grep -q theirs ${path} || echo 'theirs = 1' >>${path}; test -s %s`
  const { status, out } = await runCommand(
    ...site(`- ensureToml: { path: ${path}, set: { ours: 1 }, validate: "${appends}" }\n`),
    '--limit',
    'crane02',
  )
  expect({ status, out }).toMatchObject({ status: 0 })
  expect(readFileSync(path, 'utf8')).toBe('a = 1\ntheirs = 1\nours = 1\n')
})

test('where somebody appends each time, the task fails and says so', async () => {
  const path = join(directory, 'x.toml')
  writeFileSync(path, 'a = 1\n')
  const { status, out } = await runCommand(
    ...site(`- ensureToml: { path: ${path}, set: { ours: 1 }, validate: "echo '# theirs' >>${path}; test -s %s" }\n`),
    '--limit',
    'crane02',
  )
  expect(status).toBe(2)
  expect(out).toContain('changed after it was read')
  expect(readFileSync(path, 'utf8')).toBe('a = 1\n# theirs\n# theirs\n# theirs\n')
})

test('a step that takes longer than its timeout is ended, and said to be: 2', async () => {
  const { status, out } = await runCommand(...site(`${COMMAND('sleep 600')}  timeout: 0.5\n`))
  expect(status).toBe(2)
  expect(out).toContain("      no answer within 0.5 s\n      tried: sh -c 'sleep 600'\n")
})

test('what a task leaves running stays out of later results, and stays when a later task is ended', async () => {
  const pid = (name: string) => `${directory}/${name}`
  const tasks = [
    '- name: Daemon',
    '  run:',
    `    command: "sh -c 'while [ ! -e ${pid('go')} ]; do sleep 0.02; done; echo late; : >${pid('said')}; exec sleep 600' & echo $! >${pid('daemon')}; echo made"`,
    `    unless: "sleep 600 & echo $! >>${pid('conditions')}; test -e ${pid('daemon')}"`,
    '  register: daemon',
    '- name: Next',
    `  run: { command: ": >${pid('go')}; while [ ! -e ${pid('said')} ]; do sleep 0.02; done; echo next", always: true }`,
    '  register: next',
    '- name: Look',
    `  writeFile: { path: "${directory}/seen", content: "{{ daemon.stdout }} {{ next.stdout }}" }`,
    '- name: Hang',
    `  run: { command: "(sleep 600 & echo $! >${pid('lost')}); sleep 600", always: true }`,
    '  timeout: 1',
    '',
  ].join('\n')
  const { status, out } = await runCommand(...site(tasks), '--limit', 'crane02')
  const pids = (name: string) => readFileSync(pid(name), 'utf8').trim().split('\n').map(Number)
  const [lost = 0, daemon = 0] = [pids('lost')[0], pids('daemon')[0]]
  const running = [isRunning(daemon), isRunning(lost)]
  for (const left of [daemon, ...pids('conditions')]) process.kill(left)
  expect({ status, running }).toEqual({ status: 2, running: [true, false] })
  expect(readFileSync(pid('seen'), 'utf8')).toBe('made next')
  expect(out).toContain('crane02 : ok=0 changed=3 unreachable=0 failed=1 skipped=0')
})

test('an unreachable host and a well one: 4, and the well one is done', async () => {
  writeFileSync(
    join(directory, 'hosts'),
    'crane02 ansible_connection=local\ncrane03 ansible_host=127.0.0.1 ansible_port=1 ansible_connection=ssh2\n',
  )
  const argv = [...site(WRITE()), '--ssh-config', 'none', '--known-hosts', join(directory, 'known_hosts')]
  const { status, out } = await runCommand(...argv)
  expect(status).toBe(4)
  expect(out).toContain('  unreachable  1/2  Write  crane03')
  expect(existsSync(join(directory, 'crane02'))).toBe(true)
})

test('--output jsonl: each line an event, nothing else on stdout', async () => {
  const { status, out } = await runCommand(...site(WRITE()), '--output', 'jsonl', '-v')
  expect(status).toBe(0)
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(events.every((event) => event.v === RUN_EVENT_VERSION)).toBe(true)
  expect([events.at(0).type, events.at(-1).type]).toEqual(['run-started', 'run-ended'])
})

test('all mistakes at once, in playbook, options and inventory, before anything is run: 1', async () => {
  const argv = site('- writeFlie: { path: /x }\n- writeFile: { path: x, content: "" }\n')
  const { status, out, err } = await runCommand(...argv, '--tags', 'none-such', '-e', 'typo=1')
  expect([status, out]).toEqual([1, ''])
  for (const code of ['unknown-tag', 'writeFlie', 'did you mean']) expect(err).toContain(code)
  expect(err).toMatch(/site\.yml:4:\d+: error\[/)
  expect(err).toMatch(/site\.yml:5:\d+: error\[/)
  expect(err).toMatch(/^ *\| +\^~+$/m)
  expect(err).toMatch(/\n\d errors; no host was touched\n$/)
})

test.each([
  ['--list-hosts', '  crane02\n  crane03\n'],
  ['--list-tasks', '  Write  (writeFile, '],
  ['--list-tags', 'PLAY all: crane[02-03] (2 hosts)\n'],
  ['--syntax-check', 'no mistake found in 1 play, 1 task, 2 hosts\n'],
])('%s connects to no host: 0', async (option, expected) => {
  const { status, out, err } = await runCommand(...site(WRITE()), option)
  expect([status, err]).toEqual([0, ''])
  expect(out).toContain(expected)
  expect(existsSync(join(directory, 'crane02'))).toBe(false)
})

test.each([
  [['--tags', 'late'], ['PLAY second']],
  [['--skip-tags', 'late'], ['PLAY first']],
  [[], ['PLAY first', 'PLAY second']],
])('plays of which the tags %j leave nothing are not shown, in the run and in its lists', async (options, plays) => {
  const path = join(directory, 'tagged.yml')
  const play = (name: string, tag: string) =>
    `- name: ${name}\n  hosts: all\n  tasks:\n    - print: ${name}\n      tags: ${tag}\n`
  writeFileSync(path, play('first', 'early') + play('second', 'late'))
  writeFileSync(join(directory, 'hosts'), 'crane02 ansible_connection=local\n')
  const argv = [path, '-i', join(directory, 'hosts'), ...options]
  for (const more of [[], ['--list-tasks']]) {
    const { status, out } = await runCommand(...argv, ...more)
    expect([status, out.match(/^PLAY \w+/gm)]).toEqual([0, plays])
  }
})

test('a name with expressions is shown as it is written, in lists and in runs: no value of it is told', async () => {
  writeFileSync(join(directory, 'hosts'), 'crane02 ansible_connection=local ansible_become_password=hunter22\n')
  const path = join(directory, 'secret.yml')
  const name = 'log in with {{ token }} and {{ ansible_become_password }}'
  writeFileSync(
    path,
    `inputs:\n  token: { type: string, sensitive: true }\nplays:\n  - hosts: all\n    tasks:\n` +
      `      - name: "${name}"\n        run: { command: exit 1, always: true }\n`,
  )
  const argv = [path, '-i', join(directory, 'hosts'), '-e', 'token=opensesame']
  const listed = await runCommand(...argv, '--list-tasks')
  expect(listed).toMatchObject({ status: 0, out: expect.stringContaining(`  ${name}  (run, `) })
  const run = await runCommand(...argv)
  expect(run).toMatchObject({ status: 2, out: expect.stringContaining(`\n  failed: crane02: ${name}  (run, `) })
  for (const { out, err } of [listed, run]) expect(out + err).not.toMatch(/hunter22|opensesame/)
})

test('--help of a playbook prints its inputs', async () => {
  const path = join(directory, 'inputs.yml')
  writeFileSync(path, 'inputs:\n  port: { type: integer, default: 22, description: Where it listens. }\nplays: []\n')
  const { out } = await runCommand(path, '--help')
  expect(out).toContain(`(set with -e NAME=VALUE):\n  port  integer, default 22\n        Where it listens.\n`)
})

test('-vvv shows what is sent, on stderr', async () => {
  const { err } = await runCommand(...site(WRITE()), '-vvv')
  expect(err).toMatch(/^crane02 > /m)
  expect(err).toMatch(/^crane03 < /m)
  expect(err).toMatch(/^connected to crane\[02-03\] \(2 hosts\) with local/m)
})

describe('interrupted', () => {
  /** A process that ended and was not yet waited for counts as gone. */
  const running = (pid: number) => /^\d+ \(.*\) [^Z]/.test(readIfThere(`/proc/${pid}/stat`))
  const started = async (size: Sized & { readonly isTTY?: true } = {}) => {
    writeFileSync(join(directory, 'hosts'), 'crane02 ansible_connection=local\n')
    const argv = site(COMMAND(`echo $$ > ${directory}/pid; exec sleep 600`) + WRITE())
    const command = startCommandOn(size, ...argv, '--output', 'plain')
    const pid = await vi.waitUntil(() => Number(readIfThere(join(directory, 'pid'))), { timeout: 10_000, interval: 10 })
    return { command, pid }
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'once by %s: what runs is ended, nothing new starts, the recap says how the host was left: %i',
    async (name, status) => {
      const { command, pid } = await started()
      command.signal(name)
      const result = await command.done
      expect(result.status).toBe(status)
      expect(result.err).toContain('interrupt received')
      expect(result.out).toMatch(
        new RegExp(`INTERRUPTED by ${name}: the state of each host\n  stopped +crane02: in "Do"`),
      )
      expect(result.out).not.toContain('FAILED')
      expect(result.out).toContain(`\ninterrupted by ${name}; 1 host; `)
      expect(running(pid)).toBe(false)
      expect(existsSync(join(directory, 'crane02'))).toBe(false)
      expect(result.left).toEqual([])
    },
  )

  test('on a narrow terminal no line breaks inside a word', async () => {
    const { command } = await started({ columns: 60, isTTY: true })
    command.signal('SIGINT')
    const { err } = await command.done
    expect(err).toContain('interrupt received: no new steps are started, running steps\n')
    expect(err.split('\n').filter((line) => line.length > 60)).toEqual([])
  })

  test('twice: leaves at once with what is known', async () => {
    const { command, pid } = await started()
    command.signal('SIGINT')
    command.signal('SIGINT')
    expect(command.left).toEqual([130])
    expect(command.text.err).toContain('interrupted twice')
    await command.done
    expect(running(pid)).toBe(false)
  })
})

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
