// Ctrl-C and similar: the first signal stops the run in an orderly way, the second exits at once.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type StopSignal = (typeof SIGNALS)[number]

export interface SignalHandlers {
  readonly first: (signal: StopSignal) => void
  readonly second: (signal: StopSignal) => void
}

/** What emits signals: the process. */
export interface SignalSource {
  on(signal: StopSignal, listener: (signal: StopSignal) => void): unknown
  off(signal: StopSignal, listener: (signal: StopSignal) => void): unknown
}

/** Returns what stops watching. */
export function watchSignals(source: SignalSource, handlers: SignalHandlers): () => void {
  let seen = 0
  const listener = (signal: StopSignal) => {
    seen++
    if (seen === 1) handlers.first(signal)
    else if (seen === 2) handlers.second(signal)
  }
  for (const signal of SIGNALS) source.on(signal, listener)
  return () => {
    for (const signal of SIGNALS) source.off(signal, listener)
  }
}
