// The SSH part at scale: loader, engine and transport against SSH hosts in another process, at most 64 at once.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundlePrograms } from '../bundlePrograms.ts'
import type { BenchOptions, BenchPart, BenchResult, Figure } from '../result.ts'
import { figure } from '../statistics.ts'
import { type Bounds, checksOf, growthOf } from './checks.ts'
import { type ControllerRun, type Fleet, type Programs, runControllers, type Way } from './controllerRuns.ts'

interface Extent {
  readonly hosts: number
  readonly runs: number
  readonly bounds: Bounds
}

const TASKS = 20
const FORKS = 64

const FULL: Extent = {
  hosts: 1000,
  runs: 3,
  bounds: { cpuMsPerHost: 10, from: 200, heapGrowth: 1.1, residentGrowth: 1.1 },
}

/** A process is still warming up while it sees so few hosts: its compiled code and its pools grow, and work costs more. */
const QUICK: Extent = {
  hosts: 200,
  runs: 3,
  bounds: { cpuMsPerHost: 20, from: 60, heapGrowth: 1.25, residentGrowth: 1.5 },
}

/** What a login takes on a host with PAM and a name service, and what a batch of probes takes. */
const LIFELIKE_PAUSE_MS = 100

export const run: BenchPart = async ({ quick, say }) => {
  const extent = quick ? QUICK : FULL
  const directory = mkdtempSync(join(tmpdir(), 'crane-play-connections-'))
  try {
    const sources = ['hostsProgram', 'controllerProgram'].map((name) => `bench/connections/${name}.ts`)
    const [hosts = '', controller = ''] = await bundlePrograms(directory, sources)
    const programs = { hosts, controller }
    const results = await inTurn(programs, extent, say)
    if (quick) return results
    for (const pauseMs of [0, LIFELIKE_PAUSE_MS]) results.push(...(await threads(programs, extent, pauseMs, say)))
    return results
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

type Say = BenchOptions['say']

async function inTurn(programs: Programs, { hosts, runs, bounds }: Extent, say: Say): Promise<BenchResult[]> {
  const looks = looksFrom(bounds.from, hosts)
  const ways: Way[] = [
    { subject: 'crane-play', threads: 1, forks: FORKS, looks },
    { subject: 'crane-play, known_hosts hashed', threads: 1, forks: FORKS, looks, hashed: true },
  ]
  const fleet: Fleet = { hosts, tasks: TASKS, pauseMs: 0 }
  const measured = await runControllers(programs, fleet, ways, { runs, say })
  return ways.map((way, i): BenchResult => {
    const own = measured[i] ?? []
    return {
      ...rowOf(way, fleet, own),
      table: `SSH: nothing to change, ${TASKS} tasks, ${hosts} hosts in turn, ${FORKS} at once`,
      figures: { ...times(fleet, own), ...memory(own, bounds.from, hosts) },
      checks: checksOf(fleet, FORKS, own, bounds),
    }
  })
}

/**
 * At each multiple of `from`: what is swept often stays near what is held. Left alone for 800 hosts, V8 keeps some
 * 20 MB for the next garbage, which says nothing of leaks.
 */
const looksFrom = (from: number, hosts: number): number[] => [
  ...Array.from({ length: Math.ceil(hosts / from) - 1 }, (_, i) => (i + 1) * from),
  hosts,
]

async function threads(programs: Programs, { hosts, runs }: Extent, pauseMs: number, say: Say): Promise<BenchResult[]> {
  const ways: Way[] = [
    { subject: 'one thread', threads: 1, forks: FORKS, looks: [] },
    { subject: 'two threads', threads: 2, forks: FORKS, looks: [] },
  ]
  const fleet: Fleet = { hosts, tasks: TASKS, pauseMs }
  const measured = await runControllers(programs, fleet, ways, { runs, say })
  const [one = []] = measured
  return ways.map((way, i): BenchResult => {
    const own = measured[i] ?? []
    const toOne = (of: (run: ControllerRun) => number) =>
      figure(
        'ratio',
        own.map((two, n) => of(two) / of(one[n] ?? two)),
      )
    const [wall, cpu] = [toOne(({ word }) => word.wallMs), toOne(({ word }) => word.cpuMs)]
    return {
      ...rowOf(way, fleet, own),
      table: `SSH: controller threads, ${hosts} hosts that log one in within ${pauseMs} ms and answer within ${pauseMs} ms`,
      figures: { ...times(fleet, own), 'wall to one thread': wall, 'CPU to one thread': cpu },
      checks: checksOf(fleet, FORKS, own),
    }
  })
}

/** What of a row is the same in all tables. */
function rowOf({ subject }: Way, { hosts, tasks }: Fleet, runs: readonly ControllerRun[]) {
  const failures = runs.flatMap(({ word }) => word.threads.flatMap((thread) => thread.failures))
  const note = failures.length > 0 ? { note: failures.slice(0, 3).join('; ') } : {}
  return { part: 'connections', subject, hosts, tasks, runs: runs.length, ...note } as const
}

function times({ hosts }: Fleet, runs: readonly ControllerRun[]): Record<string, Figure> {
  const over = (unit: 'ms' | 'count', of: (run: ControllerRun) => number) => figure(unit, runs.map(of))
  return {
    wall: over('ms', ({ word }) => word.wallMs),
    'controller CPU per host': over('ms', ({ word }) => word.cpuMs / hosts),
    'CPU of the host itself': over('ms', ({ counts }) => counts.cpuMs / hosts),
    connections: over('count', ({ counts }) => counts.connections),
    'most open': over('count', ({ word }) => word.threads.reduce((sum, { mostOpen }) => sum + mostOpen, 0)),
    'round trips per host': over('count', ({ word }) => Math.max(...word.threads.map((one) => one.roundTrips.most))),
  }
}

function memory(runs: readonly ControllerRun[], from: number, to: number): Record<string, Figure> {
  const at = (hosts: number, what: 'heapBytes' | 'residentBytes') =>
    figure(
      'bytes',
      runs.map(({ word }) => word.threads[0]?.memory.find((look) => look.hosts === hosts)?.[what] ?? Number.NaN),
    )
  return {
    [`heap after ${from}`]: at(from, 'heapBytes'),
    [`heap after ${to}`]: at(to, 'heapBytes'),
    'heap growth': figure('ratio', growthOf(runs, 'heapBytes')),
    [`resident after ${from}`]: at(from, 'residentBytes'),
    [`resident after ${to}`]: at(to, 'residentBytes'),
    'resident growth': figure('ratio', growthOf(runs, 'residentBytes')),
  }
}
