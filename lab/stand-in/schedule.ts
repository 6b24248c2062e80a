/** Which nodes a job gets: a pure function of the partition, the nodes that answer, and the jobs that hold cores. */
import { isTerminal, type Job, type JobRequest } from './jobTypes.ts'
import { takeDevices } from './gres.ts'
import { type CraneConfig, gresOf } from './readCraneConfig.ts'

/** Text of a refusal that the front end shows, or undefined when the request can be queued. */
export function refusal(config: CraneConfig, request: JobRequest): string | undefined {
  if (!config.containerEnabled) return 'CRI support is disabled in the cluster.'
  // The stand-in knows the one account CraneSched registers by itself.
  if (request.uid !== 0) return 'The entered account or user does not include this partition'
  const name = request.partition || config.defaultPartition
  const partition = config.partitions.find((one) => one.name === name)
  if (!partition) return 'The entered partition does not exist.'
  if (request.nodelist.some((node) => !partition.nodes.includes(node)))
    return 'Required nodes are not in the specified partition.'
  const cpu = Math.max(0, ...config.nodes.filter((node) => partition.nodes.includes(node.name)).map((node) => node.cpu))
  const lacking = partition.nodes.every((node) => !takeDevices(gresOf(config, node), new Set(), request.gres))
  if (request.cpus > cpu || request.nodes > partition.nodes.length || lacking)
    return 'The resources of the partition are not enough.'
  return undefined
}

/** Nodes for the job now, or undefined while it has to wait. */
export function choose(config: CraneConfig, jobs: readonly Job[], up: Set<string>, job: Job): string[] | undefined {
  const { request } = job
  if (request.hold) return undefined
  const partition = config.partitions.find((one) => one.name === (request.partition || config.defaultPartition))
  const busy = new Map<string, number>()
  for (const other of jobs)
    if (!isTerminal(other.status) && other.id !== job.id)
      for (const node of other.nodes) busy.set(node, (busy.get(node) ?? 0) + other.request.cpus)
  const free = (partition?.nodes ?? []).filter((node) => {
    const cpu = config.nodes.find(({ name }) => name === node)?.cpu ?? 0
    const asked = request.nodelist.length === 0 || request.nodelist.includes(node)
    if (!up.has(node) || !asked || request.exclude.includes(node)) return false
    return cpu - (busy.get(node) ?? 0) >= request.cpus && devicesFor(config, jobs, node, job) !== undefined
  })
  const count = Math.max(request.nodelist.length, Math.min(request.nodes, request.ntasks), 1)
  return free.length >= count ? free.slice(0, count) : undefined
}

/** The devices of a node that the job gets now; undefined where too few are free. */
export function devicesFor(config: CraneConfig, jobs: readonly Job[], node: string, job: Job): string[] | undefined {
  const others = jobs.filter(({ id, status }) => id !== job.id && !isTerminal(status))
  const taken = new Set(others.flatMap(({ devices }) => devices[node] ?? []))
  return takeDevices(gresOf(config, node), taken, job.request.gres)
}

/** What a job is when all its nodes have answered: the worst of them. */
export function outcome(job: Job): void {
  const results = Object.values(job.results)
  const worst = results.find(({ status }) => status !== 'COMPLETED') ?? results[0]
  if (!worst) return
  job.status = worst.status
  job.exitCode = worst.exitCode
  job.reason = worst.reason
}
