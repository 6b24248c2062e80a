/** Stand-in for CraneSched's `ccon`: run, ps, pods, inspect, inspectp, logs, exec, attach, stop; prints what recordings of the real one show. */
import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { parse } from 'yaml'
import { askJson } from './jsonLines.ts'
import { isTerminal, type Job, type JobRequest } from './jobTypes.ts'
import { usageText } from './cconFlags.ts'
import { Failure, messageOf, UsageError } from './cconOutput.ts'
import {
  type CconCommand,
  type CconGlobal,
  defaultPullPolicy,
  normaliseImage,
  parseCcon,
  parseTimeLimit,
  type RunCommand,
  subcommandOf,
} from './parseCcon.ts'
import { streamWithRetry } from './execStream.ts'
import { listFlagsJson, logFlagsJson, runFlagsJson } from './cconJson.ts'
import { hasStep, inspectJob, inspectStep, podsTable, psTable } from './showJobs.ts'

/** What the front end's own reader of the configuration gives it. */
interface FrontConfig {
  host: string
  port: number
  usernsDefault: boolean
}

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

function readConfig(path: string): FrontConfig {
  const failure = (what: string) => new Failure(`${what} in ${path}`, 2)
  if (!existsSync(path)) throw new Failure(`Failed to read config file ${path}: no such file or directory`, 2)
  let config: Record<string, unknown>
  try {
    config = (parse(readFileSync(path, 'utf8')) ?? {}) as Record<string, unknown>
  } catch {
    throw failure('Config syntax error')
  }
  // The Go reader is strictly typed: a quoted number is an error for it, though the daemons take it.
  const nodes = (config['Nodes'] ?? []) as { cpu?: unknown }[]
  if (!Array.isArray(nodes) || nodes.some((node) => node?.cpu !== undefined && !Number.isInteger(node.cpu)))
    throw failure('Config syntax error')
  if (config['CraneCtldForInternalListenPort'] === undefined)
    throw new Failure('CraneCtldForInternalListenPort is not configured', 1)
  const container = (config['Container'] ?? {}) as Record<string, unknown>
  const userns = container['UserNsEnabledByDefault'] ?? true
  if (typeof userns !== 'boolean' || !['boolean', 'undefined'].includes(typeof container['Enabled']))
    throw failure('Config syntax error')
  return { host: String(config['ControlMachine']), port: Number(config['CraneCtldListenPort']), usernsDefault: userns }
}

async function ask<T>(config: FrontConfig, request: unknown, doing: string): Promise<T> {
  try {
    return await askJson<T>(config.host, config.port, request)
  } catch {
    throw new Failure(`${doing}: Connection to CraneCtld is broken.`, 3)
  }
}

function jobRequest(command: RunCommand, config: FrontConfig): JobRequest {
  const { crane, flags } = command
  const image = normaliseImage(command.image)
  const names = (key: string) => (crane.text(key) ?? '').split(',').filter(Boolean)
  const [uid, gid = uid] = (flags.text('user') ?? '').split(':').filter(Boolean).map(Number)
  const entrypoint = flags.text('entrypoint')
  return {
    partition: crane.text('partition') ?? '',
    nodelist: names('nodelist'),
    exclude: names('exclude'),
    nodes: crane.int('nodes') ?? 1,
    ntasks: crane.int('ntasks') ?? 1,
    cpus: Number(crane.text('cpus-per-task') ?? 1),
    gres: crane.text('gres') ?? '',
    timeLimit: parseTimeLimit(crane.text('time') ?? '') ?? 0,
    comment: crane.text('comment') ?? '',
    hold: crane.flag('hold') ?? false,
    cwd: process.cwd(),
    cmdLine: ['/usr/bin/ccon', ...process.argv.slice(2)].join(' '),
    username: userInfo().username,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    container: {
      name: flags.text('name') ?? '',
      image,
      entrypoint: entrypoint === undefined ? [] : [entrypoint],
      command: command.command,
      env: Object.fromEntries(
        flags.list('env').map((pair) => [pair.split('=')[0] ?? '', pair.split('=').slice(1).join('=')]),
      ),
      ports: command.ports,
      volumes: flags
        .list('volume')
        .flatMap((all) => all.split(','))
        .map((pair) => {
          const [host = '', container = ''] = pair.split(':')
          return { host, container }
        }),
      workdir: flags.text('workdir') ?? '',
      userns: command.userns ?? config.usernsDefault,
      network: flags.text('network') === 'host' ? 'host' : 'default',
      dns: flags.list('dns').flatMap((all) => all.split(',')),
      user: uid === undefined || gid === undefined ? undefined : { uid, gid },
      pullPolicy: command.pullPolicy ?? defaultPullPolicy(image),
      detached: flags.flag('detach') ?? false,
    },
  }
}

async function run(command: RunCommand, config: FrontConfig, global: CconGlobal): Promise<void> {
  if (process.env['CRANE_JOB_ID'])
    throw new Failure(
      'Container job submission failed: the lab stand-in runs no steps inside a job (CRANE_JOB_ID is set)',
      4,
    )
  const request = jobRequest(command, config)
  if (request.nodes > request.ntasks)
    process.stderr.write(
      `WARN: The number of nodes (${request.nodes}) is lowered to the number of tasks (${request.ntasks}).\n`,
    )
  const reply = await ask<{ id?: number; error?: string }>(
    config,
    { type: 'submit', request },
    'Failed to submit the container job',
  )
  if (reply.id === undefined) throw new Failure(`Container job submission failed: ${reply.error}`, 4)
  const { id } = reply
  if (global.json)
    return print(
      JSON.stringify({ action: 'run', flags: runFlagsJson(command), data: { ok: true, Payload: { JobId: id } } }),
    )
  if (command.flags.flag('detach')) return print(`Container submitted successfully. Job ID: ${id}, Step ID: 1`)
  await attachSoon(config, id)
}

/** Asks for the stream every ten seconds; output from before the attachment is never shown. */
async function attachSoon(config: FrontConfig, id: number): Promise<void> {
  for (let first = true; ; first = false) {
    if (!first) await pause(10_000)
    const job = (await allJobs(config)).find((one) => one.id === id)
    if (!job || isTerminal(job.status))
      throw new Failure(first ? 'Requested job is not running.' : 'Requested step not running, already done?', 4)
    if (job.status !== 'RUNNING') continue
    const streams = { stdin: false, stdout: true, stderr: true, tty: false }
    return streamWithRetry(await urlOf(config, { type: 'attach', job: id, streams }, 'Attach'))
  }
}

/** Where the runtime of the job's node offers a stream. */
async function urlOf(
  config: FrontConfig,
  request: { type: string; job: number; [key: string]: unknown },
  what: string,
) {
  const doing = what === 'Exec' ? 'Failed to exec into container task' : 'Failed to attach to container job'
  const { url, error } = await ask<{ url?: string; error?: string }>(config, request, doing)
  if (url === undefined) throw new Failure(`${what} failed: ${error}`, 4)
  return url
}

async function allJobs(config: FrontConfig): Promise<Job[]> {
  const { jobs } = await ask<{ jobs: Job[] }>(config, { type: 'jobs' }, 'Failed to query containers')
  const uid = process.getuid?.()
  return uid === 0 ? jobs : jobs.filter(({ request }) => request.uid === uid)
}

async function find(config: FrontConfig, id: number, step = 1): Promise<Job> {
  const job = (await allJobs(config)).find((one) => one.id === id)
  if (!job || step !== 1 || !hasStep(job)) throw new Failure(`container step ${id}.${step} not found`, 4)
  return job
}

/** Where a container's log is looked for: on this machine, as the real front end does. */
const logFile = (job: Job, node: string) => `${job.request.cwd}/${job.id}.out/1.${node}.log`

/** Lines of the log with CRI's prefix. */
const logLines = (job: Job, node: string): string[] =>
  existsSync(logFile(job, node)) ? readFileSync(logFile(job, node), 'utf8').split('\n').filter(Boolean) : []

const plain = (line: string, timestamps = false): string =>
  line.replace(/^(\S+ )(stdout|stderr) [FP] ?/, (_, stamp: string) => (timestamps ? stamp : ''))

async function main(argv: string[]): Promise<void> {
  const parsed = parseCcon(argv, process.env)
  if (parsed.command === 'help') return print(usageText(undefined))
  const { command, global } = parsed
  const config = readConfig(global.config)
  if (command.kind === 'run') return run(command, config, global)
  if ('all' in command) return list(command, config, global)
  if (command.kind === 'inspectp') {
    const pod = (await allJobs(config)).find((one) => one.id === command.job)
    if (!pod) throw new Failure(`pod ${command.job} not found`, 4)
    return print(JSON.stringify(inspectJob(pod), null, 2))
  }
  const job = await find(config, command.job, command.step)
  if (command.kind === 'inspect') return print(JSON.stringify(inspectStep(job), null, 2))
  if (command.kind === 'logs') return logs(command, job, global)
  if (command.kind === 'exec') return exec(command, job, config, global)
  if (command.kind === 'attach') return attach(command, job, config, global)
  const reply = await ask<{ error?: string }>(config, { type: 'stop', job: job.id }, 'Failed to stop the container')
  if (reply.error) throw new Failure(reply.error, 4)
  print(`Container ${job.id}.1 stopped successfully`)
}

type Command<K extends string> = Extract<CconCommand, { kind: K }>

async function list(command: Command<'ps' | 'pods'>, config: FrontConfig, global: CconGlobal): Promise<void> {
  const isPs = command.kind === 'ps'
  const jobs = (await allJobs(config))
    .filter((job) => (command.all || !isTerminal(job.status)) && (!isPs || hasStep(job)))
    .sort((a, b) => b.id - a.id)
  if (command.quiet) for (const job of jobs) print(isPs ? `${job.id}.1` : String(job.id))
  else if (global.json) {
    // The rows of `ps --json` are empty objects in the real one too.
    const data = isPs ? jobs.map(() => ({})) : jobs.map(inspectJob)
    print(JSON.stringify({ action: command.kind, flags: listFlagsJson(command), data }))
  } else print((isPs ? psTable : podsTable)(jobs, Date.now() / 1000))
}

async function exec(command: Command<'exec'>, job: Job, config: FrontConfig, global: CconGlobal): Promise<void> {
  const { id } = job
  refuseUnlessRunning(job, 'exec into')
  const url = await urlOf(config, { type: 'exec', job: id, command: command.command }, 'Exec')
  if (global.json) return print(JSON.stringify({ action: 'exec', flags: {}, data: { ok: true, url } }))
  await streamWithRetry(url)
}

async function attach(command: Command<'attach'>, job: Job, config: FrontConfig, global: CconGlobal): Promise<void> {
  const { id } = job
  const { streams, node } = command
  refuseUnlessRunning(job, 'attach to')
  if (node !== '' && !job.nodes.includes(node))
    throw new UsageError(`container is not running on the target node "${node}": ${job.nodes.join(',')}`, 2)
  const url = await urlOf(config, { type: 'attach', job: id, streams }, 'Attach')
  if (global.json) return print(JSON.stringify({ action: 'attach', flags: {}, data: { ok: true, url } }))
  await streamWithRetry(url)
}

function refuseUnlessRunning({ id, status }: Job, what: string): void {
  const state = `${status[0]}${status.slice(1).toLowerCase()}`
  if (status !== 'RUNNING') throw new UsageError(`Cannot ${what} container ${id}.1 in state: ${state}`, 2)
}

function logs(command: Command<'logs'>, job: Job, global: CconGlobal): void {
  if (!command.node && job.status !== 'RUNNING')
    throw new UsageError('Target node must be specified for non-running containers', 2)
  const node = command.node || (job.nodes[0] ?? '')
  const file = logFile(job, node)
  if (!existsSync(file)) throw new Failure(`log file does not exist: ${file}. Do you have shared storage?`, 4)
  const lines = logLines(job, node)
  const shown = command.tail >= 0 ? lines.slice(Math.max(0, lines.length - command.tail)) : lines
  if (global.json) print(JSON.stringify({ action: 'logs', flags: logFlagsJson(command), data: shown }))
  else for (const line of shown) print(plain(line, command.timestamps))
}

// A reader that has seen enough (`| head`) is not a failure.
process.stdout.on('error', () => process.exit(0))

const argv = process.argv.slice(2)
try {
  await main(argv)
} catch (error) {
  const known = error instanceof UsageError || error instanceof Failure ? error : new Failure(String(error), 1)
  process.stderr.write(messageOf(known, usageText(subcommandOf(argv))))
  process.exitCode = known.exit
}
