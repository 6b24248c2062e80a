// Compares what check mode said of a run with what the run then did, as far as the first thing that could not be known.
import type { RunEvent } from '../../src/model/runEvent.ts'
import type { TaskResult } from '../../src/model/result.ts'

interface Reported {
  readonly task: string
  readonly host: string
  readonly result: TaskResult
  readonly id: string
  /** When the task began on the first host, as the number of an event. */
  readonly began: number
}

function reported(events: readonly RunEvent[]): readonly Reported[] {
  const began = new Map<string, number>()
  return events.flatMap((event, i) => {
    if (event.type === 'task-started') began.set(event.task.id, i)
    if (event.type !== 'task-result') return []
    const { task, host, result } = event
    return [{ task: task.name, id: task.id, host, result, began: began.get(task.id) ?? i }]
  })
}

export interface Difference {
  readonly host: string
  readonly said: string | undefined
  readonly made: string | undefined
}

/** What of a result must be the same. */
function told(one: Reported | undefined): string | undefined {
  if (!one) return undefined
  const { outcome, ignored, rescued, changed, diffs = [] } = one.result
  const marks = [ignored && 'ignored', rescued && 'rescued', changed && 'and changed'].filter(Boolean)
  return [one.task, outcome, ...marks, ...diffs.map(({ subject, unified }) => `${subject} ${unified}`)].join(' ')
}

/**
 * An undecided task may turn out either way, and what follows is still held to what was said of it. Where it failed, the
 * host goes a way that could not be foreseen, and with it whatever depends on that: the comparison ends there. So it does
 * in the task that an accident struck; `accident` is the number of events before it.
 */
export function firstDifference(
  predictedEvents: readonly RunEvent[],
  realEvents: readonly RunEvent[],
  accident?: number,
): Difference | undefined {
  const predicted = reported(predictedEvents)
  const real = reported(realEvents)
  const hosts = [...new Set([...predicted, ...real].map(({ host }) => host))]
  let end = Number.POSITIVE_INFINITY
  let realEnd = Number.POSITIVE_INFINITY
  for (const said of predicted) {
    if (said.result.outcome !== 'undecided' || said.began >= end) continue
    const made = real.find(({ host, task }) => host === said.host && task === said.task)
    if (!made || made.result.ignored || !['failed', 'unreachable'].includes(made.result.outcome)) continue
    end = said.began
    realEnd = made.began
  }
  if (accident !== undefined) {
    const struck = realEvents.slice(0, accident).findLastIndex(({ type }) => type === 'task-started')
    const id = (realEvents[struck] as Extract<RunEvent, { type: 'task-started' }>).task.id
    realEnd = Math.min(realEnd, struck)
    end = Math.min(end, predicted.find((one) => one.id === id)?.began ?? end)
  }
  for (const host of hosts) {
    const mine = (all: readonly Reported[], before: number) =>
      all.filter((one) => one.host === host && one.began < before)
    const made = mine(real, realEnd)
    let at = 0
    let doubt = false
    for (const said of mine(predicted, end)) {
      const one = made[at]
      if (said.result.outcome === 'undecided') {
        doubt = true
        if (one?.task === said.task) at++
        continue
      }
      if (told(said) !== told(one)) return { host, said: told(said), made: told(one) }
      at++
    }
    // What an undecided task would notify may run, and else nothing that was not said.
    const more = made[at]
    if (more && !doubt) return { host, said: undefined, made: told(more) }
  }
  return undefined
}
