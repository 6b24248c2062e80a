// npm run bench [-- --quick]: every part of the benchmark, its tables, and whether what is claimed held.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { labDown, LabProblem, labState, projectRoot } from '../lab/index.ts'
import { run as connections } from './connections/index.ts'
import { run as fleet } from './fleet/index.ts'
import { machine } from './machine.ts'
import { run as peers } from './peers/index.ts'
import { type BenchRun, failedClaims, renderRun } from './renderTables.ts'
import type { BenchPart, BenchResult } from './result.ts'

const PARTS: Readonly<Record<string, BenchPart>> = { fleet, connections, peers }

interface Options {
  readonly quick: boolean
  readonly part: readonly string[]
  readonly only?: string
}

const program = new Command('bench')
  .description('Measures crane-play against its peers, against a simulated fleet, and over a thousand connections.')
  .option('--quick', 'a few minutes: pdsh and the floors, small fleets, generous bounds', false)
  .addOption(new Option('--part <name...>', 'only these parts').choices(Object.keys(PARTS)).default(Object.keys(PARTS)))
  .option('--only <text>', 'of the peers only the tables whose title holds it, such as "100 tasks, 20 hosts"')
  .parse()
const { quick, part, only } = program.opts<Options>()

const labWasUp = labState() !== undefined
const started = Date.now()
const say = (line: string) => process.stderr.write(`bench ${((Date.now() - started) / 1000).toFixed(0)}s: ${line}\n`)

try {
  const results: BenchResult[] = []
  for (const name of part)
    results.push(...((await PARTS[name]?.({ quick, say, ...(only !== undefined && { only }) })) ?? []))
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }
  const run: BenchRun = { at: new Date().toISOString(), version, quick, machine: machine(), results }
  const tables = renderRun(run)
  process.stdout.write(`${tables}\n`)
  keep(run, tables)
  const failed = failedClaims(results)
  for (const claim of failed) say(`NOT HELD: ${claim}`)
  say(failed.length ? `claims that did not hold: ${failed.length}` : 'every claim held')
  process.exitCode = failed.length ? 1 : 0
} catch (error) {
  if (!(error instanceof LabProblem)) throw error
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 1
} finally {
  if (part.includes('peers') && !labWasUp) await labDown()
}

/** Below .lab/ as data and text. What is not quick goes into docs/ too, in place of the same tables there. */
function keep(run: BenchRun, tables: string): void {
  const lab = join(projectRoot, '.lab')
  mkdirSync(lab, { recursive: true })
  writeFileSync(join(lab, 'benchmark.json'), asJson(run))
  writeFileSync(join(lab, 'benchmark.md'), `${tables}\n`)
  if (run.quick) return
  const data = join(projectRoot, 'bench/benchmark.json')
  const page = join(projectRoot, 'docs/benchmark.md')
  const before = existsSync(data) ? (JSON.parse(readFileSync(data, 'utf8')) as BenchRun).results : []
  const whole = { ...run, results: inPlace(before, run.results) }
  writeFileSync(data, asJson(whole))
  const text = readFileSync(page, 'utf8')
  const marked = /(?<=<!-- begin -->\n)[\s\S]*(?=<!-- end -->)/
  writeFileSync(
    page,
    text.replace(marked, () => `\n${renderRun(whole)}\n\n`),
  )
}

function asJson(run: BenchRun): string {
  return `${JSON.stringify(run, null, 1)}\n`
}

/** The rows of a table that was measured again stand where it stood; those of a new one at the end. */
function inPlace(before: readonly BenchResult[], now: readonly BenchResult[]): BenchResult[] {
  const tables = [...new Set([...before, ...now].map(({ table }) => table))]
  return tables.flatMap((table) => {
    const again = now.filter((row) => row.table === table)
    return again.length > 0 ? again : before.filter((row) => row.table === table)
  })
}
