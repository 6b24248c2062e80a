// What is known of one task while it runs: a result for each host, and those of a loop's items.
import type { RunEvent, TaskRef } from '../model/runEvent.ts'
import type { TaskResult } from '../model/result.ts'

export interface TaskRecord {
  readonly task: TaskRef
  readonly handler: boolean
  readonly startedAt: number
  readonly hosts: readonly string[]
  readonly results: Map<string, TaskResult>
  readonly items: Map<string, TaskResult[]>
  /** What a host is doing, and since when. */
  readonly running: Map<string, { readonly what: string; readonly since: number }>
}

/** The tasks that are under way, by id, in the order in which they started. */
export type TaskRecords = Map<string, TaskRecord>

/** Brings the records up to date; gives back the record that this event ended, which is then no longer among them. */
export function recordTask(records: TaskRecords, event: RunEvent): TaskRecord | undefined {
  switch (event.type) {
    case 'task-started': {
      records.set(event.task.id, startRecord(event.task, event.handler, event.hosts, event.at))
      return undefined
    }
    case 'task-running': {
      recordOf(records, event).running.set(event.host, { what: event.what, since: event.at })
      return undefined
    }
    case 'item-result': {
      const { items } = recordOf(records, event)
      const before = items.get(event.host)
      if (before) before.push(event.result)
      else items.set(event.host, [event.result])
      return undefined
    }
    case 'task-result': {
      const record = recordOf(records, event)
      record.results.set(event.host, event.result)
      record.running.delete(event.host)
      return undefined
    }
    case 'task-ended': {
      const record = records.get(event.task.id)
      records.delete(event.task.id)
      return record
    }
    default:
      return undefined
  }
}

/** Handlers run only where they are due, so they do not count among a play's tasks to come. */
export const isHandler = (task: TaskRef): boolean => /\/h\d+$/.test(task.id)

/** Hosts that are asked what is, or wait for a connection: they have no result, and nothing is being changed on them. */
export function waitingHosts(record: TaskRecord): string[] {
  return record.hosts.filter((host) => !record.results.has(host) && !record.running.has(host))
}

/** A stream that was cut at the front still makes sense. */
function recordOf(records: TaskRecords, event: { readonly task: TaskRef; readonly at: number }): TaskRecord {
  const known = records.get(event.task.id)
  if (known) return known
  const record = startRecord(event.task, false, [], event.at)
  records.set(event.task.id, record)
  return record
}

function startRecord(task: TaskRef, handler: boolean, hosts: readonly string[], at: number): TaskRecord {
  return { task, handler, startedAt: at, hosts, results: new Map(), items: new Map(), running: new Map() }
}
