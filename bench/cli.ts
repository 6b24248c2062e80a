// npm run bench [-- --quick]: every part of the benchmark, its tables, and whether what is claimed held.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { labDown, LabProblem, labState, projectRoot } from '../lab/index.ts'
import { run as connections } from './connections/index.ts'
import { run as fleet } from './fleet/index.ts'
import { machine } from './machine.ts'
import { run as peers } from './peers/index.ts'
import { type BenchRun, renderRun } from './renderTables.ts'
import type { BenchPart, BenchResult } from './result.ts'

const PARTS: Readonly<Record<string, BenchPart>> = { fleet, connections, peers }

interface Options {
  readonly quick: boolean
  readonly part: readonly string[]
}

const program = new Command('bench')
  .description('Measures crane-play against its peers, against a simulated fleet, and over a thousand connections.')
  .option('--quick', 'a few minutes: pdsh and the floors, small fleets, generous bounds', false)
  .addOption(new Option('--part <name...>', 'only these parts').choices(Object.keys(PARTS)).default(Object.keys(PARTS)))
  .parse()
const { quick, part } = program.opts<Options>()

const labWasUp = labState() !== undefined
const started = Date.now()
const say = (line: string) => process.stderr.write(`bench ${((Date.now() - started) / 1000).toFixed(0)}s: ${line}\n`)

try {
  const results: BenchResult[] = []
  for (const name of part) results.push(...((await PARTS[name]?.({ quick, say })) ?? []))
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }
  const run: BenchRun = { at: new Date().toISOString(), version, quick, machine: machine(), results }
  const tables = renderRun(run)
  process.stdout.write(`${tables}\n`)
  keep(run, tables)
  const failed = results.flatMap((row) => row.checks.filter(({ passed }) => !passed))
  say(failed.length ? `${failed.length} claims did not hold` : 'every claim held')
  process.exitCode = failed.length ? 1 : 0
} catch (error) {
  if (!(error instanceof LabProblem)) throw error
  process.stderr.write(`bench: ${error.message}\n`)
  process.exitCode = 1
} finally {
  if (part.includes('peers') && !labWasUp) await labDown()
}

/** Below .lab/ as data and text; the whole benchmark also in docs/benchmark.md, between its marks. */
function keep(run: BenchRun, tables: string): void {
  const folder = join(projectRoot, '.lab')
  mkdirSync(folder, { recursive: true })
  const json = `${JSON.stringify(run, null, 1)}\n`
  writeFileSync(join(folder, 'benchmark.json'), json)
  writeFileSync(join(folder, 'benchmark.md'), `${tables}\n`)
  if (run.quick || part.length < Object.keys(PARTS).length) return
  const page = join(projectRoot, 'docs/benchmark.md')
  const text = readFileSync(page, 'utf8')
  writeFileSync(page, text.replace(/(?<=<!-- begin -->\n)[\s\S]*(?=<!-- end -->)/, `\n${tables}\n\n`))
  writeFileSync(join(projectRoot, 'docs/benchmark.json'), json)
}
