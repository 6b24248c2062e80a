/** What ccon prints of jobs: its two tables and its inspection JSON. */
import { isTerminal, type Job, statusNumber } from './jobTypes.ts'

function table(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(' ')
        .trimEnd(),
    )
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

/** StepInfo as Go prints it: numbers for states, and no key at all for a zero. */
export function inspectStep(job: Job): Record<string, unknown> {
  return withoutZeros({
    job_id: job.id,
    step_id: 1,
    uid: job.request.uid,
    gid: job.request.gid,
    status: statusNumber[job.status],
    exit_code: isTerminal(job.status) ? job.exitCode : 0,
    craned_list: job.nodes.join(','),
    node_num: job.nodes.length,
    cwd: job.request.cwd,
    name: job.request.container.name,
    pending_reason: job.status === 'PENDING' ? 'Resource' : '',
    reason: job.reason,
    container_meta: withoutZeros({
      image: { image: job.request.container.image, pull_policy: job.request.container.pullPolicy },
      command: job.request.container.entrypoint[0] ?? '',
      args: job.request.container.command,
      userns: job.request.container.userns,
    }),
  })
}

/** JobInfo with its steps. */
export function inspectJob(job: Job): Record<string, unknown> {
  const step = inspectStep(job)
  return { ...step, step_id: undefined, partition: job.request.partition, step_info_list: [step] }
}

const withoutZeros = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== 0 && value !== '' && value !== false))
