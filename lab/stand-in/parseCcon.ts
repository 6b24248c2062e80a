/** Parses ccon's command line by the rules of the real one, traps included; pure, so that a table can test it. */
import { isIPv4 } from 'node:net'
import type { PullPolicy } from './jobTypes.ts'
import { type FlagTable, type Flags, parseFlags, UsageError } from './goFlags.ts'

export interface CconGlobal {
  config: string
  json: boolean
}

export interface RunCommand {
  kind: 'run'
  /** Scheduling flags, written between `ccon` and `run`. */
  crane: Flags
  /** Container flags, written after `run`. */
  flags: Flags
  image: string
  command: string[]
  ports: { host: number; container: number; protocol: 'tcp' | 'udp' }[]
  pullPolicy: PullPolicy | undefined
  userns: boolean | undefined
}

export type CconCommand =
  | RunCommand
  | { kind: 'ps' | 'pods'; all: boolean; quiet: boolean }
  | { kind: 'inspect' | 'stop'; job: number; step: number }
  | { kind: 'inspectp'; job: number }
  | { kind: 'logs'; job: number; step: number; node: string; tail: number; follow: boolean }

export type CconParsed =
  | { ok: true; global: CconGlobal; command: CconCommand }
  | { ok: false; message: string; exit: number }

const text = { type: 'text' } as const
const list = { type: 'list' } as const
const flag = { type: 'flag' } as const
const whole = { type: 'int' } as const

const craneFlags: FlagTable = {
  mem: text,
  gres: text,
  'cpus-per-task': { type: 'text', short: 'c' },
  partition: { type: 'text', short: 'p' },
  nodelist: { type: 'text', short: 'w' },
  time: { type: 'text', short: 't' },
  account: { type: 'text', short: 'A' },
  qos: { type: 'text', short: 'q' },
  nodes: { type: 'int', short: 'N' },
  ntasks: { type: 'int', short: 'n' },
  'ntasks-per-node': whole,
  exclude: { type: 'text', short: 'x' },
  reservation: { type: 'text', short: 'r' },
  exclusive: flag,
  hold: { type: 'flag', short: 'H' },
  'extra-attr': text,
  'mail-type': text,
  'mail-user': text,
  comment: text,
}
const globalFlags: FlagTable = { config: { type: 'text', short: 'C' }, 'debug-level': text, json: flag }
const runFlags: FlagTable = {
  name: text,
  ports: { type: 'list', short: 'p' },
  env: { type: 'list', short: 'e' },
  volume: { type: 'list', short: 'v' },
  detach: { type: 'flag', short: 'd' },
  interactive: { type: 'flag', short: 'i' },
  tty: { type: 'flag', short: 't' },
  entrypoint: text,
  user: { type: 'text', short: 'u' },
  userns: flag,
  workdir: { type: 'text', short: 'w' },
  'pull-policy': text,
  network: text,
  dns: list,
  cpus: text,
  gpus: text,
  memory: { type: 'text', short: 'm' },
}
const listFlags: FlagTable = { all: { type: 'flag', short: 'a' }, quiet: { type: 'flag', short: 'q' } }
const logFlags: FlagTable = {
  follow: { type: 'flag', short: 'f' },
  tail: whole,
  timestamps: { type: 'flag', short: 't' },
  since: text,
  until: text,
  'target-node': { type: 'text', short: 'n' },
}
const subcommands: Record<string, FlagTable> = {
  run: runFlags,
  ps: listFlags,
  pods: listFlags,
  inspect: {},
  inspectp: {},
  logs: logFlags,
  stop: { timeout: { type: 'int', short: 't' } },
}
const hidden = ['create', 'start', 'restart', 'rm']

/** `argv` without `ccon` itself; the environment decides about steps inside a job. */
export function parseCcon(argv: string[], env: Record<string, string | undefined> = {}): CconParsed {
  try {
    return parse(argv, env)
  } catch (error) {
    if (error instanceof UsageError) return { ok: false, message: error.message, exit: error.exit }
    throw error
  }
}

function parse(argv: string[], env: Record<string, string | undefined>): CconParsed {
  // The front part ends at the first word that is no flag: the subcommand.
  const front = parseFlags(argv, { ...globalFlags, ...craneFlags }, false)
  const [name = '', ...rest] = front.rest
  if (hidden.includes(name)) throw new UsageError(`'${name}' is not supported`, 1)
  const table = subcommands[name]
  if (!table) throw new UsageError(name ? `unknown command "${name}" for "ccon"` : 'a subcommand is required', 2)
  // Only `run` stops at its first argument, so that flags of the container's command stay with it.
  const back = parseFlags(rest, name === 'run' ? table : { ...globalFlags, ...table }, name !== 'run')
  const global = {
    config: back.flags.text('config') ?? front.flags.text('config') ?? '/etc/crane/config.yaml',
    json: back.flags.flag('json') ?? front.flags.flag('json') ?? false,
  }
  if (name !== 'run') {
    const stray = Object.keys(craneFlags).find((key) => front.flags.has(key))
    if (stray) throw new UsageError(`flag '${stray}' is only valid for the 'run' command`, 2)
    return { ok: true, global, command: parseOther(name, back.flags, back.rest) }
  }
  return { ok: true, global, command: parseRun(front.flags, back.flags, back.rest, env) }
}

function parseRun(crane: Flags, flags: Flags, rest: string[], env: Record<string, string | undefined>): RunCommand {
  const [image, ...command] = rest
  if (!image) throw new UsageError('requires at least 1 arg(s), only received 0', 2)
  const fail = (message: string): never => {
    throw new UsageError(`failed to build container job: ${message}`, 2)
  }
  const ports = flags.list('ports').map((mapping) => parsePort(mapping, fail))
  if (flags.has('cpus')) fail('--cpus and --cpus-per-task are mutually exclusive')
  if (flags.has('gpus')) fail('--gpus is not supported, use --gres instead')
  for (const key of ['nodelist', 'exclude'])
    if (crane.has(key) && !/^[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+)*$/.test(crane.text(key) ?? ''))
      fail(`invalid format for --${key}`)
  if (flags.has('user') && !/^\d+(:\d+)?$/.test(flags.text('user') ?? '')) fail(`invalid user '${flags.text('user')}'`)
  const policy = flags.text('pull-policy')
  if (policy !== undefined && !['Always', 'IfNotPresent', 'Never'].includes(policy))
    fail(`invalid pull policy '${policy}'`)
  const network = flags.text('network')
  if (network !== undefined && !['default', 'host'].includes(network)) fail(`invalid network mode '${network}'`)
  for (const server of flags.list('dns')) if (!isIPv4(server)) fail(`invalid DNS server '${server}'`)
  for (const volume of flags.list('volume')) if (!/^[^:]+:[^:]+$/.test(volume)) fail(`invalid volume '${volume}'`)
  if (env['CRANE_JOB_ID'])
    for (const key of ['user', 'ports', 'userns', 'network'])
      if (flags.has(key)) fail(`--${key} is not allowed for a step inside job ${env['CRANE_JOB_ID']}`)
  return {
    kind: 'run',
    crane,
    flags,
    image,
    command,
    ports,
    pullPolicy: policy as PullPolicy | undefined,
    userns: flags.flag('userns'),
  }
}

function parsePort(mapping: string, fail: (message: string) => never): RunCommand['ports'][number] {
  const [numbers = '', protocol = 'tcp'] = mapping.split('/')
  const parts = numbers.split(':')
  const ports = parts.map((part) => {
    if (!/^\d+$/.test(part) || Number(part) < 1 || Number(part) > 65535)
      fail(`invalid port mapping '${mapping}': invalid port number: ${part}`)
    return Number(part)
  })
  if (ports.length > 2 || (protocol !== 'tcp' && protocol !== 'udp')) fail(`invalid port mapping '${mapping}'`)
  const [host = 0, container = host] = ports
  return { host, container, protocol: protocol as 'tcp' | 'udp' }
}

function parseOther(name: string, flags: Flags, args: string[]): CconCommand {
  if (name === 'ps' || name === 'pods') {
    if (args.length > 0) throw new UsageError(`accepts 0 arg(s), received ${args.length}`, 2)
    return { kind: name, all: flags.flag('all') ?? false, quiet: flags.flag('quiet') ?? false }
  }
  const [id = ''] = args
  if (args.length !== 1) throw new UsageError(`accepts 1 arg(s), received ${args.length}`, 2)
  if (name === 'inspectp') {
    if (!/^\d+$/.test(id)) throw new UsageError(`Invalid pod ID format: ${id}`, 2)
    return { kind: 'inspectp', job: Number(id) }
  }
  const match = /^(\d+)\.(\d+)$/.exec(id)
  if (!match || match[2] === '0')
    throw new UsageError(`Invalid container ID format: CONTAINER must be in JOBID.STEPID format, got ${id}`, 2)
  const at = { job: Number(match[1]), step: Number(match[2]) }
  if (name === 'inspect' || name === 'stop') return { kind: name, ...at }
  const node = flags.text('target-node') ?? ''
  return { kind: 'logs', ...at, node, tail: flags.int('tail') ?? -1, follow: flags.flag('follow') ?? false }
}

/** Docker's rules for a short name: the default registry and `library/` are filled in, and `:latest`. */
export function normaliseImage(image: string): string {
  const [first = '', ...others] = image.split('/')
  const hasRegistry = others.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const registry = hasRegistry ? first : 'docker.io'
  let path = hasRegistry ? others.join('/') : image
  if (registry === 'docker.io' && !path.includes('/')) path = `library/${path}`
  return /[:@][^/]+$/.test(path) ? `${registry}/${path}` : `${registry}/${path}:latest`
}

/** The default policy: an untagged or `:latest` image is asked for each time. */
export const defaultPullPolicy = (normalised: string): PullPolicy =>
  normalised.endsWith(':latest') ? 'Always' : 'IfNotPresent'

/** Seconds of `[days-]hours:minutes:seconds`, `minutes:seconds` or minutes; undefined when it is none of them. */
export function parseTimeLimit(text: string): number | undefined {
  const match = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(text)
  if (!match) return undefined
  const [, days = '0', a = '0', b, c] = match
  const parts = c !== undefined ? [a, b, c] : b !== undefined ? ['0', a, b] : ['0', a, '0']
  const [hours = 0, minutes = 0, seconds = 0] = parts.map(Number)
  return Number(days) * 86400 + hours * 3600 + minutes * 60 + seconds
}
