// Command lines in Ansible's manner: each names what does the same here, and what it names is accepted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { ANSIBLE_COMMANDS, ANSIBLE_OPTIONS } from '../../src/cli/ansibleOptions.ts'
import { ansibleSettings } from '../../src/cli/ansibleSettings.ts'
import { type CommandLine, helpText, parseCommandLine } from '../../src/cli/commandLine.ts'
import { SUBCOMMANDS } from '../../src/cli/subcommands.ts'
import { runCommand } from './runCommand.ts'

let inventory: string
beforeAll(() => {
  const directory = mkdtempSync(join(tmpdir(), 'habits-'))
  inventory = join(directory, 'hosts')
  writeFileSync(
    inventory,
    '[control]\ncrane01\n[gpu]\ncrane[03-04] rack=r1 db_password=hunter2\n[compute:children]\ngpu\n[empty]\n[compute]\ncrane02 v=1.10\n',
  )
  return () => rmSync(directory, { recursive: true })
})

test.each([
  [['all', '-m', 'ping'], "unknown option '-m'", 'facts PATTERN'],
  [['all', '-a', 'uptime'], "unknown option '-a'", 'a playbook with one task'],
  [['all', '--list-hosts', '-i', 'crane01,'], "there is no playbook 'all'", '`crane-play inventory PATTERN'],
  [['vault', 'encrypt', 'x'], "there is no command 'vault'", 'not supported yet'],
  [['doc', 'writeFile'], "there is no command 'doc'", 'docs/tasks.md'],
  [['galaxy', 'install', 'x'], "there is no command 'galaxy'", '--tasks DIR'],
  [['doctr', '-i', 'crane01,'], "there is no command 'doctr'", "did you mean 'doctor'?"],
  [['fact', 'all', '-i', 'crane01,'], "there is no command 'fact'", "did you mean 'facts'?"],
  [['deploy.yml', '--become-pass-file', 'x'], "unknown option '--become-pass-file'", '--become-password-file'],
])('crane-play %j', async (argv, message, hint) => {
  const { status, err } = await runCommand(...argv)
  expect(status).toBe(1)
  expect(err).toContain(message)
  expect(err.split('hint: ')[1]).toContain(hint)
})

test('the groups, each below those it is in', async () => {
  expect(await runCommand('inventory', '-i', inventory, '--graph')).toMatchObject({
    status: 0,
    err: '',
    out: `all: crane[01-04] (4 hosts)
  control: crane01 (1 host)
  compute: crane[02-04] (3 hosts)
    gpu: crane[03-04] (2 hosts)
  empty: (0 hosts)
`,
  })
  expect(await runCommand('inventory', 'gpu', '-i', inventory)).toMatchObject({
    out: `all: crane[03-04] (2 hosts)
  compute: crane[03-04] (2 hosts)
    gpu: crane[03-04] (2 hosts)
`,
  })
})

test('the inventory as JSON, without secrets', async () => {
  const { status, out } = await runCommand('inventory', '--list', '-i', inventory)
  expect(status).toBe(0)
  const list = JSON.parse(out)
  expect(list.compute).toEqual({ hosts: ['crane02', 'crane03', 'crane04'], children: ['gpu'] })
  expect(list._meta.hostvars.crane03).toEqual({ rack: 'r1', db_password: '********' })
  expect(JSON.parse((await runCommand('inventory', '-i', inventory, '--host', 'crane02')).out)).toEqual({ v: 1.1 })
})

test('a pattern that names nothing is a mistake', async () => {
  const { status, err } = await runCommand('inventory', 'crane0', '-i', inventory)
  expect([status, err]).toEqual([1, expect.stringContaining("no host or group is called 'crane0'")])
})

describe('options stand before a command or after it', () => {
  test.each([
    [['inventory', 'gpu', '-i', 'INVENTORY']],
    [['-i', 'INVENTORY', 'inventory', 'gpu']],
    [['-v', '--inventory=INVENTORY', 'inventory', 'gpu']],
    [['--graph', '-iINVENTORY', 'inventory', 'gpu']],
    [['--known-hosts', 'inventory', 'inventory', '-i', 'INVENTORY', 'gpu']],
    [['--user', 'gpu', 'inventory', '-i', 'INVENTORY', 'gpu']],
  ])('crane-play %j', async (argv) => {
    const { status, out } = await runCommand(...argv.map((word) => word.replace('INVENTORY', inventory)))
    expect([status, out.split('\n')[0]]).toEqual([0, 'all: crane[03-04] (2 hosts)'])
  })

  test.each(Object.keys(SUBCOMMANDS))('%s is described with --help before it', async (name) => {
    expect(await runCommand('--help', name)).toEqual(await runCommand(name, '--help'))
  })

  test.each([
    [['--known-hosts', 'f', 'vault', 'encrypt'], "there is no command 'vault'"],
    [['-i', 'doctor'], 'no playbook given'],
    [['-l', 'facts', 'no-such.yml', '-i', 'a,'], "there is no playbook 'no-such.yml'"],
    [['all', 'facts', 'os', '-i', 'a,'], "'facts' is a command, not a playbook"],
    [['facts', '-i', 'a,'], 'no pattern given'],
    [['explain', '-i', 'a,'], 'no variable given'],
    [['doctor', '--chek'], "did you mean '--check'?"],
    [['inventory', 'a', 'b', '-i', 'a,b,'], 'join patterns with a comma: a,b'],
  ])('crane-play %j is a mistake', async (argv, says) => {
    const { status, err } = await runCommand(...argv)
    expect([status, err]).toEqual([1, expect.stringContaining(says)])
  })
})

/** The options and commands that a hint names in what it says to use. */
const named = (hint: string) => [...hint.matchAll(/(?<![\w-])(--?[a-z][\w-]*)(?: ([A-Z@]+))?/g)]
const help = helpText(100)

test.each(Object.entries(ANSIBLE_OPTIONS))('what is said of %s is accepted', (option, hint) => {
  expect(parseCommandLine(['deploy.yml', option, 'x'])).toMatchObject({ ok: false, hint })
  check(hint)
})

test.each(Object.entries(ANSIBLE_COMMANDS))('what is said of the command %s is accepted', (command, hint) => {
  expect(Object.keys(SUBCOMMANDS)).not.toContain(command)
  check(hint)
})

/** Each option that a hint names is one, with the operand it shows, and each command line is one. */
function check(hint: string): void {
  for (const [, option = ''] of named(hint))
    if (option !== '--list') expect(help).toMatch(new RegExp(`(^|[ ,])${option}\\b`, 'm'))
  for (const [, line = ''] of hint.matchAll(/`crane-play ([^`]*)`/g)) {
    const [first = '', ...words] = line.replace(/PATTERN|PLAYBOOK|INVENTORY/g, 'x').split(' ')
    if (Object.hasOwn(SUBCOMMANDS, first)) expect(SUBCOMMANDS[first]?.takesOptions).toBe(true)
    else expect(parseCommandLine([first, ...words])).toMatchObject({ ok: true })
  }
}

const lineOf = (...words: string[]): CommandLine => {
  const parsed = parseCommandLine(['deploy.yml', ...words])
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.commandLine
}

function directoryWith(config: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'cfg-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'ansible.cfg'), config)
  return directory
}

test('settings of Ansible that would matter are named once, with what to use', () => {
  const directory = directoryWith('[defaults]\ninventory = hosts\nremote_user=root\nnocows = 1\n')
  expect(ansibleSettings(lineOf(), {}, directory)).toMatchObject([
    {
      severity: 'warning',
      message: 'ansible.cfg is not read',
      at: { file: 'ansible.cfg', line: 2, column: 1, length: 9 },
      hint: 'for inventory use -i; for remote_user use -u, or ansible_user in the inventory',
    },
  ])
  expect(ansibleSettings(lineOf('-i', 'hosts', '-u', 'root'), {}, directory)).toEqual([])
  const env = { ANSIBLE_HOST_KEY_CHECKING: 'False', ANSIBLE_NOCOWS: '1' }
  expect(ansibleSettings(lineOf('-i', 'h', '-u', 'root'), env, directory)).toMatchObject([
    {
      message: 'variables of the environment that configure Ansible are not read',
      hint: 'for ANSIBLE_HOST_KEY_CHECKING use --accept-new-host-keys',
    },
  ])
})

test('a settings file that changes nothing, or that only ANSIBLE_CONFIG names', () => {
  const directory = directoryWith('[defaults]\nnocows = 1\n')
  expect(ansibleSettings(lineOf(), {}, directory)).toEqual([])
  const other = join(directoryWith('[defaults]\nforks: 50\n'), 'ansible.cfg')
  expect(ansibleSettings(lineOf(), { ANSIBLE_CONFIG: other }, directory)).toMatchObject([
    { message: `${other} is not read`, hint: 'for forks use -f' },
  ])
})

test('the hints on settings name options that there are', () => {
  const all =
    'inventory\nremote_user\nprivate_key_file\nbecome\nbecome_user\nbecome_ask_pass\nbecome_password_file\nask_pass\nhost_key_checking\nforks\ntimeout\nssh_args\nlibrary\n'
  const [found] = ansibleSettings(lineOf(), {}, directoryWith(all.replaceAll('\n', ' = x\n')))
  expect(found?.hint?.split('; ')).toHaveLength(13)
  check(found?.hint ?? '')
})
