// The claims about crane-play compared with the other tools: ratios of the quickest runs in one table, never times.
import type { BenchResult, Check } from '../result.ts'

interface Claim {
  /** The tool's id, and how many times its wall time is that of crane-play at least. */
  readonly than: string
  readonly atLeast: number
}

/** On 20 unchanged hosts with 11 tasks. `pdsh true` does nothing but connect: 1 / 0.8. */
const CLAIMS: readonly Claim[] = [
  { than: 'ansible-default', atLeast: 50 },
  { than: 'ansible-tuned', atLeast: 50 },
  { than: 'mitogen', atLeast: 20 },
  { than: 'pyinfra', atLeast: 4 },
  { than: 'pdsh-true', atLeast: 1.25 },
]

/** On few hosts of a machine that does other things too. */
const GENEROUS: readonly Claim[] = [{ than: 'pdsh-true', atLeast: 0.6 }]

/** A hundred tasks against eleven on the same hosts, none of which has anything to change. */
const HUNDREDS = { 'crane-play': '100 tasks', 'crane-play-blocks': '100 tasks in blocks' }
const MORE_TASKS = { full: 1.2, quick: 2 }

/** The same rows, with what is claimed checked in the rows of crane-play. */
export function ratioChecks(results: readonly BenchResult[], quick: boolean): BenchResult[] {
  const hosts = quick ? 4 : 20
  const unchanged = (tasks: number) => (row: BenchResult) =>
    row.part === 'peers' && row.table.startsWith('nothing to change') && row.hosts === hosts && row.tasks === tasks
  const wall = (rows: readonly BenchResult[], id: string) =>
    rows.find((row) => row.id === id)?.figures['wall']?.quickest
  const eleven = results.filter(unchanged(11))
  const hundred = results.filter(unchanged(100))
  const own = wall(eleven, 'crane-play')
  const checks = (quick ? GENEROUS : CLAIMS).flatMap(({ than, atLeast }): Check[] => {
    const other = wall(eleven, than)
    if (other === undefined || own === undefined) return []
    const title = eleven.find((row) => row.id === than)?.subject ?? than
    return [ratioCheck(`${title}, as a multiple of crane-play`, other / own, 'at least', atLeast)]
  })
  const fewer = wall(hundred, 'crane-play-11')
  const most = MORE_TASKS[quick ? 'quick' : 'full']
  const growth = Object.entries(HUNDREDS).flatMap(([id, what]): Check[] => {
    const more = wall(hundred, id)
    if (more === undefined || fewer === undefined) return []
    return [ratioCheck(`${what}, as a multiple of 11`, more / fewer, 'at most', most)]
  })
  return results.map((row) => {
    if (row.id !== 'crane-play') return row
    if (unchanged(11)(row)) return { ...row, checks: [...row.checks, ...checks] }
    return unchanged(100)(row) ? { ...row, checks: [...row.checks, ...growth] } : row
  })
}

const ratioCheck = (what: string, measured: number, word: 'at least' | 'at most', bound: number): Check => ({
  what,
  expected: `${word} ${bound}`,
  measured: measured.toFixed(2),
  passed: word === 'at least' ? measured >= bound : measured <= bound,
})
