// Where there are no live rows: says on stderr, every half minute, what a run is waiting for.
import { escapeLine } from './escapeControl.ts'
import { foldHosts, nodeSetWithCount } from './foldHosts.ts'
import { formatDuration } from './renderRecap.ts'
import { taskName } from './renderTask.ts'
import type { Reporter, Sink } from './reporter.ts'
import { recordTask, type TaskRecord, type TaskRecords, waitingHosts } from './taskRecord.ts'

const EVERY_MS = 30_000

/** Looks on while `reporter` does the reporting. */
export function withWaitingNotices(reporter: Reporter, sink: Sink): Reporter {
  const records: TaskRecords = new Map()
  const timer = setInterval(() => {
    for (const record of records.values()) sink.err(notices(record, Date.now()))
  }, EVERY_MS)
  timer.unref()
  return {
    event(event) {
      recordTask(records, event)
      reporter.event(event)
    },
    async end() {
      clearInterval(timer)
      await reporter.end()
    },
    leave() {
      clearInterval(timer)
      reporter.leave()
    },
  }
}

function notices(record: TaskRecord, now: number): string {
  const silent = waitingHosts(record).map((host) => [host, { what: 'no answer yet', since: record.startedAt }] as const)
  const old = [...record.running, ...silent].filter(([, { since }]) => now - since >= EVERY_MS)
  return foldHosts(old, ({ what }) => what)
    .map(({ hosts, value }) => {
      const time = formatDuration(now - value.since)
      return `waiting for ${nodeSetWithCount(hosts)}, ${time}: ${taskName(record)}: ${escapeLine(value.what, 200)}\n`
    })
    .join('')
}
