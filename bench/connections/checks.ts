// What must hold for every run on SSH hosts: exact for counts, with a margin for measurements.
import { atMost, exact } from '../makeChecks.ts'
import type { Check } from '../result.ts'
import { median } from '../statistics.ts'
import type { Memory } from './controller.ts'
import type { ControllerRun, Fleet } from './controllerRuns.ts'

/** With room: a busy machine costs processor time too. */
export interface Bounds {
  readonly cpuMsPerHost: number
  /** The memory after this host is compared with that after the last one. */
  readonly from: number
  /** Of what somebody still holds, and of the process as the kernel sees it. */
  readonly heapGrowth: number
  readonly residentGrowth: number
}

/** Of twenty tasks of the fleet's playbook one is skipped on all hosts. */
const SKIPPED_OF = 20

export function checksOf(fleet: Fleet, forks: number, runs: readonly ControllerRun[], bounds?: Bounds): Check[] {
  const { hosts, tasks } = fleet
  const skipped = Math.floor(tasks / SKIPPED_OF) * hosts
  const over = <T>(of: (run: ControllerRun) => T): T[] => runs.map(of)
  const threadsOf = ({ word }: ControllerRun) => word.threads
  const checks = [
    exact(
      'outcomes',
      outcomesText({ ok: hosts * tasks - skipped, skipped }),
      ...over((run) => outcomesText(sumUp(threadsOf(run).map(({ outcomes }) => outcomes)))),
    ),
    exact(
      'hosts reached, by which transport',
      `${hosts} ssh2`,
      ...over((run) => {
        const how = Object.entries(sumUp(threadsOf(run).map((thread) => thread.how)))
        return how.map(([name, count]) => `${count} ${name}`).join(', ')
      }),
    ),
    exact(
      'connections made and logins',
      `${hosts} and ${hosts}`,
      ...over(({ counts }) => `${counts.connections} and ${counts.logins}`),
    ),
    exact(
      'round trips of a host, least and most',
      '1 and 1',
      ...over((run) => {
        const trips = threadsOf(run).map(({ roundTrips }) => roundTrips)
        return `${Math.min(...trips.map(({ least }) => least))} and ${Math.max(...trips.map(({ most }) => most))}`
      }),
    ),
    atMost(
      'connections open at once',
      forks,
      Math.max(...over((run) => threadsOf(run).reduce((sum, { mostOpen }) => sum + mostOpen, 0))),
    ),
  ]
  if (!bounds) return checks
  const { cpuMsPerHost, from, heapGrowth, residentGrowth } = bounds
  return [
    ...checks,
    atMost('controller CPU per host, ms', cpuMsPerHost, median(over(({ word }) => word.cpuMs / hosts))),
    atMost(`heap from host ${from} to ${hosts}, times`, heapGrowth, median(growthOf(runs, 'heapBytes'))),
    atMost(`resident from host ${from} to ${hosts}, times`, residentGrowth, median(growthOf(runs, 'residentBytes'))),
  ]
}

/** The last look at the memory by the first one, of each run. */
export const growthOf = (runs: readonly ControllerRun[], what: keyof Memory): number[] =>
  runs.map(({ word }) => {
    const looks = word.threads[0]?.memory ?? []
    return (looks.at(-1)?.[what] ?? Number.NaN) / (looks[0]?.[what] ?? Number.NaN)
  })

function sumUp(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const [name, count] of counts.flatMap(Object.entries<number>)) sum[name] = (sum[name] ?? 0) + count
  return sum
}

const outcomesText = (outcomes: Readonly<Record<string, number>>): string =>
  Object.entries(outcomes)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
