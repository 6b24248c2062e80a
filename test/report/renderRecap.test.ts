// The one line with the sums: each host counts once, as the worst of it.
import { expect, test } from 'vitest'
import type { HostCounts } from '../../src/model/runEvent.ts'
import { COLOURLESS } from '../../src/report/palette.ts'
import { renderHandlersLeft, renderTotals, type TotalsContext } from '../../src/report/renderRecap.ts'
import { NO_COUNTS } from './runEvents.ts'

const CONTEXT: TotalsContext = { check: false, acted: false, verbosity: 0 }

function totals(hosts: readonly Partial<HostCounts>[], context: Partial<TotalsContext> = {}): string {
  const recap = Object.fromEntries(hosts.map((counts, i) => [`crane0${i + 1}`, { ...NO_COUNTS, ...counts }]))
  const ended = { v: 1, at: 0, type: 'run-ended', recap, durationMs: 4210, roundTrips: {} } as const
  return renderTotals(ended, { ...CONTEXT, ...context }, COLOURLESS).replace('; 4.2 s', '')
}

test.each<[said: string, ...hosts: Partial<HostCounts>[]]>([
  ['0 hosts'],
  ['2 hosts: 2 unchanged', { ok: 1 }, { skipped: 1 }],
  ['2 hosts: 1 unchanged, 1 not reached by any task', { ok: 1 }, {}],
  ['2 hosts: 1 unchanged, 1 with ignored failures; 2 failures ignored', { ok: 9 }, { ok: 9, ignored: 2 }],
  ['1 host: 1 changed; 2 changes; 1 failure ignored', { changed: 2, ignored: 1 }],
  [
    '2 hosts: 1 would change, 1 changed; 1 change; 2 changes would be made',
    { changed: 2, predicted: 1 },
    { changed: 1, predicted: 1 },
  ],
  ['1 host: 1 unreachable (crane01); 1 change', { changed: 1, unreachable: 1 }],
  ['3 hosts: 1 changed, 2 failed (crane[02-03]); 3 changes', { changed: 3 }, { failed: 1 }, { failed: 1 }],
])('%s', (said, ...hosts) => {
  expect(totals(hosts)).toBe(said)
})

test('handlers that were notified and did not run are named, hosts folded', () => {
  const ref = (name: string) => ({ id: name, name, type: 'restartService', file: 'site.yml', line: 1 })
  const handlersLeft = { crane02: [ref('restart a'), ref('restart b')], crane03: [ref('restart a')] }
  const ended = { v: 1, at: 0, type: 'run-ended', recap: {}, handlersLeft, durationMs: 1, roundTrips: {} } as const
  expect(renderHandlersLeft(ended, COLOURLESS)).toEqual([
    '  not run: "restart a" on crane[02-03], although notified',
    '  not run: "restart b" on crane02, although notified',
  ])
})
