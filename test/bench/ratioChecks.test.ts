// What is claimed of crane-play is held against the quickest runs of one table, and a claim that does not hold is seen.
import { expect, test } from 'vitest'
import { ratioChecks } from '../../bench/peers/ratioChecks.ts'
import { failedClaims, renderRun } from '../../bench/renderTables.ts'
import type { BenchResult } from '../../bench/result.ts'
import { figure, median } from '../../bench/statistics.ts'

const row = (id: string, wall: number, tasks = 11, hosts = 20, more = [wall, wall + 20]): BenchResult => ({
  part: 'peers',
  table: `nothing to change: ${tasks} tasks, ${hosts} hosts`,
  subject: `the tool ${id}`,
  id,
  hosts,
  tasks,
  runs: 3,
  figures: { wall: figure('ms', [wall, ...more]) },
  checks: [],
})

const checksOf = (rows: readonly BenchResult[], quick = false) =>
  ratioChecks(rows, quick).flatMap(({ checks }) => checks.map(({ what, measured, passed }) => [what, measured, passed]))

test('each peer in the table, and a hundred tasks against eleven', () => {
  const rows = [row('crane-play', 1000), row('pyinfra', 4500), row('mitogen', 19_000), row('pdsh-true', 1300)]
  const hundreds = [row('crane-play', 1150, 100), row('crane-play-11', 1000, 100), row('crane-play-blocks', 1250, 100)]
  expect(checksOf([...rows, ...hundreds])).toEqual([
    ['the tool mitogen, as a multiple of crane-play', '19.00', false],
    ['the tool pyinfra, as a multiple of crane-play', '4.50', true],
    ['the tool pdsh-true, as a multiple of crane-play', '1.30', true],
    ['100 tasks, as a multiple of 11', '1.15', true],
    ['100 tasks in blocks, as a multiple of 11', '1.25', false],
  ])
})

test('on other numbers of hosts nothing is claimed', () => {
  expect(checksOf([row('crane-play', 1000, 11, 4), row('mitogen', 2000, 11, 4)])).toEqual([])
})

test('the quick benchmark claims less, on four hosts', () => {
  const rows = [
    row('crane-play', 1000, 11, 4),
    row('pdsh-true', 500, 11, 4),
    row('crane-play', 1900, 100, 4),
    row('crane-play-11', 1000, 100, 4),
  ]
  expect(checksOf(rows, true)).toEqual([
    ['the tool pdsh-true, as a multiple of crane-play', '0.50', false],
    ['100 tasks, as a multiple of 11', '1.90', true],
  ])
})

test('a run during which the machine did other things changes no ratio', () => {
  const rows = [row('crane-play', 1000, 100, 20, [1000, 5000]), row('crane-play-11', 1000, 100)]
  expect(checksOf(rows)).toEqual([['100 tasks, as a multiple of 11', '1.00', true]])
})

test('a claim that does not hold is named, with where it was measured', () => {
  const results = ratioChecks([row('crane-play', 1000), row('mitogen', 19_000), row('pyinfra', 4500)], false)
  expect(failedClaims(results)).toEqual([
    'the tool crane-play, nothing to change: 11 tasks, 20 hosts: the tool mitogen, as a multiple of crane-play: expected at least 20, measured 19.00',
  ])
})

test('the table shows medians, spread and multiples, and what could not be had', () => {
  const absent: BenchResult = { ...row('clush', 1), runs: 0, figures: {}, note: 'could not be had: no network' }
  const machine = { processor: 'P', cores: 2, memoryBytes: 24e9, system: 'S', node: 'v20' }
  const [own, other] = [row('crane-play', 1000, 11, 20, [1010, 1020]), row('pyinfra', 4500, 11, 20, [4510, 4520])]
  const results = ratioChecks([own, other, absent], false)
  const text = renderRun({ at: '2026-11-24T00:00:00Z', version: '0.1.0', quick: false, machine, results })
  expect(text).toContain('| **the tool crane-play** | 3 | 1.01 s (1.00–1.02) | 1.00 |')
  expect(text).toContain('| the tool pyinfra | 3 | 4.51 s (4.50–4.52) | 4.47 |')
  expect(text).toContain('- the tool clush: could not be had: no network')
  expect(text).toContain('| yes | the tool crane-play, nothing to change: 11 tasks, 20 hosts | the tool pyinfra,')
})

test.each([
  [[3], 3],
  [[9, 1], 5],
  [[5, 1, 9, 2], 1.5],
  [[9, 1, 8, 2, 7, 3, 6, 5, 4], 2],
])('the quickest of %j', (samples, expected) => {
  expect(figure('ms', samples).quickest).toBe(expected)
})

test('the median', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(() => median([])).toThrow(RangeError)
})
