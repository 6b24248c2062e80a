// The command line: its options, and the messages for wrong ones.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { ANSIBLE_OPTIONS } from './ansibleOptions.ts'
import { exitStatusHelp } from './exitStatus.ts'
import { subcommandHelp } from './subcommands.ts'

export type TransportChoice = 'auto' | 'ssh2' | 'openssh' | 'local'
export type OutputChoice = 'auto' | 'plain' | 'jsonl'
export type Mode = 'run' | 'list-hosts' | 'list-tasks' | 'list-tags' | 'syntax-check' | 'help' | 'version'

export interface CommandLine {
  readonly mode: Mode
  readonly playbooks: readonly string[]
  readonly inventory: readonly string[]
  readonly check: boolean
  readonly diff: boolean
  readonly forceHandlers: boolean
  /** For `explain`: only these hosts. */
  readonly host?: string
  readonly limit?: string
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly extraVars: readonly string[]
  readonly forks?: number
  readonly verbosity: number
  readonly output: OutputChoice
  /** A file for the events. */
  readonly log?: string
  readonly color: boolean
  readonly detailedExitcode: boolean
  readonly acceptNewHostKeys: boolean
  readonly sshConfig?: string
  readonly knownHosts?: string
  readonly transport?: TransportChoice
  readonly user?: string
  readonly privateKey?: string
  readonly become: boolean
  readonly becomeUser?: string
  readonly askPass: boolean
  readonly askBecomePass: boolean
  readonly becomePasswordFile?: string
  readonly taskDirectories: readonly string[]
  /** Seconds to connect. */
  readonly timeout?: number
}

export type ParsedCommandLine =
  | { readonly ok: true; readonly commandLine: CommandLine }
  | { readonly ok: false; readonly message: string; readonly hint: string }

const SEE_HELP = '`crane-play --help` lists all options'

/** The name of the words that are not options, how to use them, and what an empty list stands for. */
export interface Operands {
  readonly name: string
  readonly usage: string
  readonly otherwise?: string
}

const PLAYBOOKS: Operands = { name: 'playbook', usage: `crane-play PLAYBOOK... -i INVENTORY; ${SEE_HELP}` }

/** Without the program's own name and without that of a subcommand. Never writes and never exits. */
export function parseCommandLine(argv: readonly string[], operands = PLAYBOOKS): ParsedCommandLine {
  const program = defineProgram()
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return explain(error)
    throw error
  }
  const read = readOptions(program)
  const { mode } = read
  const playbooks = read.playbooks.length > 0 ? read.playbooks : [operands.otherwise ?? []].flat()
  const commandLine = { ...read, playbooks }
  if (playbooks.length === 0 && mode !== 'help' && mode !== 'version') {
    return { ok: false, message: `no ${operands.name} given`, hint: operands.usage }
  }
  const modes = MODES.filter((name) => program.getOptionValue(name[0]) === true).map(([, flag]) => `--${flag}`)
  if (modes.length > 1) return { ok: false, message: `${modes.join(' and ')} cannot be combined`, hint: SEE_HELP }
  if (program.getOptionValue('quiet') && program.getOptionValue('verbose')) {
    return { ok: false, message: '--quiet and --verbose cannot be combined', hint: SEE_HELP }
  }
  if (commandLine.askBecomePass && commandLine.becomePasswordFile !== undefined) {
    return { ok: false, message: '--ask-become-pass and --become-password-file cannot be combined', hint: SEE_HELP }
  }
  return { ok: true, commandLine }
}

/** The index of the first word that is neither an option nor the value of one, or -1. */
export function firstOperand(argv: readonly string[]): number {
  return argv.findIndex((word, index) => !word.startsWith('-') && holdsOnlyOptions(argv.slice(0, index)))
}

function holdsOnlyOptions(words: readonly string[]): boolean {
  try {
    // An option that only a subcommand knows takes no operand.
    const { operands, unknown } = defineProgram().parseOptions([...words])
    return operands.length === 0 && unknown.every((word) => word.startsWith('-'))
  } catch (error) {
    if (error instanceof CommanderError) return false
    throw error
  }
}

/** The text of `--help` without a playbook. */
export function helpText(width: number): string {
  const program = defineProgram().configureHelp({
    helpWidth: Math.min(Math.max(width, 60), 110),
    // Without the defaults, which are all "no" or "none".
    optionDescription: ({ description, argChoices }) =>
      argChoices ? `${description}: ${argChoices.join(', ')}` : description,
  })
  return program.helpInformation() + subcommandHelp() + exitStatusHelp()
}

const MODES = [
  ['listHosts', 'list-hosts'],
  ['listTasks', 'list-tasks'],
  ['listTags', 'list-tags'],
  ['syntaxCheck', 'syntax-check'],
] as const

function defineProgram(): Command {
  const several = (value: string, before: readonly string[]) => [...before, value]
  const commaSeparated = (value: string, before: readonly string[]) => [
    ...before,
    ...value
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  ]
  return new Command('crane-play')
    .description('Brings hosts into the state that playbooks describe, over SSH.')
    .usage('PLAYBOOK... -i INVENTORY [options]')
    .argument('[PLAYBOOK...]', 'playbook files, or the name of a playbook of the product such as deploy.yml')
    .option(
      '-i, --inventory <SOURCE>',
      'file, directory or node set such as crane01,crane[02-04]; repeatable',
      several,
      [],
    )
    .option('-l, --limit <PATTERN>', 'only these hosts: a node set, group, glob, or @file', joined)
    .option('-C, --check', 'change nothing, show what would change', false)
    .option('-D, --diff', 'show each change as a diff', false)
    .option('--force-handlers', 'run handlers that were notified on hosts that failed, too', false)
    .option('-t, --tags <TAGS>', 'only tasks with one of these tags', commaSeparated, [])
    .option('--skip-tags <TAGS>', 'skip tasks with one of these tags', commaSeparated, [])
    .option('-e, --extra-vars <VARS>', 'inputs: name=value, a JSON map, or @file.yml; repeatable', several, [])
    .option('-f, --forks <N>', 'hosts to work on at the same time', wholeNumber)
    .option(
      '-v, --verbose',
      'more output: -v reasons, -vv files and lines, -vvv what is sent',
      (_, before: number) => before + 1,
      0,
    )
    .option('-q, --quiet', 'show changes, failures and the recap only', false)
    .option('--log <FILE>', 'also write the events of the run to FILE, as JSON Lines')
    .addOption(new Option('--host <PATTERN>').hideHelp())
    .option('--list-hosts', 'list the hosts of each play, connect to none of them', false)
    .option('--list-tasks', 'list the tasks of each play without connecting', false)
    .option('--list-tags', 'list the tags of each play without connecting', false)
    .option('--syntax-check', 'check playbooks and inventory without connecting', false)
    .addOption(new Option('--output <FORM>', 'form of the report').choices(['auto', 'plain', 'jsonl']).default('auto'))
    .option('--no-color', 'no colors')
    .option('--detailed-exitcode', 'exit with status 3 if something changed or would change', false)
    .option('-u, --user <NAME>', 'user to log in as; overrides the inventory')
    .option('--private-key <FILE>', 'private key to log in with; overrides the inventory')
    .option('-k, --ask-pass', 'ask for the SSH password', false)
    .option('-b, --become', 'run tasks as root (or --become-user) with sudo', false)
    .option('--become-user <NAME>', 'user to become with sudo, default root')
    .option('-K, --ask-become-pass', 'ask for the sudo password', false)
    .option('--become-password-file <FILE>', 'read the sudo password from the first line of FILE')
    .addOption(
      new Option('--transport <WAY>', 'how to connect; overrides the inventory').choices([
        'auto',
        'ssh2',
        'openssh',
        'local',
      ]),
    )
    .option('--accept-new-host-keys', 'trust and store the keys of hosts never connected to before', false)
    .option('--ssh-config <FILE>', 'replaces ~/.ssh/config and the system-wide file; none for neither')
    .option('--known-hosts <FILE>', 'replaces ~/.ssh/known_hosts and the system-wide file')
    .option('--timeout <SECONDS>', 'seconds to wait for a connection to a host', seconds)
    .option('--tasks <DIR>', 'directory with your own task types; repeatable', several, [])
    .option('--version', 'print the version', false)
    .option('-h, --help', 'print this help; with a playbook, its inputs', false)
    .helpOption(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {}, outputError: () => {} })
}

const joined = (value: string, before: string | undefined) => (before === undefined ? value : `${before},${value}`)

function wholeNumber(value: string): number {
  if (!/^[1-9][0-9]{0,5}$/.test(value)) throw new InvalidArgumentError('it must be a whole number, at least 1')
  return Number(value)
}

function seconds(value: string): number {
  const number = Number(value)
  if (value.trim() === '' || !(number > 0 && number <= 86_400)) {
    throw new InvalidArgumentError('it must be a number of seconds greater than 0')
  }
  return number
}

function readOptions(program: Command): CommandLine {
  const options = program.opts()
  const mode: Mode = options['help']
    ? 'help'
    : options['version']
      ? 'version'
      : (MODES.find(([name]) => options[name])?.[1] ?? 'run')
  const { inventory, check, diff, tags, skipTags, extraVars, verbose, quiet, output, color, detailedExitcode } = options
  const { acceptNewHostKeys, become, askPass, askBecomePass, forceHandlers, tasks } = options
  const optional = [
    'limit',
    'host',
    'log',
    'forks',
    'sshConfig',
    'knownHosts',
    'transport',
    'user',
    'privateKey',
    'becomeUser',
    'becomePasswordFile',
    'timeout',
  ]
  return {
    mode,
    playbooks: program.args,
    inventory,
    check,
    diff,
    forceHandlers,
    tags,
    skipTags,
    extraVars,
    verbosity: quiet ? -1 : verbose,
    output,
    color,
    detailedExitcode,
    acceptNewHostKeys,
    become,
    askPass,
    askBecomePass,
    taskDirectories: tasks,
    ...Object.fromEntries(optional.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))),
  }
}

function explain(error: CommanderError): ParsedCommandLine & { ok: false } {
  const [first = '', second] = error.message.replace(/^error: /, '').split('\n')
  const option = /^unknown option '([^']*)'/.exec(first)?.[1]
  const habit = option === undefined ? undefined : ANSIBLE_OPTIONS[option.replace(/=.*/, '')]
  const suggestion = /^\(Did you mean (.*)\?\)$/.exec(second ?? '')?.[1]
  const hint = habit ?? (suggestion === undefined ? SEE_HELP : `did you mean '${suggestion}'?`)
  return {
    ok: false,
    message: first
      .replace(/\.$/, '')
      .replace(' is invalid. ', ' is not valid: ')
      .replace(/Allowed choices are/, 'it must be one of'),
    hint,
  }
}
