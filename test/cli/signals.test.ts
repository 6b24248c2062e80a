// The first signal asks, the second leaves, later ones are heard and ignored.
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { watchSignals } from '../../src/cli/signals.ts'

test.each([
  [['SIGINT'], ['first SIGINT']],
  [
    ['SIGINT', 'SIGINT'],
    ['first SIGINT', 'second SIGINT'],
  ],
  [
    ['SIGTERM', 'SIGINT', 'SIGINT'],
    ['first SIGTERM', 'second SIGINT'],
  ],
  [
    ['SIGHUP', 'SIGHUP'],
    ['first SIGHUP', 'second SIGHUP'],
  ],
])('%j', (signals, expected) => {
  const source = new EventEmitter()
  const heard: string[] = []
  const unwatch = watchSignals(source, {
    first: (signal) => void heard.push(`first ${signal}`),
    second: (signal) => void heard.push(`second ${signal}`),
  })
  for (const signal of signals) source.emit(signal, signal)
  expect(heard).toEqual(expected)
  unwatch()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) expect(source.listenerCount(signal)).toBe(0)
})
