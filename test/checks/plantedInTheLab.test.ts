// Each check finds its fault on a host of the lab too, in one of the end-to-end tests.
import { expect, it } from 'vitest'
import { loadChecks } from '../../src/run/loadChecks.ts'
import { CRIO_PLANTS } from '../e2e/support/crioPlants.ts'
import { CLOSED, LASTING, OF_BARE_HOSTS, OF_THE_LAB, SPREAD, TOGETHER } from '../e2e/support/doctorFaults.ts'
import { LAB_PLANTS, MODERN_PLANTS } from '../e2e/support/doctorPlants.ts'

/** What end-to-end tests wait for doctor to find. */
const PLANTED = new Set([
  ...Object.keys({ ...OF_BARE_HOSTS, ...OF_THE_LAB, ...CLOSED }),
  ...Object.keys(SPREAD.found),
  ...LASTING.map(([check]) => check),
  ...TOGETHER.flatMap(([checks]) => checks),
  ...[...LAB_PLANTS, ...MODERN_PLANTS, ...CRIO_PLANTS].map(({ check }) => check),
])

it('plants the fault of each check on a host of the lab', async () => {
  const checks = [...(await loadChecks()).values()].flatMap((area) => area.checks.map(({ name }) => name))
  expect(checks.filter((name) => !PLANTED.has(name))).toEqual([])
  expect([...PLANTED].filter((name) => !checks.includes(name))).toEqual([])
})
