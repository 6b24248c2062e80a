// The simulated fleet does the same work however it is written: the same results, and one round trip for each host.
import { expect, test } from 'vitest'
import type { FleetShape } from '../../bench/fleet/fleetPlaybook.ts'
import { runFleet } from '../../bench/fleet/runFleet.ts'

const SHAPES: readonly FleetShape[] = ['values', 'expressions', 'facts', 'blocks']

test.each(SHAPES)('%s', async (shape) => {
  const size = { hosts: 50, tasks: 100, shape }
  const figures = await runFleet({ ...size, forks: 10, latencyMs: 0, report: 'none' })
  expect(figures.outcomes).toEqual({ ok: 50 * 95, skipped: 50 * 5 })
  expect(figures.roundTrips).toEqual({ least: 1, most: 1 })
})
