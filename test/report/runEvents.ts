// Builds event streams for the reporters' tests: a play, its tasks, and what became of each host.
import { hasChanged, type TaskResult } from '../../src/model/result.ts'
import {
  type HostCounts,
  type HostLeft,
  RUN_EVENT_VERSION,
  type RunEvent,
  type RunEventBody,
  type TaskRef,
} from '../../src/model/runEvent.ts'

export const NO_COUNTS: HostCounts = {
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  undecided: 0,
  ignored: 0,
  rescued: 0,
  predicted: 0,
}

type Told = Partial<TaskResult> & Pick<TaskResult, 'outcome'>

export interface TaskStory {
  readonly name: string
  readonly type?: string
  readonly line?: number
  readonly handler?: boolean
  readonly diff?: boolean
  /** The task has `check_mode: false`. */
  readonly madeInCheck?: boolean
  /** Where its steps are made, not only decided. */
  readonly making?: readonly string[]
  /** By host; each has one result, or items and a result. */
  readonly results: Readonly<Record<string, Told>>
  readonly items?: Readonly<Record<string, readonly Told[]>>
}

export interface RunStory {
  readonly check?: boolean
  readonly hosts: readonly string[]
  readonly plays: readonly { readonly name: string; readonly tasks: readonly TaskStory[] }[]
  readonly interrupted?: { readonly signal: string; readonly hosts: Readonly<Record<string, HostLeft>> }
  /** Put before the end of the run. */
  readonly extra?: readonly RunEventBody[]
}

const full = (told: Told): TaskResult => ({ durationMs: 5, ...told })

/** The events in the order in which an engine emits them; the recap is counted from the results. */
export function tell(story: RunStory): RunEvent[] {
  const bodies: RunEventBody[] = []
  const plays = story.plays.map(({ name }, index) => ({ index, name }))
  const recap = new Map(story.hosts.map((host) => [host, { ...NO_COUNTS }]))
  const refs = story.plays.map(({ tasks }, index) =>
    tasks.map(
      (task, i): TaskRef => ({
        id: `${index}/${task.handler ? 'h' : ''}${i}`,
        name: task.name,
        type: task.type ?? 'run',
        file: 'deploy.yml',
        line: task.line ?? 10 * (i + 1),
        ...(task.diff !== undefined && { diff: task.diff }),
      }),
    ),
  )
  const madeInCheck = refs.flatMap((ofPlay, index) =>
    ofPlay.filter((_, i) => story.plays[index]?.tasks[i]?.madeInCheck),
  )
  bodies.push({
    type: 'run-started',
    playbooks: ['deploy.yml'],
    hosts: story.hosts,
    check: story.check ?? false,
    ...(madeInCheck.length > 0 && { madeInCheck }),
    plays,
    forks: 32,
  })
  story.plays.forEach(({ tasks }, index) => {
    const play = plays[index] ?? { index, name: '' }
    bodies.push({ type: 'play-started', play, hosts: story.hosts, tasks: refs[index] ?? [] })
    tasks.forEach((task, i) => {
      const ref = refs[index]?.[i]
      if (!ref) return
      const handler = task.handler ?? false
      bodies.push({ type: 'task-started', play, task: ref, hosts: story.hosts, handler })
      for (const host of task.making ?? []) bodies.push({ type: 'task-running', task: ref, host, what: 'make it' })
      for (const [host, items] of Object.entries(task.items ?? {})) {
        for (const item of items) bodies.push({ type: 'item-result', task: ref, host, result: full(item) })
      }
      for (const [host, told] of Object.entries(task.results)) {
        bodies.push({ type: 'task-result', task: ref, host, result: full(told) })
        const counts = recap.get(host)
        if (counts) counts[told.ignored ? 'ignored' : told.outcome]++
        if (counts && told.changed) counts.changed++
        if (counts && told.predicted && hasChanged(told)) counts.predicted++
      }
      bodies.push({ type: 'task-ended', task: ref })
    })
    bodies.push({ type: 'play-ended', play })
  })
  bodies.push(...(story.extra ?? []))
  if (story.interrupted) bodies.push({ type: 'interrupted', ...story.interrupted })
  const roundTrips = Object.fromEntries(story.hosts.map((host) => [host, 2]))
  bodies.push({ type: 'run-ended', recap: Object.fromEntries(recap), durationMs: 4210, roundTrips })
  return bodies.map((body, i) => ({ v: RUN_EVENT_VERSION, at: 1_700_000_000_000 + i, ...body }))
}

/** The same told result for several hosts. */
export function on(hosts: readonly string[], told: Told): Record<string, Told> {
  return Object.fromEntries(hosts.map((host) => [host, told]))
}
