// Plain lines: one for each task and outcome, complete in itself, in a stable order and form.
import type { RunEvent, TaskRef } from '../model/runEvent.ts'
import { ConnectionLog } from './connectionLog.ts'
import { displayWidth } from './displayWidth.ts'
import { escapeControl, escapeLine } from './escapeControl.ts'
import { FailureLog } from './failureLog.ts'
import { countOf, shortNodeSet } from './foldHosts.ts'
import { type Interrupted, renderInterrupted } from './renderInterrupted.ts'
import { renderHandlersLeft, renderRecap, renderTotals, type RunEnded } from './renderRecap.ts'
import { type HostWarning, placeOf, renderTask, renderWarnings, taskName, warningsOf } from './renderTask.ts'
import type { Reporter, ReportOptions, Sink } from './reporter.ts'
import { wrapWords } from './wrapWords.ts'
import { isHandler, recordTask, type TaskRecord, type TaskRecords } from './taskRecord.ts'

/** Longer names push their node sets to the right, rather than all others' too. */
const WIDEST_NAME = 44

export function plainReporter(sink: Sink, options: ReportOptions): Reporter {
  const report = new PlainReport(sink, options)
  return { event: (event) => report.event(event), end: async () => report.end(), leave: () => report.end() }
}

class PlainReport {
  readonly #sink: Sink
  readonly #options: ReportOptions
  readonly #records: TaskRecords = new Map()
  readonly #failures = new FailureLog()
  readonly #warnings: HostWarning[] = []
  readonly #connections: ConnectionLog
  #check = false
  #hosts: readonly string[] = []
  /** Ids of the tasks that check mode makes all the same; one that only reads is run too. */
  #madeInCheck: ReadonlySet<string> = new Set()
  /** One of these was made on some host. */
  #acted = false
  #layout = { nameColumn: 0, countDigits: 1 }
  #interrupted: Interrupted | undefined
  #ended = false

  constructor(sink: Sink, options: ReportOptions) {
    this.#sink = sink
    this.#options = options
    this.#connections = new ConnectionLog(sink)
  }

  event(event: RunEvent): void {
    const { palette, verbosity } = this.#options
    if (event.type !== 'host-connected') this.#connections.flush()
    const finished = recordTask(this.#records, event)
    if (finished) this.#finish(finished)
    switch (event.type) {
      case 'run-started':
        this.#check = event.check
        this.#hosts = event.hosts
        this.#madeInCheck = new Set(event.madeInCheck?.map(({ id }) => id))
        if (event.check) this.#print(checkHead(event))
        return
      case 'host-connected':
        if (verbosity >= 1) this.#connections.add(event)
        return
      case 'play-started': {
        this.#layout = { nameColumn: nameColumn(event.tasks), countDigits: String(event.hosts.length).length }
        const size = `${countOf(event.hosts.length, 'host')}, ${countOf(event.tasks.filter((task) => !isHandler(task)).length, 'task')}`
        // Of a play whose tasks `--tags` left out, nothing is to be seen.
        if (event.tasks.every(isHandler)) return
        const name = `PLAY ${escapeLine(event.play.name)}`
        this.#print([palette.bold(`${name}: ${shortNodeSet(event.hosts, this.#hosts, verbosity >= 1)} (${size})`)])
        return
      }
      case 'play-ended':
        this.#finishAll()
        return
      case 'warning': {
        const who = event.host === undefined ? '' : `${escapeLine(event.host)}: `
        this.#sink.err(`warning: ${who}${escapeLine(event.message)}\n`)
        return
      }
      case 'trace':
        if (verbosity >= 3) this.#trace(event.host, event.what === 'sent' ? '>' : '<', event.text)
        return
      case 'interrupted':
        this.#interrupted = event
        return
      case 'run-ended':
        this.#finishAll()
        this.#recap(event)
        return
      case 'task-running':
        this.#acted ||= this.#madeInCheck.has(event.task.id)
        return
      case 'task-started':
      case 'item-result':
      case 'task-result':
      case 'task-ended':
        return
      default:
        event satisfies never
    }
  }

  /** A run that did not reach its recap (a bug, a second interrupt) still says what is known. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#connections.flush()
    this.#finishAll()
    this.#printEnd([])
  }

  #recap(event: RunEnded): void {
    this.#ended = true
    const { palette, verbosity, width } = this.#options
    this.#printEnd([
      palette.bold('RECAP'),
      ...renderRecap(event, palette, width, verbosity >= 1),
      // Those of a host's second play say no more.
      ...renderWarnings(firstOfEach(this.#warnings), palette).flatMap((line) => wrapWords(`  ${line}`, width)),
      ...renderHandlersLeft(event, palette).flatMap((line) => wrapWords(line, width)),
    ])
    const context = { check: this.#check, acted: this.#acted, verbosity, signal: this.#interrupted?.signal }
    this.#print(wrapWords(renderTotals(event, context, palette), width))
  }

  /** What nobody may miss stands last: failures, the recap, and how an interrupt left the hosts. */
  #printEnd(recap: readonly string[]): void {
    const { palette, width } = this.#options
    const left = this.#interrupted
      ? renderInterrupted(this.#interrupted, palette).flatMap((line) => wrapWords(line, width))
      : []
    for (const block of [this.#failures.render(this.#options, this.#hosts), recap, left])
      if (block.length > 0) this.#print(['', ...block])
  }

  #finishAll(): void {
    for (const record of this.#records.values()) this.#finish(record)
    this.#records.clear()
  }

  #finish(record: TaskRecord): void {
    this.#failures.add(record)
    this.#warnings.push(...warningsOf(record))
    this.#print(renderTask(record, this.#layout, this.#options))
  }

  #trace(host: string, mark: string, text: string): void {
    const lines = escapeControl(text.replace(/\n$/, '')).split('\n')
    this.#sink.err(lines.map((line) => `${escapeLine(host)} ${mark} ${line}\n`).join(''))
  }

  #print(lines: readonly string[]): void {
    if (lines.length > 0) this.#sink.out(`${lines.join('\n')}\n`)
  }
}

const firstOfEach = (warnings: readonly HostWarning[]) => [
  ...new Map(warnings.map((warning) => [warning.join('\0'), warning])).values(),
]

/** What check mode keeps from happening, and what not. */
function checkHead({ hosts, madeInCheck = [] }: Extract<RunEvent, { readonly type: 'run-started' }>): string[] {
  const head = `CHECK MODE: nothing will be changed on ${countOf(hosts.length, 'host')}`
  if (madeInCheck.length === 0) return [head]
  const tasks = madeInCheck.map((task) => `  ${taskName({ task, handler: isHandler(task) })}  (${placeOf({ task })})`)
  return [`${head} except by tasks with check_mode: false:`, ...tasks]
}

function nameColumn(tasks: readonly TaskRef[]): number {
  return Math.min(
    WIDEST_NAME,
    Math.max(0, ...tasks.map((task) => displayWidth(taskName({ task, handler: isHandler(task) })))),
  )
}
