// The lines of one finished task: one for each outcome with its hosts, and below it what a person needs to know.
import { OUTCOMES, type TaskResult } from '../model/result.ts'
import { padToWidth } from './displayWidth.ts'
import { escapeLine } from './escapeControl.ts'
import { foldHosts, type Folded, nodeSet, nodeSetWithCount, shortNodeSet } from './foldHosts.ts'
import { outcomeWord, OUTCOME_COLUMN } from './outcomeWord.ts'
import { paintOutcome, type Palette } from './palette.ts'
import { renderDiff } from './renderDiff.ts'
import { renderFailure } from './renderFailure.ts'
import type { ReportOptions } from './reporter.ts'
import { commonFailure, failureKey } from './sameFailure.ts'
import type { TaskRecord } from './taskRecord.ts'
import { wrapWords } from './wrapWords.ts'

const INDENT = '      '

export interface TaskLayout {
  /** Columns of the name, so that node sets stand below each other. */
  readonly nameColumn: number
  /** Of the number of hosts in the play. */
  readonly countDigits: number
}

/** Whole lines without line ends. A host without a result (an interrupted run) has no line. */
export function renderTask(record: TaskRecord, layout: TaskLayout, options: ReportOptions): string[] {
  const total = Math.max(record.hosts.length, record.results.size)
  const place = options.verbosity >= 2 ? `  (${record.task.type}, ${placeOf(record)})` : ''
  const name = padToWidth(taskName(record), layout.nameColumn)
  const lines: string[] = []
  for (const group of foldResults(record)) {
    const { hosts, value: result } = group
    if (options.verbosity < 0 && (result.outcome === 'ok' || result.outcome === 'skipped')) continue
    // What the playbook itself deals with is shown here; all other failures are shown at the end.
    const settled = isSettled(result)
    const word = padToWidth(outcomeWord(result), OUTCOME_COLUMN)
    const count = `${hosts.length}/${total}`.padStart(2 * layout.countDigits + 1)
    const notes = notesOf(record, hosts, options.verbosity)
    const note = notes.length === 1 && notes[0]?.hosts.length === hosts.length ? notes[0].value : ''
    const paint = paintOutcome(options.palette, result.outcome, settled)
    const cause = result.failure && !settled ? causeOf(record, group) : ''
    const said = note === '' ? cause : note
    const who = shortNodeSet(hosts, record.hosts, options.verbosity >= 1)
    lines.push(
      `  ${paint(word)} ${count}  ${name}  ${who}${onDelegate(hosts.map((host) => record.results.get(host)))}${said ? `: ${said}` : ''}${place}`,
    )
    const below = [
      ...(note === '' ? noteLines(notes, record, options.verbosity) : []),
      ...itemLines(record, group, options),
      ...(settled && !someItemFailed(record, group) ? failureLines(result, options) : []),
    ]
    lines.push(...below.map((line) => INDENT + line))
  }
  lines.push(...renderWarnings(warningsOf(record), options.palette).map((line) => INDENT + line))
  const diffs = (record.task.diff ?? options.diff) ? diffLines(record, options) : []
  return [...lines.flatMap((line) => wrapWords(line, options.width)), ...diffs.map((line) => INDENT + line)]
}

/** The first line of what went wrong; all of it is in the list of failures. */
function causeOf(record: TaskRecord, { hosts }: Folded<TaskResult>): string {
  const failures = hosts.flatMap((host) => {
    const failure = record.results.get(host)?.failure
    return failure ? [[host, failure] as const] : []
  })
  return escapeLine(commonFailure(failures).cause.split('\n', 1)[0] ?? '', 200)
}

/** As every line names it. */
export function taskName(record: Pick<TaskRecord, 'task' | 'handler'>): string {
  return escapeLine(record.task.name, 200) + (record.handler ? ' (handler)' : '')
}

export function placeOf({ task }: Pick<TaskRecord, 'task'>): string {
  return `${escapeLine(task.file)}:${task.line}`
}

/** ` -> crane02` of failures on other hosts than those that the task is counted for. */
export function onDelegate(results: readonly (TaskResult | undefined)[]): string {
  const names = results.flatMap((result) => (result?.failure && result.delegate) ?? [])
  return names.length === 0 ? '' : ` -> ${escapeLine(nodeSet([...new Set(names)]))}`
}

function foldResults(record: TaskRecord): Folded<TaskResult>[] {
  const groups = foldHosts(record.results, (result, host) =>
    result.failure || result.ignored
      ? JSON.stringify([
          result.outcome,
          result.ignored,
          result.rescued,
          failureKey(result.failure, host),
          result.delegate !== undefined,
        ])
      : outcomeWord(result),
  )
  return groups.sort((a, b) => OUTCOMES.indexOf(a.value.outcome) - OUTCOMES.indexOf(b.value.outcome))
}

/** Notes that name their host are as many as hosts: only so many are shown, unless all are asked for with `-vv`. */
const NOTES = 5

function notesOf(record: TaskRecord, hosts: readonly string[], verbosity: number): Folded<string>[] {
  const entries: [string, string][] = []
  for (const host of hosts) {
    for (const result of noted(record, host)) {
      const note = shownNote(record, result, verbosity)
      if (note !== '') entries.push([host, note])
    }
  }
  return foldHosts(entries, (note) => note)
}

/** What is printed for the items of a loop is all to be read; of other loops the result says enough. */
function noted({ task, results, items }: TaskRecord, host: string): readonly TaskResult[] {
  const result = results.get(host)
  if (!result) return []
  const own = task.type === 'print' ? (items.get(host) ?? []) : []
  const alike = own.filter(({ outcome }) => outcome === result.outcome)
  return alike.length > 0 ? alike : [result]
}

function noteLines(notes: readonly Folded<string>[], record: TaskRecord, verbosity: number): string[] {
  const most = NOTES * Math.max(1, ...[...record.items.values()].map(({ length }) => length))
  const shown = verbosity >= 2 ? notes : notes.slice(0, most)
  const lines = shown.map(({ hosts, value }) => `${nodeSet(hosts)}: ${value}`)
  if (shown.length < notes.length) lines.push(`... and ${notes.length - shown.length} more (-vv shows all)`)
  return lines
}

/** What is printed, what would be done, what cannot be known and what was proved now are always said; other evidence and reasons with `-v`. */
function shownNote({ task }: TaskRecord, result: TaskResult, verbosity: number): string {
  const always =
    task.type === 'print' || result.outcome === 'undecided' || result.verified === true || result.predicted === true
  const note = result.note !== undefined && (always || verbosity >= 1) ? escapeLine(result.note) : ''
  if (note === '' && result.outcome === 'undecided') return 'depends on an earlier change'
  return [note, triedOften(result)].filter((part) => part !== '').join(', ')
}

/** Of a failure the cause says it. */
const triedOften = ({ attempts = 1, failure }: TaskResult): string =>
  attempts > 1 && !failure ? `after ${attempts} attempts` : ''

const isSettled = ({ ignored, rescued }: TaskResult): boolean => ignored === true || rescued === true

const someItemFailed = ({ items }: TaskRecord, { hosts }: Folded<TaskResult>): boolean =>
  hosts.some((host) => items.get(host)?.some(({ outcome }) => outcome === 'failed'))

/** Items of a loop: those that failed, and all others with `-v`. */
function itemLines(record: TaskRecord, group: Folded<TaskResult>, options: ReportOptions): string[] {
  const settled = isSettled(group.value)
  const shown: [string, TaskResult][] = []
  for (const host of group.hosts)
    for (const item of record.items.get(host) ?? [])
      if (item.outcome === 'failed' || options.verbosity >= 1) shown.push([host, item])
  const folded = foldHosts(shown, (item) =>
    JSON.stringify([outcomeWord(item), item.item, item.failure, item.attempts, item.delegate]),
  )
  return folded.flatMap(({ hosts, value }) => {
    const word = outcomeWord(value)
    const paint = paintOutcome(options.palette, value.outcome, value.ignored === true)
    const on =
      hosts.length === group.hosts.length ? '' : ` on ${nodeSetWithCount(hosts, record.hosts, options.verbosity >= 1)}`
    // The cause of a failure that counts is in the list of failures, and the first one above.
    const all = value.failure ? failureLines(value, options) : []
    const cause = settled ? all : value.failure?.cause === group.value.failure?.cause ? [] : all.slice(0, 1)
    const often = triedOften(value)
    return [
      `${paint(word)} item ${itemText(value)}${on}${onDelegate([value])}${often && `: ${often}`}`,
      ...cause.map((line) => `  ${line}`),
    ]
  })
}

/** An item as the user wrote it: a string without quotes, anything else as JSON. */
export function itemText(result: TaskResult): string {
  return escapeLine(typeof result.item === 'string' ? result.item : JSON.stringify(result.item ?? null), 100)
}

function failureLines(result: TaskResult, { palette }: ReportOptions): string[] {
  return result.failure ? renderFailure(result.failure, palette) : []
}

/** A host's result, then those of its loop's items. */
function* ownResults(record: TaskRecord): Generator<readonly [string, TaskResult]> {
  for (const entry of record.results) {
    yield entry
    for (const item of record.items.get(entry[0]) ?? []) yield [entry[0], item]
  }
}

/** A host and what it warns of. */
export type HostWarning = readonly [host: string, text: string]

/** Takes a task's record and returns its warnings, those of a loop's items too. */
export function warningsOf(record: TaskRecord): HostWarning[] {
  return [...ownResults(record)].flatMap(([host, { warnings = [] }]) => warnings.map((text) => [host, text] as const))
}

/** Each warning once, with all hosts that share it. */
export function renderWarnings(warnings: readonly HostWarning[], palette: Palette): string[] {
  return foldHosts(warnings, (text) => text).map(
    ({ hosts, value }) => `${palette.yellow('warning:')} ${nodeSetWithCount(hosts)}: ${escapeLine(value)}`,
  )
}

/** Each diff once, with all hosts that share it. */
function diffLines(record: TaskRecord, options: ReportOptions): string[] {
  const entries: [string, NonNullable<TaskResult['diffs']>[number]][] = []
  for (const [host, one] of ownResults(record)) for (const diff of one.diffs ?? []) entries.push([host, diff])
  return foldHosts(entries, (diff) => `${diff.subject}\0${diff.unified}`).flatMap(({ hosts, value }) => [
    `${options.palette.bold('diff')} ${escapeLine(value.subject)} on ${nodeSetWithCount(hosts)}`,
    ...renderDiff(value, options.palette, options.verbosity >= 2),
  ])
}
