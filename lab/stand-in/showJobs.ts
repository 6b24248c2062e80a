/** What ccon prints of jobs: its two tables and its inspection JSON. */
import { isTerminal, type Job, statusNumber } from './jobTypes.ts'

/** Left-aligned columns; every cell is padded and followed by a blank, the last one too. */
function table(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  return [header, ...rows]
    .map((row) => row.map((cell, column) => `${cell.padEnd(widths[column] ?? 0)} `).join(''))
    .join('\n')
}

function ago(seconds: number): string {
  const units = [
    [86400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
    [1, 'second'],
  ] as const
  const [size, name] = units.find(([unit]) => seconds >= unit) ?? [1, 'second']
  const count = Math.max(1, Math.floor(seconds / size))
  return `${count} ${name}${count === 1 ? '' : 's'} ago`
}

/** `now` in seconds since the epoch. */
export function psTable(jobs: Job[], now: number): string {
  const rows = jobs.map((job) => [
    `${job.id}.1`,
    job.request.container.image,
    job.request.container.command.join(' ').slice(0, 20),
    ago(now - job.submitted),
    job.status,
    job.nodes.join(','),
  ])
  return table(['CONTAINER', 'IMAGE', 'COMMAND', 'CREATED', 'STATUS', 'NODELIST'], rows)
}

export function podsTable(jobs: Job[], now: number): string {
  const rows = jobs.map((job) => [
    String(job.id),
    job.request.container.name || `job-${job.id}`,
    job.request.partition,
    ago(now - job.submitted),
    job.status,
    job.request.container.ports.map((port) => `${port.host}:${port.container}/${port.protocol}`).join(','),
  ])
  return table(['JOBID', 'POD', 'PARTITION', 'CREATED', 'STATUS', 'PORTS'], rows)
}

/** A job that waits has no step yet. */
export const hasStep = (job: Job): boolean => job.nodes.length > 0

/** Protobuf's Duration and Timestamp as Go's JSON has them; a zero part is absent. */
const time = (seconds: number): Record<string, number> =>
  withoutZeros({ seconds: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) }) as Record<string, number>

/** Times of a job and of its step; the end of one that has not ended is expected at its time limit. */
const timesOf = ({ request, submitted, started, ended }: Job) => ({
  time_limit: request.timeLimit ? time(request.timeLimit) : 0,
  start_time: time(started || submitted),
  end_time: time(ended || (started || submitted) + request.timeLimit),
  submit_time: time(submitted),
})

const endOf = (job: Job) => ({
  status: statusNumber[job.status],
  exit_code: isTerminal(job.status) ? job.exitCode : 0,
})

/** StepInfo as Go prints it: numbers for states, no key for a zero, and no reason of a failure. */
export function inspectStep(job: Job): Record<string, unknown> {
  const { request, nodes, started, ended } = job
  const [command, ...args] = [...request.container.entrypoint, ...request.container.command]
  return withoutZeros({
    type: 2,
    step_type: 2,
    job_id: job.id,
    step_id: 1,
    uid: request.uid,
    gid: [request.gid],
    ...timesOf(job),
    node_num: nodes.length,
    cmd_line: request.cmdLine,
    cwd: request.cwd,
    ntasks: request.ntasks,
    container_meta: withoutZeros({
      image: {
        image: request.container.image,
        server_address: request.container.image.split('/')[0],
        pull_policy: request.container.pullPolicy,
      },
      command,
      args: args.length > 0 ? args : '',
      detached: request.container.detached,
    }),
    ...endOf(job),
    craned_list: nodes.join(','),
    elapsed_time: time(Math.max(0, (ended || Date.now() / 1000) - started)),
    execution_node: nodes,
  })
}

/** JobInfo with its steps: where it runs, or why it waits. */
export function inspectJob(job: Job): Record<string, unknown> {
  const { request, nodes } = job
  const waits = !hasStep(job)
  return withoutZeros({
    type: 2,
    job_id: job.id,
    partition: request.partition,
    uid: request.uid,
    ...timesOf(job),
    account: request.username.toUpperCase(),
    node_num: nodes.length || request.nodes,
    cmd_line: request.cmdLine,
    cwd: request.cwd,
    username: request.username,
    pod_meta: { namespace: {} },
    step_info_list: waits ? '' : [inspectStep(job)],
    ...endOf(job),
    PendingReasonOrCranedList: waits
      ? { PendingReason: request.hold ? 'Held' : 'Resource' }
      : { CranedList: nodes.join(',') },
    execution_node: waits ? '' : nodes,
  })
}

const withoutZeros = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== 0 && value !== '' && value !== false && value !== undefined),
  )
