/** Stand-in for CraneSched's control daemon: takes jobs, gives them to nodes, keeps their states over restarts. */
import { join } from 'node:path'
import type { Socket } from 'node:net'
import { askJson, sendJson, serveJson } from './jsonLines.ts'
import { exitCode, isTerminal, type Job, type JobRequest, type NodeResult } from './jobTypes.ts'
import { keepJson, keptJson, startDaemon } from './loadConfig.ts'
import { choose, devicesFor, outcome, refusal } from './schedule.ts'

const { config, log } = startDaemon('cranectld')
const kept = join(config.baseDir, 'cranectld/stand-in-jobs.json')
const jobs = new Map(keptJson<Job[]>(kept, []).map((job) => [job.id, job]))
const up = new Map<string, Socket>()
const keptDrained = join(config.baseDir, 'cranectld/stand-in-drained.json')
/** Nodes that get no new jobs. */
const drained = new Set(keptJson<string[]>(keptDrained, []))
const now = () => Date.now() / 1000
const keep = () => keepJson(kept, [...jobs.values()])

function submit(request: JobRequest): unknown {
  const error = refusal(config, request)
  if (error) return { error }
  const id = Math.max(0, ...jobs.keys()) + 1
  const job: Job = {
    id,
    request,
    nodes: [],
    devices: {},
    status: 'PENDING',
    exitCode: 0,
    reason: '',
    submitted: now(),
    started: 0,
    ended: 0,
    results: {},
  }
  jobs.set(id, job)
  schedule()
  return { id }
}

function schedule(): void {
  for (const job of jobs.values()) {
    if (job.status !== 'PENDING') continue
    const all = [...jobs.values()]
    const nodes = choose(config, all, new Set([...up.keys()].filter((node) => !drained.has(node))), job)
    if (!nodes) continue
    const devices = Object.fromEntries(nodes.map((node) => [node, devicesFor(config, all, node, job) ?? []]))
    Object.assign(job, { nodes, devices, status: 'CONFIGURING', started: now() })
    log('INFO', `[Job #${job.id}] goes to ${nodes.join(',')}.`)
    for (const node of nodes)
      askJson(node, config.cranedPort, { type: 'run', job }).catch((error: Error) => {
        ended(job.id, node, { status: 'FAILED', exitCode: exitCode.rpcError, reason: error.message })
      })
  }
  keep()
}

function ended(id: number, node: string, result: NodeResult): void {
  const job = jobs.get(id)
  if (!job || isTerminal(job.status)) return
  job.results[node] = result
  if (!job.nodes.every((one) => job.results[one])) return
  job.ended = now()
  outcome(job)
  log('INFO', `[Job #${id}] ended: ${job.status} ${job.exitCode} ${job.reason}`)
  schedule()
}

function stop(id: number): unknown {
  const job = jobs.get(id)
  if (!job) return { error: `Job ${id} not found` }
  if (isTerminal(job.status)) return { error: 'Requested job is not running.' }
  const cancelled: NodeResult = { status: 'CANCELLED', exitCode: exitCode.terminated, reason: '' }
  if (job.nodes.length === 0) {
    job.ended = now()
    job.results['-'] = cancelled
    outcome(job)
    keep()
  }
  for (const node of job.nodes)
    askJson(node, config.cranedPort, { type: 'stop', job: id }).catch(() => ended(id, node, cancelled))
  return { ok: true }
}

function nodeList(): unknown {
  return config.partitions.map((partition) => ({
    name: partition.name,
    nodes: partition.nodes.map((name) => {
      const busy = [...jobs.values()].some((job) => !isTerminal(job.status) && job.nodes.includes(name))
      return { name, state: up.has(name) ? (busy ? 'mix' : 'idle') : 'down' }
    }),
  }))
}

/** The node that runs the job knows where the stream is. */
async function stream(request: Record<string, unknown>): Promise<unknown> {
  const job = jobs.get(Number(request['job']))
  const [node] = job?.nodes ?? []
  if (job?.status !== 'RUNNING' || node === undefined) return { error: 'Requested job is not running.' }
  return askJson(node, config.cranedPort, request).catch((error: Error) => ({
    error: error.message,
  }))
}

function nodeInfo(name: string): unknown {
  const node = config.nodes.find((one) => one.name === name)
  if (!node) return {}
  const running = [...jobs.values()].filter((job) => !isTerminal(job.status) && job.nodes.includes(name)).length
  const state = !up.has(name) ? 'down' : running === 0 ? 'idle' : running < node.cpu ? 'mix' : 'alloc'
  const partitions = config.partitions.filter(({ nodes }) => nodes.includes(name)).map((one) => one.name)
  return { node: { name, state, drained: drained.has(name), cpu: node.cpu, running, partitions } }
}

function control(name: string, drain: boolean): unknown {
  if (!config.nodes.some((one) => one.name === name)) return { error: 'node not found' }
  if (drain) drained.add(name)
  else drained.delete(name)
  keepJson(keptDrained, [...drained])
  schedule()
  return {}
}

/** Users' commands. */
function answerUser(request: Record<string, unknown>, socket: Socket): unknown {
  if (request['type'] === 'submit') return submit(request['request'] as JobRequest)
  if (request['type'] === 'jobs') return { jobs: [...jobs.values()] }
  if (request['type'] === 'stop') return stop(Number(request['job']))
  if (request['type'] === 'exec' || request['type'] === 'attach') {
    void stream(request).then((reply) => sendJson(socket, reply))
    return undefined
  }
  if (request['type'] === 'nodes') return { partitions: nodeList() }
  if (request['type'] === 'node') return nodeInfo(String(request['name']))
  if (request['type'] === 'control') return control(String(request['name']), request['drain'] === true)
  return { error: 'unknown request' }
}

/** craned's side: one connection a node, whose end means that the node is down. */
function answerCraned(request: Record<string, unknown>, socket: Socket): unknown {
  const node = String(request['node'])
  if (request['type'] === 'register') {
    if (!config.nodes.some(({ name }) => name === node)) return { type: 'refused' }
    if (request['crc'] !== config.crc)
      log('ERROR', `CranedNode #${node} appears to have a diffrent config.yaml than the CraneCtld.`)
    up.set(node, socket)
    socket.once('close', () => {
      if (up.get(node) !== socket) return
      up.delete(node)
      log('INFO', `CranedNode #${node} lost connection.`)
    })
    log('INFO', `CranedNode #${node} is up now.`)
    sendJson(socket, { type: 'registered' })
    loseJobs(node, (request['running'] ?? []) as number[])
    schedule()
    return undefined
  }
  if (request['type'] === 'ended') ended(Number(request['job']), node, request['result'] as NodeResult)
  const job = jobs.get(Number(request['job']))
  if (request['type'] === 'started' && job && !isTerminal(job.status)) {
    job.status = 'RUNNING'
    keep()
  }
  return undefined
}

/** Jobs the control daemon believes to be on a node that has just come back without them. */
function loseJobs(node: string, running: number[]): void {
  for (const job of jobs.values())
    if (job.status === 'RUNNING' && job.nodes.includes(node) && !running.includes(job.id) && !job.results[node])
      setTimeout(() => ended(job.id, node, { status: 'FAILED', exitCode: 326, reason: 'Craned is down' }), 2000)
}

const die = (port: number) => (error: Error) => {
  log('ERROR', `Cannot listen on ${port}: ${error.message}`)
  process.exit(1)
}
serveJson(config.ctldPort, answerUser, die(config.ctldPort))
serveJson(config.internalPort, answerCraned, die(config.internalPort))
log('INFO', 'CraneCtld service ready. (lab stand-in)')
