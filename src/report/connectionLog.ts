// For `-v`: which transport reached which hosts and why, folded, since a run may open thousands at once.
import type { RunEvent } from '../model/runEvent.ts'
import { escapeLine } from './escapeControl.ts'
import { foldHosts, nodeSetWithCount } from './foldHosts.ts'
import type { Sink } from './reporter.ts'

export type Connected = Extract<RunEvent, { readonly type: 'host-connected' }>

export class ConnectionLog {
  readonly #sink: Sink
  #events: Connected[] = []

  constructor(sink: Sink) {
    this.#sink = sink
  }

  add(event: Connected): void {
    this.#events.push(event)
  }

  flush(): void {
    if (this.#events.length === 0) return
    const entries = this.#events.map((event): [string, Connected] => [event.host, event])
    this.#events = []
    const slowest = new Map<string, number>()
    const key = (event: Connected) => JSON.stringify([event.how, event.why])
    for (const [, event] of entries) {
      slowest.set(key(event), Math.max(slowest.get(key(event)) ?? 0, Math.round(event.durationMs)))
    }
    for (const { hosts, value } of foldHosts(entries, key)) {
      const why = value.why === undefined ? '' : ` (${escapeLine(value.why)})`
      const time = `${hosts.length > 1 ? 'at most ' : ''}${slowest.get(key(value))} ms`
      this.#sink.err(`connected to ${nodeSetWithCount(hosts)} with ${escapeLine(value.how)}${why} in ${time}\n`)
    }
  }
}
