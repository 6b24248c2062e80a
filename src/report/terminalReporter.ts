// For a terminal: the plain report scrolls above a few live rows that show what is running.
import type { RunEvent } from '../model/runEvent.ts'
import { startListrView, type TerminalStream } from './listrView.ts'
import { LiveState } from './liveRows.ts'
import type { Palette } from './palette.ts'
import { plainReporter } from './plainReporter.ts'
import type { Reporter, ReportOptions, Sink } from './reporter.ts'

export interface TerminalOptions extends ReportOptions {
  /** Where the live rows are drawn: stderr, so that stdout may be a file. */
  readonly terminal: TerminalStream
  readonly terminalPalette: Palette
  readonly now?: () => number
  /** Milliseconds between frames. Default 125: eight a second, or fewer where a frame comes late. */
  readonly every?: number
}

/** Text is written between two frames, so that it never mixes with the rows. */
export interface TerminalReporter extends Reporter {
  readonly sink: Sink
  /** Takes the rows away while a person is asked something. */
  aside<T>(work: () => Promise<T>): Promise<T>
}

export function terminalReporter(sink: Sink, options: TerminalOptions): TerminalReporter {
  const now = options.now ?? Date.now
  const live = new LiveState()
  let pending: { readonly to: 'out' | 'err'; text: string }[] = []
  let ended = false

  const hold = (to: 'out' | 'err', text: string) => {
    if (ended) return sink[to](text)
    const last = pending.at(-1)
    if (last?.to === to) last.text += text
    else pending.push({ to, text })
  }
  const flush = () => {
    const texts = pending
    pending = []
    for (const { to, text } of texts) sink[to](text)
  }
  const held: Sink = { out: (text) => hold('out', text), err: (text) => hold('err', text) }
  const plain = plainReporter(held, options)
  const view = startListrView({
    terminal: options.terminal,
    palette: options.terminalPalette,
    rows: (limit) => live.rows(now(), limit),
    above: flush,
    ...(options.every !== undefined && { every: options.every }),
  })

  return {
    sink: held,
    event(event: RunEvent) {
      live.event(event)
      plain.event(event)
    },
    async aside(work) {
      const release = view.hold()
      try {
        return await work()
      } finally {
        release()
      }
    },
    async end() {
      if (ended) return
      await plain.end()
      await view.end()
      ended = true
      flush()
    },
    leave() {
      if (ended) return
      plain.leave()
      view.leave()
      ended = true
      flush()
    },
  }
}
