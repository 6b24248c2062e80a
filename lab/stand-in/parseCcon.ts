/** Parses ccon's command line by the rules of the real one, traps included; pure, so that a table can test it. */
import { isIPv4 } from 'node:net'
import type { PullPolicy } from './jobTypes.ts'
import { craneFlags, globalFlags, subcommands } from './cconFlags.ts'
import { Failure, UsageError } from './cconOutput.ts'
import { type Flags, parseFlags } from './goFlags.ts'

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
  | { kind: 'exec'; job: number; step: number; command: string[] }
  | { kind: 'attach'; job: number; step: number; node: string; streams: AttachedStreams }
  | {
      kind: 'logs'
      job: number
      step: number
      node: string
      tail: number
      follow: boolean
      timestamps: boolean
      since: string
      until: string
    }

const hidden = ['create', 'start', 'restart', 'rm']

/** What a client of a container's own streams sees and sends. */
export interface AttachedStreams {
  stdin: boolean
  stdout: boolean
  stderr: boolean
  tty: boolean
}

/** What a command line asks for; without a command it is help. */
export type CconParsed = { command: CconCommand; global: CconGlobal } | { command: 'help' }

/**
 * Parses `argv` without `ccon` itself; the environment decides about steps inside a job.
 * @throws UsageError with the status and the words of the real one
 */
export function parseCcon(argv: string[], env: Record<string, string | undefined> = {}): CconParsed {
  refuseLooseTruth(argv)
  // The front part ends at the first word that is not a flag: the subcommand. A `--` there ends the command line.
  const front = parseFlags(argv, { ...globalFlags, ...craneFlags }, false)
  const [name = '', ...rest] = front.rest
  if (hidden.includes(name)) throw new Failure(`'${name}' is not supported`, 1)
  const table = subcommands[name]
  if (!table || argv[argv.length - front.rest.length - 1] === '--') return { command: 'help' }
  // `run` and `exec` stop at their first argument, so that flags of the container's command stay with it.
  const back = parseFlags(rest, { ...globalFlags, ...table }, name !== 'run' && name !== 'exec')
  const global = {
    config: back.flags.text('config') ?? front.flags.text('config') ?? '/etc/crane/config.yaml',
    json: back.flags.flag('json') ?? front.flags.flag('json') ?? false,
  }
  if (name === 'run') return { global, command: parseRun(front.flags, back.flags, back.rest, env) }
  const stray = Object.keys(craneFlags).find((key) => front.flags.has(key))
  if (stray) throw new UsageError(`flag '${stray}' is only valid for the 'run' command`, 2)
  return { global, command: parseOther(name, back.flags, back.rest) }
}

/** The subcommand of a command line, for the usage text of one that is refused. */
export const subcommandOf = (argv: string[]): string | undefined =>
  argv.find((word) => Object.hasOwn(subcommands, word))

/** ccon takes `true` and `false` as words of their own for a flag written without `=`, wherever they are but last. */
function refuseLooseTruth(argv: string[]): void {
  const word = argv.slice(0, -1).find((one) => one === 'true' || one === 'false')
  if (word !== undefined) throw new UsageError(`unexpected '${word}': write a boolean flag as --flag=${word}`, 2)
}

function parseRun(crane: Flags, flags: Flags, rest: string[], env: Record<string, string | undefined>): RunCommand {
  const [image, ...command] = rest
  if (!image) throw new UsageError('requires at least 1 arg(s), only received 0', 1)
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
  if (/[A-Z]/.test(image.replace(/:[^/]*$/, ''))) fail(`invalid image '${image}': repository name must be lowercase`)
  const time = crane.text('time')
  if (time !== undefined && parseTimeLimit(time) === undefined)
    fail(`failed to apply scheduling options: invalid time specification '${time}': invalid duration format: ${time}`)
  if (flags.text('network') === 'host' && ports.length > 0) fail('--ports cannot be used with --network host')
  const policy = flags.text('pull-policy')
  if (policy !== undefined && !['Always', 'IfNotPresent', 'Never'].includes(policy))
    fail(`invalid pull policy '${policy}'`)
  const network = flags.text('network')
  if (network !== undefined && !['default', 'host'].includes(network)) fail(`invalid network mode '${network}'`)
  for (const server of flags.list('dns').flatMap((all) => all.split(',')))
    if (!isIPv4(server)) fail(`invalid DNS server '${server}'`)
  for (const volume of flags.list('volume').flatMap((all) => all.split(',')))
    if (!/^[^:]+:[^:]+(:[^:]+)?$/.test(volume)) fail(`invalid volume '${volume}'`)
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
  const ports = mapping.split(':').map((part) => {
    if (!/^\d+$/.test(part))
      fail(
        `invalid port mapping '${mapping}': invalid port number: strconv.ParseInt: parsing "${part}": invalid syntax`,
      )
    if (Number(part) < 1 || Number(part) > 65535)
      fail(`invalid port mapping '${mapping}': invalid port number: ${part} is out of range`)
    return Number(part)
  })
  if (ports.length > 2) fail(`invalid port mapping '${mapping}'`)
  const [host = 0, container = host] = ports
  return { host, container, protocol: 'tcp' }
}

function jobId(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError(`invalid job ID: ${text}`, 1)
  return Number(text)
}

/** A container of a job, never its pod. */
function containerStep(id: string): { job: number; step: number } {
  const [job = '', step, ...more] = id.split('.')
  if (step === undefined || more.length > 0 || !/^\d+$/.test(step))
    throw new UsageError(`invalid container ID format: CONTAINER must be in JOBID.STEPID format, got ${id}`, 1)
  if (step === '0') throw new UsageError('step 0 is reserved for pods, please specify a container step ID', 2)
  return { job: jobId(job), step: Number(step) }
}

/** A terminal is the default, and has no stream of errors of its own. */
function attachedStreams(flags: Flags): AttachedStreams {
  const tty = flags.flag('tty') ?? true
  const stderr = flags.flag('stderr') ?? false
  if (tty && stderr)
    throw new UsageError('Cannot use --stderr with --tty; stderr is combined into stdout in TTY mode', 2)
  return { stdin: flags.flag('stdin') ?? true, stdout: flags.flag('stdout') ?? true, stderr, tty }
}

function parseOther(name: string, flags: Flags, args: string[]): CconCommand {
  if (name === 'ps' || name === 'pods') {
    if (args.length > 0) throw new UsageError(`accepts 0 arg(s), received ${args.length}`, 1)
    return { kind: name, all: flags.flag('all') ?? false, quiet: flags.flag('quiet') ?? false }
  }
  const [id = '', ...command] = args
  if (name === 'exec') {
    if (command.length === 0)
      throw new UsageError('exec requires at least two arguments: CONTAINER (JOBID.STEPID) COMMAND [ARG...]', 2)
    return { kind: 'exec', ...containerStep(id), command }
  }
  if (name === 'attach') {
    if (args.length !== 1) throw new UsageError('attach requires exactly one argument: CONTAINER (JOBID.STEPID)', 2)
    const at = containerStep(id)
    return { kind: 'attach', ...at, node: flags.text('target-node') ?? '', streams: attachedStreams(flags) }
  }
  if (args.length !== 1) throw new UsageError(`accepts 1 arg(s), received ${args.length}`, 1)
  if (name === 'inspectp') return { kind: 'inspectp', job: jobId(id) }
  const [job = '', step, ...more] = id.split('.')
  if (step === undefined || more.length > 0)
    throw new UsageError(`invalid container ID format: CONTAINER must be in JOBID.STEPID format, got ${id}`, 1)
  if (!/^[1-9]\d*$/.test(step)) throw new UsageError(`invalid step ID: ${step}`, 1)
  const at = { job: jobId(job), step: Number(step) }
  if (name === 'inspect' || name === 'stop') return { kind: name, ...at }
  const node = flags.text('target-node') ?? ''
  return {
    kind: 'logs',
    ...at,
    node,
    tail: flags.int('tail') ?? -1,
    follow: flags.flag('follow') ?? false,
    timestamps: flags.flag('timestamps') ?? false,
    since: flags.text('since') ?? '',
    until: flags.text('until') ?? '',
  }
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

/** Seconds of `[days-]hours:minutes:seconds`, the only form that ccon takes; undefined for any other, and for none. */
export function parseTimeLimit(text: string): number | undefined {
  const match = /^(?:(\d+)-)?(\d+):(\d+):(\d+)$/.exec(text)
  if (!match) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0))
  return days * 86400 + hours * 3600 + minutes * 60 + seconds || undefined
}
