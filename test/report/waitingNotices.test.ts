// A run without live rows is not silent while it waits.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { withWaitingNotices } from '../../src/report/waitingNotices.ts'
import type { RunEventBody } from '../../src/model/runEvent.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('says every half minute which hosts have been at what for so long, and stops with the report', async () => {
  let err = ''
  const seen: string[] = []
  const reporter = withWaitingNotices(
    { event: (event) => void seen.push(event.type), end: async () => void seen.push('end'), leave: () => {} },
    { out: () => {}, err: (text) => void (err += text) },
  )
  const task = { id: '0/0', name: 'Install', type: 'installPackage', file: 'f', line: 1 }
  const hosts = ['crane02', 'crane03', 'crane04']
  const tell = (body: RunEventBody) => reporter.event({ v: 1, at: Date.now(), ...body })
  tell({ type: 'task-started', play: { index: 0, name: 'p' }, task, hosts, handler: false })
  for (const host of hosts) tell({ type: 'task-running', task, host, what: 'apt-get install' })
  tell({ type: 'task-result', task, host: 'crane04', result: { outcome: 'changed', durationMs: 1 } })
  vi.advanceTimersByTime(29_000)
  expect(err).toBe('')
  vi.advanceTimersByTime(1000)
  const notice = (time: string) => `waiting for crane[02-03] (2 hosts), ${time}: Install: apt-get install\n`
  expect(err).toBe(notice('30.0 s'))
  vi.advanceTimersByTime(60_000)
  expect(err).toBe(notice('30.0 s') + notice('1 min 0 s') + notice('1 min 30 s'))
  const told = err
  await reporter.end()
  vi.advanceTimersByTime(60_000)
  expect(err).toBe(told)
  expect(seen).toEqual(['task-started', 'task-running', 'task-running', 'task-running', 'task-result', 'end'])
})
