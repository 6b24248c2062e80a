// Keeps every failure of a run and shows each cause once at its end, with the hosts that it concerns.
import type { Failure, Outcome, TaskResult } from '../model/result.ts'
import { foldHosts, nodeSetWithCount } from './foldHosts.ts'
import { renderFailure } from './renderFailure.ts'
import { itemText, onDelegate, placeOf, taskName } from './renderTask.ts'
import { escapeLine } from './escapeControl.ts'
import type { ReportOptions } from './reporter.ts'
import { commonFailure, failureKey } from './sameFailure.ts'
import { wrapWords } from './wrapWords.ts'
import type { TaskRecord } from './taskRecord.ts'

interface Entry {
  readonly record: Pick<TaskRecord, 'task' | 'handler'>
  readonly outcome: Outcome
  readonly item?: string
  readonly failure: Failure
  /** The task's result, or that of the item. */
  readonly result: TaskResult
}

const UNSAID: Failure = { cause: 'no cause was given' }

export class FailureLog {
  readonly #entries: [host: string, entry: Entry][] = []

  /** Failures that a playbook ignores or rescues are its own business and stay where they happened. */
  add(record: TaskRecord): void {
    const head = { task: record.task, handler: record.handler }
    for (const [host, result] of record.results) {
      if (result.ignored || result.rescued || (result.outcome !== 'failed' && result.outcome !== 'unreachable'))
        continue
      const items = (record.items.get(host) ?? []).filter((item) => item.outcome === 'failed' && !item.ignored)
      const shown: readonly TaskResult[] = items.length > 0 ? items : [result]
      for (const one of shown) {
        const failure = one.failure ?? result.failure ?? UNSAID
        const item = items.length > 0 ? { item: itemText(one) } : {}
        this.#entries.push([host, { record: head, outcome: result.outcome, failure, result: one, ...item }])
      }
    }
  }

  /** Empty when nothing failed. One block for each cause, that of the most hosts first. */
  render({ palette, verbosity, width }: ReportOptions, hosts: readonly string[]): string[] {
    if (this.#entries.length === 0) return []
    // A host is lost wherever it happens to be: the task does not belong to the cause.
    const key = ({ record, outcome, item, failure, result }: Entry, host: string) =>
      JSON.stringify([
        outcome === 'unreachable' ? '' : record.task.id,
        outcome,
        item,
        failureKey(failure, host),
        result.delegate !== undefined,
      ])
    const groups = foldHosts(this.#entries, key).sort((a, b) => b.hosts.length - a.hosts.length)
    const byKey = new Map<string, [string, Entry][]>()
    for (const [host, entry] of this.#entries) {
      const id = key(entry, host)
      byKey.set(id, [...(byKey.get(id) ?? []), [host, entry]])
    }
    const blocks = groups.flatMap(({ hosts: failed, value }) => {
      const { record, outcome, item } = value
      const alike = byKey.get(key(value, failed[0] ?? '')) ?? []
      const failure = commonFailure(alike.map(([host, entry]) => [host, entry.failure]))
      const on = onDelegate(alike.map(([, { result }]) => result))
      const what = `${taskName(record)}${item === undefined ? '' : ` (item ${item})`}`
      const type = `${escapeLine(record.task.type)}, ${placeOf(record)}`
      const who = nodeSetWithCount(failed, hosts, verbosity >= 1)
      return [
        `  ${palette.red(`${outcome}: `)}${palette.bold(who + on)}: ${what}  (${type})`,
        ...renderFailure(failure, palette).map((line) => `      ${line}`),
      ].flatMap((line) => wrapWords(line, width))
    })
    return [palette.red(palette.bold('FAILED')), ...blocks]
  }
}
