// Each check finds its fault on a host of the lab too, or there is a reason why no such host can have it.
import { expect, it } from 'vitest'
import { loadChecks } from '../../src/run/loadChecks.ts'
import { CRIO_PLANTS } from '../e2e/support/crioPlants.ts'
import { LASTING, OF_BARE_HOSTS, OF_THE_LAB, SPREAD, TOGETHER } from '../e2e/support/doctorFaults.ts'
import { LAB_PLANTS } from '../e2e/support/doctorPlants.ts'

/** What end-to-end tests wait for doctor to find. */
const PLANTED = new Set([
  ...Object.keys({ ...OF_BARE_HOSTS, ...OF_THE_LAB }),
  ...Object.keys(SPREAD.found),
  ...LASTING.map(([check]) => check),
  ...TOGETHER.flatMap(([checks]) => checks),
  ...[...LAB_PLANTS, ...CRIO_PLANTS].map(({ check }) => check),
])

const REST = 'not planted yet'
/** Check → why no host of the lab can have its fault. */
const NOT_PLANTED: Readonly<Record<string, string>> = {
  cniDirectoriesTwice: REST,
  portsClosed: REST,
  streamPortClosed: REST,
  streamsAskForCertificate: REST,
}

it('plants the fault of each check on a host of the lab, or says why not', async () => {
  const checks = [...(await loadChecks()).values()].flatMap((area) => area.checks.map(({ name }) => name))
  const unplanted = checks.filter((name) => !PLANTED.has(name))
  expect(unplanted.toSorted()).toEqual(Object.keys(NOT_PLANTED).toSorted())
  expect([...PLANTED].filter((name) => !checks.includes(name))).toEqual([])
})
