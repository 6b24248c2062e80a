// The quick benchmark runs with every change: counts that are exact, ratios with generous bounds, no times.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type BenchRun, failedClaims } from '../../bench/renderTables.ts'
import { projectRoot } from '../../lab/index.ts'

describe('npm run bench -- --quick', () => {
  let run: BenchRun
  let printed: string
  let said: string
  beforeAll(() => {
    const words = ['--import', 'tsx', 'bench/cli.ts', '--quick']
    const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: projectRoot, encoding: 'utf8' })
    printed = stdout
    said = stderr
    run = JSON.parse(readFileSync(join(projectRoot, '.lab/benchmark.json'), 'utf8')) as BenchRun
  }, 600_000)

  it('holds what it claims', () => {
    expect(failedClaims(run.results)).toEqual([])
    expect(said).toMatch(/bench \d+s: every claim held\n$/)
  })

  it('has measured every part, and prints a table of each', () => {
    expect(new Set(run.results.map(({ part }) => part))).toEqual(new Set(['fleet', 'connections', 'peers']))
    expect(run.results.filter(({ runs }) => runs === 0)).toEqual([])
    for (const { table } of run.results) expect(printed).toContain(`### ${table}\n`)
  })

  it('has counted round trips and processes, which do not grow with the tasks', () => {
    const counts = run.results
      .filter(({ id, table }) => id === 'crane-play' && table.startsWith('nothing to change:'))
      .map(({ tasks, figures }) => [
        tasks,
        figures['round trips']?.median,
        figures['processes started on a host']?.median,
      ])
    expect(counts).toEqual([
      [11, 1, 7],
      [100, 1, 7],
    ])
  })
})
