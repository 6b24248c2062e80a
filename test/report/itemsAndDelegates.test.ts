// What the plain report says of the items of a loop and of tasks that are done on another host.
import { expect, test } from 'vitest'
import type { TaskResult } from '../../src/model/result.ts'
import { COLOURLESS } from '../../src/report/palette.ts'
import { plainReporter } from '../../src/report/plainReporter.ts'
import { on, type TaskStory, tell } from './runEvents.ts'

function report(...tasks: TaskStory[]) {
  let out = ''
  const sink = { out: (more: string) => void (out += more), err: () => {} }
  const reporter = plainReporter(sink, { verbosity: 0, diff: false, palette: COLOURLESS })
  const hosts = [...new Set(tasks.flatMap(({ results }) => Object.keys(results)))]
  for (const event of tell({ hosts, plays: [{ name: 'all', tasks }] })) reporter.event(event)
  reporter.leave()
  return out
}

const printed = (item: string) => ({ outcome: 'ok', item, note: `disk ${item}` }) as const

test('what a loop prints is shown for each item, with the hosts that it is of', () => {
  const summary = { outcome: 'ok', note: 'disk sda, and 1 more' } as const
  const out = report({
    name: 'show',
    type: 'print',
    items: {
      crane02: [printed('sda'), printed('sdb')],
      crane03: [printed('sda'), { outcome: 'skipped', item: 'sdb', note: 'not due' }],
    },
    results: on(['crane02', 'crane03'], summary),
  })
  expect(out).toContain(`\
  ok           2/2  show  crane[02-03]
      crane[02-03]: disk sda
      crane02: disk sdb
`)
})

test('a print of many items is not cut to the few notes of other tasks', () => {
  const items = Array.from({ length: 12 }, (_, i) => printed(`sd${i}`))
  const out = report({
    name: 'show',
    type: 'print',
    items: { crane02: items },
    results: on(['crane02'], printed('sd0')),
  })
  expect(out.match(/disk sd\d+$/gm)).toHaveLength(12)
})

test('an ignored failure of several items says what each of them failed with', () => {
  const failed = (item: string): Pick<TaskResult, 'outcome'> & Partial<TaskResult> => ({
    outcome: 'failed',
    ignored: true,
    item,
    failure: { cause: `no module ${item}`, exitStatus: 1 },
  })
  const out = report({
    name: 'load',
    items: { crane02: [failed('a'), { outcome: 'ok', item: 'b' }, failed('c')] },
    results: { crane02: failed('a') },
  })
  expect(out).toContain(`\
  ignored      1/1  load  crane02
      ignored item a
        no module a
        exit status: 1
      ignored item c
        no module c
        exit status: 1

`)
})

test('a failure on a delegate names it, and is not that of the delegate itself', () => {
  const unreachable = { outcome: 'unreachable', failure: { cause: 'no route' } } as const
  const delegated = { ...unreachable, delegate: 'db' }
  const out = report(
    { name: 'look', results: { crane01: { outcome: 'ok' }, db: unreachable } },
    { name: 'register', results: { crane01: delegated } },
  )
  expect(out).toContain('  unreachable  1/2  register  crane01 -> db: no route\n')
  expect(out).toContain('  unreachable: db: look  (run, deploy.yml:10)\n')
  expect(out).toContain('  unreachable: crane01 -> db: register  (run, deploy.yml:20)\n')
})

test('one cause on a delegate of each host is shown once', () => {
  const on1 = (delegate: string) => ({ outcome: 'failed', delegate, failure: { cause: 'no power' } }) as const
  const out = report({ name: 'power', results: { crane01: on1('bmc01'), crane02: on1('bmc02') } })
  expect(out).toContain('  failed: crane[01-02] (2 hosts) -> bmc[01-02]: power  (run, deploy.yml:10)\n')
})

test('a delegated task that does well is not longer than another', () => {
  expect(report({ name: 'a', results: { crane01: { outcome: 'ok', delegate: 'db' } } })).toContain('  a  crane01\n')
})
