// Runs the simulated fleet at several sizes and checks the claims: microseconds per task, bytes per host, frames per second.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { v8Flags } from '../../bin/loadProgram.js'
import { bundlePrograms } from '../bundlePrograms.ts'
import { atMost, exact } from '../makeChecks.ts'
import type { BenchOptions, BenchResult, Check } from '../result.ts'
import { figure } from '../statistics.ts'
import type { FleetShape } from './fleetPlaybook.ts'
import type { FleetFigures, FleetRun } from './runFleet.ts'

interface FleetCase extends Pick<FleetRun, 'report' | 'oneFaultIn'> {
  readonly title: string
  readonly shape: FleetShape
  readonly hosts: number
  readonly runs: number
}

const TASKS = 100
/** As the product bounds them by default where the file limit allows it. */
const FORKS = 1000
const LATENCY_MS = 2

const ENGINE = { title: 'engine alone', report: 'none', shape: 'values' } as const
const EXPRESSIONS = { title: 'engine alone, evaluated group_vars', report: 'none', shape: 'expressions' } as const
const FACTS = { title: 'the same, and a fact in `when`', report: 'none', shape: 'facts' } as const
const BLOCKS = { title: 'engine alone, tasks in blocks', report: 'none', shape: 'blocks' } as const
const RECORDS = { title: 'engine, records on disk', report: 'records', shape: 'values' } as const
const TERMINAL = { title: 'engine, records on disk, terminal', report: 'terminal', shape: 'values' } as const
const FAULTY = { ...TERMINAL, title: 'the same, one host in 50 fails', oneFaultIn: 50 } as const

const FULL: readonly FleetCase[] = [1000, 10_000].flatMap((hosts) =>
  [ENGINE, EXPRESSIONS, FACTS, BLOCKS, RECORDS, TERMINAL, FAULTY].map((kind) => ({
    ...kind,
    hosts,
    runs: hosts > 1000 ? 2 : 5,
  })),
)
const QUICK: readonly FleetCase[] = [
  { ...ENGINE, hosts: 100, runs: 3 },
  { ...ENGINE, hosts: 1000, runs: 3 },
  { ...EXPRESSIONS, hosts: 1000, runs: 3 },
  { ...FACTS, hosts: 1000, runs: 3 },
  { ...BLOCKS, hosts: 1000, runs: 3 },
  { ...TERMINAL, hosts: 1000, runs: 3 },
  { ...FAULTY, hosts: 1000, runs: 1 },
]

/**
 * Upper bounds. Quick runs share the machine with whatever else it does, which adds to a run's processor time too:
 * what compares two kinds of runs takes the least of each.
 */
const BOUNDS = {
  full: {
    microsecondsPerTask: 20,
    heapBytesPerHost: 100_000,
    framesInASecond: 10,
    growth: 1.1,
    evaluated: 1.05,
    blocks: 1.2,
  },
  quick: {
    microsecondsPerTask: 60,
    heapBytesPerHost: 200_000,
    framesInASecond: 10,
    growth: 2,
    evaluated: 1.5,
    blocks: 1.5,
  },
}

export async function run({ quick, say }: BenchOptions): Promise<BenchResult[]> {
  const directory = mkdtempSync(join(tmpdir(), 'crane-play-bench-'))
  try {
    const [program = ''] = await bundlePrograms(directory, ['bench/fleet/measure.ts'])
    const results: BenchResult[] = []
    const bounds = BOUNDS[quick ? 'quick' : 'full']
    const plan = quick ? QUICK : FULL
    for (const hosts of new Set(plan.map((one) => one.hosts))) {
      const samples = new Map<FleetCase, FleetFigures[]>(
        plan.flatMap((one) => (one.hosts === hosts ? [[one, []]] : [])),
      )
      // In turns, so that all of them see the machine in the same mood.
      for (let turn = 1; [...samples.keys()].some(({ runs }) => turn <= runs); turn++)
        for (const [one, taken] of samples) {
          if (turn > one.runs) continue
          const figures = await measure(program, one)
          taken.push(figures)
          const cost = figures.microsecondsPerTask.toFixed(1)
          say(`fleet: ${hosts} hosts × ${TASKS} tasks, ${one.title}: ${turn} of ${one.runs}: ${cost} µs a task`)
        }
      for (const [one, taken] of samples) results.push(rowOf(one, taken, bounds))
    }
    return withGrowth(withForms(results, bounds), bounds.growth)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measure(program: string, { hosts, report, shape, oneFaultIn }: FleetCase): Promise<FleetFigures> {
  const order: FleetRun = {
    hosts,
    tasks: TASKS,
    shape,
    forks: FORKS,
    latencyMs: LATENCY_MS,
    report,
    ...(oneFaultIn && { oneFaultIn }),
  }
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...v8Flags,
    '--expose-gc',
    program,
    JSON.stringify(order),
  ])
  return JSON.parse(stdout) as FleetFigures
}

function rowOf(one: FleetCase, samples: readonly FleetFigures[], bounds: typeof BOUNDS.full): BenchResult {
  const all = (read: (figures: FleetFigures) => number) => samples.map(read)
  const microseconds = figure(
    'µs',
    all((sample) => sample.microsecondsPerTask),
  )
  const heap = figure(
    'bytes',
    all((sample) => sample.heapBytesPerHost),
  )
  const frames = figure(
    'count',
    all((sample) => sample.framesInASecond),
  )
  const faulty = one.oneFaultIn === undefined ? 0 : Math.floor(one.hosts / one.oneFaultIn)
  const checks: Check[] = [
    exact('results that are ok or skipped', (one.hosts - faulty) * TASKS, ...all(({ outcomes }) => plain(outcomes))),
    exact('results that are unreachable', faulty, ...all(({ outcomes }) => outcomes['unreachable'] ?? 0)),
    exact(
      'results of other kinds',
      0,
      ...all(({ outcomes }) => total(outcomes) - plain(outcomes) - (outcomes['unreachable'] ?? 0)),
    ),
    exact('round trips of a host', 1, ...all((sample) => sample.roundTrips.most)),
    ...(one.report === 'none'
      ? [atMost('processor time for a task on a host, µs', bounds.microsecondsPerTask, microseconds.median)]
      : []),
    atMost('memory held for a host, bytes', bounds.heapBytesPerHost, heap.median),
    ...(one.report === 'terminal' ? [atMost('frames in the fullest second', bounds.framesInASecond, frames.most)] : []),
  ]
  return {
    part: 'fleet',
    table: `simulated hosts, nothing to change, ${TASKS} tasks`,
    subject: one.title,
    hosts: one.hosts,
    tasks: TASKS,
    runs: samples.length,
    figures: {
      'CPU of the run': figure(
        'ms',
        all((sample) => sample.runMs),
      ),
      'a task on a host': microseconds,
      'memory a host': heap,
      'loading playbook and inventory': figure(
        'ms',
        all((sample) => sample.loadMs),
      ),
      'longest block': figure(
        'ms',
        all((sample) => sample.longestBlockMs),
      ),
      ...(one.report === 'terminal' && { 'frames in a second': frames }),
    },
    checks,
  }
}

type Outcomes = FleetFigures['outcomes']
const plain = ({ ok = 0, skipped = 0 }: Outcomes): number => ok + skipped
const total = (outcomes: Outcomes): number => Object.values(outcomes).reduce((sum, count) => sum + count, 0)

/** The same work in another form against the plain one: what it costs to load and to run, both together. */
function withForms(results: readonly BenchResult[], most: typeof BOUNDS.full): BenchResult[] {
  const forms = new Map<string, readonly [what: string, most: number]>([
    [EXPRESSIONS.title, ['variables that are data', most.evaluated]],
    [BLOCKS.title, ['tasks without blocks', most.blocks]],
  ])
  const cost = ({ figures }: BenchResult) =>
    (figures['CPU of the run']?.least ?? Number.NaN) + (figures['loading playbook and inventory']?.least ?? Number.NaN)
  return results.map((row) => {
    const plain = results.find(({ subject, hosts }) => subject === ENGINE.title && hosts === row.hosts)
    const form = forms.get(row.subject)
    if (!form || !plain) return row
    const [what, bound] = form
    const claim = `processor time to load and run, as a multiple of ${what}`
    return { ...row, checks: [...row.checks, atMost(claim, bound, cost(row) / cost(plain))] }
  })
}

/** The largest fleet against the smallest one in the same kind of run: the cost may grow as the hosts do. */
function withGrowth(results: readonly BenchResult[], factor: number): BenchResult[] {
  return results.map((row) => {
    const same = results.filter(({ subject }) => subject === row.subject)
    const least = same.reduce((a, b) => (b.hosts < a.hosts ? b : a))
    if (least.hosts === row.hosts) return row
    const cost = ({ figures }: BenchResult) => figures['CPU of the run']?.least ?? Number.NaN
    const what = `processor time of ${row.hosts} hosts, as a multiple of ${least.hosts}`
    return {
      ...row,
      checks: [...row.checks, atMost(what, (row.hosts / least.hosts) * factor, cost(row) / cost(least))],
    }
  })
}
