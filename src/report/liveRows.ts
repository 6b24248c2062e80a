// What the live part of a terminal shows: the play, its running steps with counts, slow hosts, and what comes next.
import type { PlayRef, RunEvent, TaskRef } from '../model/runEvent.ts'
import type { Outcome } from '../model/result.ts'
import { escapeLine } from './escapeControl.ts'
import { countOf, foldHosts, nodeSet, nodeSetWithCount } from './foldHosts.ts'
import { outcomeWord } from './outcomeWord.ts'
import { taskName } from './renderTask.ts'
import { isHandler, recordTask, type TaskRecord, type TaskRecords, waitingHosts } from './taskRecord.ts'

export interface LiveRow {
  readonly state: 'running' | 'waiting' | 'failed'
  readonly text: string
}

/** However large the run: more rows than a terminal has cannot be redrawn. */
export const MOST_ROWS = 15
const SLOW_MS = 3000
const SLOW_ROWS = 5
const NEXT_ROWS = 4

export class LiveState {
  readonly #records: TaskRecords = new Map()
  #play: { readonly ref: PlayRef; readonly hosts: number; readonly tasks: readonly TaskRef[] } | undefined
  #plays = 1
  readonly #done = new Set<string>()
  #hosts = 0
  #connected = 0
  #stopping = ''

  event(event: RunEvent): void {
    const finished = recordTask(this.#records, event)
    if (finished) this.#done.add(finished.task.id)
    switch (event.type) {
      case 'run-started':
        this.#hosts = event.hosts.length
        this.#plays = Math.max(1, event.plays.length)
        return
      case 'host-connected':
        this.#connected++
        return
      case 'play-started':
        this.#play = {
          ref: event.play,
          hosts: event.hosts.length,
          tasks: event.tasks.filter((task) => !isHandler(task)),
        }
        this.#done.clear()
        return
      case 'interrupted':
        this.#stopping = `interrupted by ${event.signal}`
        return
      default:
        return
    }
  }

  /** At most `limit` rows, the most important first. */
  rows(now: number, limit = MOST_ROWS): LiveRow[] {
    const rows: LiveRow[] = [{ state: 'running', text: this.#head() }]
    for (const record of this.#records.values()) rows.push(...taskRows(record, now))
    rows.push(...this.#next())
    return rows.length <= limit ? rows : rows.slice(0, Math.max(1, limit))
  }

  #head(): string {
    if (this.#stopping) return this.#stopping
    if (!this.#play) return `connecting to ${countOf(this.#hosts, 'host')}, ${this.#connected} connected`
    const { ref, hosts, tasks } = this.#play
    const which = this.#plays > 1 ? ` ${ref.index + 1}/${this.#plays}` : ''
    const done = tasks.filter((task) => this.#done.has(task.id)).length
    return `PLAY${which} ${escapeLine(ref.name, 200)}  ${done}/${tasks.length} tasks on ${countOf(hosts, 'host')}`
  }

  #next(): LiveRow[] {
    const waiting = (this.#play?.tasks ?? []).filter((task) => !this.#done.has(task.id) && !this.#records.has(task.id))
    const shown = waiting.slice(0, NEXT_ROWS)
    const rows: LiveRow[] = shown.map((task) => ({ state: 'waiting', text: `  ${escapeLine(task.name, 200)}` }))
    const left = waiting.length - shown.length
    if (left > 0) rows.push({ state: 'waiting', text: `  and ${countOf(left, 'task')} more` })
    return rows
  }
}

function taskRows(record: TaskRecord, now: number): LiveRow[] {
  // A handler that is due on no host.
  if (record.hosts.length === 0 && record.results.size === 0) return []
  const failed = [...record.results].filter(([, result]) => isBad(result.outcome) && !result.ignored && !result.rescued)
  const state = failed.length > 0 ? 'failed' : 'running'
  const rows: LiveRow[] = [{ state: 'running', text: `  ${taskName(record)}  ${liveCounts(record)}` }]
  if (failed.length > 0) rows.push({ state, text: `    failed: ${nodeSet(failed.map(([host]) => host))}` })
  const slow = [...record.running]
    .filter(([, { since }]) => now - since >= SLOW_MS)
    .sort((a, b) => a[1].since - b[1].since)
  const groups = foldHosts(slow, ({ what }) => what)
  for (const { hosts, value } of groups.slice(0, SLOW_ROWS)) {
    const seconds = Math.floor((now - value.since) / 1000)
    rows.push({
      state: 'running',
      text: `    ${nodeSetWithCount(hosts)}  ${seconds} s  ${escapeLine(value.what, 200)}`,
    })
  }
  const rest = groups.slice(SLOW_ROWS).flatMap(({ hosts }) => hosts)
  if (rest.length > 0) rows.push({ state: 'running', text: `    and ${rest.length} more: ${nodeSet(rest)}` })
  const waiting = now - record.startedAt >= SLOW_MS ? waitingHosts(record) : []
  if (waiting.length > 0) {
    const seconds = Math.floor((now - record.startedAt) / 1000)
    rows.push({ state: 'running', text: `    waiting ${seconds} s for an answer from ${nodeSet(waiting)}` })
  }
  return rows
}

const isBad = (outcome: Outcome): boolean => outcome === 'failed' || outcome === 'unreachable'

/** `38/40 ok, 2 changed, 1 failed`: well (unchanged or changed) of all, then the other outcomes. */
function liveCounts(record: TaskRecord): string {
  const counts = new Map<string, number>()
  let well = 0
  for (const result of record.results.values()) {
    if (result.outcome === 'ok' || result.outcome === 'changed') well++
    if (result.outcome === 'ok') continue
    const word = outcomeWord(result)
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const total = Math.max(record.hosts.length, record.results.size)
  return [`${well}/${total} ok`, ...[...counts].map(([word, count]) => `${count} ${word}`)].join(', ')
}
