// Keeps every failure of a run and repeats them all at its end, the same one on many hosts once.
import type { Failure, Outcome, TaskResult } from '../model/result.ts'
import { foldHosts, nodeSetWithCount } from './foldHosts.ts'
import type { Palette } from './palette.ts'
import { renderFailure } from './renderFailure.ts'
import { itemText, placeOf, taskName } from './renderTask.ts'
import { escapeLine } from './escapeControl.ts'
import type { TaskRecord } from './taskRecord.ts'

interface Entry {
  readonly record: Pick<TaskRecord, 'task' | 'handler'>
  readonly outcome: Outcome
  readonly item?: string
  readonly failure: Failure
}

const UNSAID: Failure = { cause: 'no cause was given' }

export class FailureLog {
  readonly #entries: [host: string, entry: Entry][] = []

  /** Failures that a playbook ignores are its own business and stay where they happened. */
  add(record: TaskRecord): void {
    const head = { task: record.task, handler: record.handler }
    for (const [host, result] of record.results) {
      if (result.ignored || (result.outcome !== 'failed' && result.outcome !== 'unreachable')) continue
      const items = (record.items.get(host) ?? []).filter((item) => item.outcome === 'failed' && !item.ignored)
      const shown: readonly TaskResult[] = items.length > 0 ? items : [result]
      for (const one of shown) {
        const failure = one.failure ?? result.failure ?? UNSAID
        const item = items.length > 0 ? { item: itemText(one) } : {}
        this.#entries.push([host, { record: head, outcome: result.outcome, failure, ...item }])
      }
    }
  }

  /** Empty when nothing failed. */
  render(palette: Palette): string[] {
    if (this.#entries.length === 0) return []
    const key = ({ record, outcome, item, failure }: Entry) => JSON.stringify([record.task.id, outcome, item, failure])
    const blocks = foldHosts(this.#entries, key).flatMap(({ hosts, value }) => {
      const { record, outcome, item, failure } = value
      const what = `${taskName(record)}${item === undefined ? '' : ` (item ${item})`}`
      const type = `${escapeLine(record.task.type)}, ${placeOf(record)}`
      return [
        `  ${palette.red(`${outcome}: `)}${palette.bold(nodeSetWithCount(hosts))}: ${what}  (${type})`,
        ...renderFailure(failure, palette).map((line) => `      ${line}`),
      ]
    })
    return [palette.red(palette.bold('FAILED')), ...blocks]
  }
}
