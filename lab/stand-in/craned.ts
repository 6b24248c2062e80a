/** Stand-in for CraneSched's node daemon: registers with the control daemon and runs jobs through the CRI endpoint. */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AFTER_GRACE, criClient, SOON, spellFailure, STOP_GRACE_SECONDS, watchEvents } from './criClient.ts'
import { readJson, sendJson, serveJson } from './jsonLines.ts'
import { exitCode, type Job, type NodeResult } from './jobTypes.ts'
import { keepJson, keptJson, startDaemon } from './loadConfig.ts'
import type { AttachedStreams } from './parseCcon.ts'
import { gresOf } from './readCraneConfig.ts'
import { isNewer, refuseRuntime } from './runtimeVersion.ts'
import { cleanUp, endOf, failed, type RunningJob, startContainer, type SupervisorSetting } from './runContainer.ts'

/** How long a supervisor waits before it opens a broken stream again. */
const REOPEN_MS = 5000

const { config, log } = startDaemon('craned')
const node = hostname()
const kept = join(config.baseDir, 'craned/stand-in-jobs.json')
const running = new Map<number, RunningJob>()
/** What a job that is being stopped will be, whatever its process says when it dies. */
const stopping = new Map<number, NodeResult>()
/** Ends the stream of a job's supervisor. */
const watches = new Map<number, AbortController>()
const unsent: { job: number; result: NodeResult }[] = []
let report: (message: unknown) => boolean = () => false

const gres = gresOf(config, node)
const setting: SupervisorSetting | undefined = config.container && {
  node,
  gres,
  config: config.container,
  logFolder: join(config.baseDir, config.supervisorLogDir),
  runtime: criClient(config.container.runtimeEndpoint).runtime,
  images: criClient(config.container.imageEndpoint).images,
}

function finish(id: number, found: NodeResult): void {
  const result = stopping.get(id) ?? found
  stopping.delete(id)
  const one = running.get(id)
  running.delete(id)
  watches.get(id)?.abort()
  watches.delete(id)
  keepJson(kept, [...running.values()])
  if (one && setting) void cleanUp(setting, one)
  log('INFO', `[Job #${id}] ended: ${result.status} ${result.exitCode} ${result.reason}`)
  if (!report({ type: 'ended', node, job: id, result })) unsent.push({ job: id, result })
}

async function run(job: Job): Promise<void> {
  if (!setting) return finish(job.id, failed(exitCode.spawnFailed, 'Container is not enabled in this craned.'))
  supervise(job.id)
  const started = await startContainer(setting, job).catch((error: Error) => failed(exitCode.rpcError, error.message))
  if ('status' in started) return finish(job.id, started)
  hold(started)
  report({ type: 'started', node, job: job.id })
  await look(job.id)
}

function supervise(id: number): void {
  if (!setting) return
  const watch = new AbortController()
  watches.set(id, watch)
  void noticeExit(setting, id, watch.signal)
}

function hold(one: RunningJob): void {
  running.set(one.job.id, one)
  keepJson(kept, [...running.values()])
  const { timeLimit } = one.job.request
  const left = one.job.started * 1000 + timeLimit * 1000 - Date.now()
  const result: NodeResult = { status: 'EXCEEDTIMELIMIT', exitCode: exitCode.timeLimit, reason: '' }
  if (timeLimit > 0) setTimeout(() => void stop(one.job.id, result), Math.min(Math.max(0, left), 2 ** 31 - 1)).unref()
}

/** Asks the runtime whether the job's container has ended; used at a start and when an event says so. */
async function look(id: number): Promise<void> {
  const one = running.get(id)
  if (!one || !setting) return
  const result = await endOf(setting, one).catch((error: unknown) => {
    log('WARN', `[Job #${id}] ${spellFailure(error)}`)
    return undefined
  })
  if (result && running.has(id)) finish(id, result)
}

async function stop(id: number, result: NodeResult): Promise<void> {
  const one = running.get(id)
  if (!one || !setting) return
  stopping.set(id, result)
  await setting.runtime
    .stopContainer({ containerId: one.container, timeout: STOP_GRACE_SECONDS }, AFTER_GRACE)
    .catch(() => undefined)
  if (running.has(id)) finish(id, result)
}

/** The runtime's own URL of the stream, handed on unchanged: of a command, or of the container's own output. */
async function stream(request: Record<string, unknown>): Promise<{ url: string } | { error: string }> {
  const one = running.get(Number(request['job']))
  if (!one || !setting) return { error: 'Requested job is not running.' }
  const containerId = one.container
  const reply =
    request['type'] === 'exec'
      ? setting.runtime.exec({ containerId, cmd: request['command'] as string[], stdout: true, stderr: true }, SOON)
      : setting.runtime.attach({ containerId, ...(request['streams'] as AttachedStreams) }, SOON)
  return reply.then(
    ({ url }) => ({ url }),
    (error: unknown) => ({ error: spellFailure(error) }),
  )
}

/**
 * The stream that the supervisor of each job holds from its start on, until `ended`. Without it no exit is ever
 * noticed, which is what happens with a runtime that lacks it, and while it is being opened again.
 */
async function noticeExit(setting: SupervisorSetting, id: number, ended: AbortSignal): Promise<void> {
  while (!ended.aborted) {
    const reason = await watchEvents(setting, ended, (container) => {
      if (running.get(id)?.container === container) void look(id)
    })
    if (ended.aborted) return
    log('WARN', `[Job #${id}] Container event stream disconnected: ${reason}`)
    await sleep(REOPEN_MS, undefined, { signal: ended }).catch(() => undefined)
  }
}

async function checkRuntime({ runtime }: SupervisorSetting): Promise<void> {
  const refusal = await runtime.version({}, SOON).then(
    (reply) => refuseRuntime(reply.runtimeName, reply.runtimeVersion),
    (error: unknown) => `Container runtime compatibility check failed: ${spellFailure(error)}`,
  )
  if (refusal === undefined) return
  log('ERROR', refusal)
  process.exit(1)
}

function register(): void {
  const socket = connect({ host: config.controlMachine, port: config.internalPort })
  socket.once('connect', () =>
    sendJson(socket, { type: 'register', node, crc: config.crc, running: [...running.keys()] }),
  )
  socket.on('error', () => socket.destroy())
  socket.once('close', () => {
    report = () => false
    setTimeout(register, 1000)
  })
  readJson(socket, (message) => {
    if (message['type'] !== 'registered') return
    log('INFO', `Registered with ${config.controlMachine}.`)
    report = (value) => {
      if (!socket.writable) return false
      sendJson(socket, value)
      return true
    }
    for (const { job, result } of unsent.splice(0)) report({ type: 'ended', node, job, result })
  })
}

serveJson(
  config.cranedPort,
  (request, socket) => {
    if (request['type'] === 'run') void run(request['job'] as Job)
    else if (request['type'] === 'stop')
      void stop(Number(request['job']), { status: 'CANCELLED', exitCode: exitCode.terminated, reason: '' })
    else if (request['type'] === 'exec' || request['type'] === 'attach') {
      void stream(request).then((reply) => sendJson(socket, reply))
      return undefined
    }
    return { ok: true }
  },
  (error) => {
    log('ERROR', `Cannot listen on ${config.cranedPort}: ${error.message}`)
    process.exit(1)
  },
)
for (const one of keptJson<RunningJob[]>(kept, [])) {
  supervise(one.job.id)
  hold(one)
  void look(one.job.id)
}
const missing = gres.flatMap(({ devices }) => devices.flat()).find((file) => !existsSync(file))
if (missing !== undefined) {
  log('ERROR', `The device file ${missing} of a gres does not exist.`)
  process.exit(1)
}
if (setting && isNewer()) await checkRuntime(setting)
register()
log('INFO', `craned (lab stand-in) started on ${node}.`)
