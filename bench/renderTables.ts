// Results as Markdown: a table for each case, with what each figure is as a multiple of crane-play's, and the checks.
import type { Machine } from './machine.ts'
import type { BenchResult, Figure } from './result.ts'

export interface BenchRun {
  /** ISO 8601. */
  readonly at: string
  readonly version: string
  readonly quick: boolean
  readonly machine: Machine
  readonly results: readonly BenchResult[]
}

export function renderRun({ at, version, quick, machine, results }: BenchRun): string {
  const gigabytes = Math.round(machine.memoryBytes / 1e9)
  const place = `${machine.processor}, ${machine.cores} cores, ${gigabytes} GB, ${machine.system}, Node ${machine.node}`
  const tables = [...new Set(results.map(({ table }) => table))]
  return [
    `crane-play ${version}, ${at.slice(0, 10)}${quick ? ', the quick benchmark' : ''}. ${place}; controller and hosts share it.`,
    ...tables.map((table) =>
      renderTable(
        table,
        results.filter((row) => row.table === table),
      ),
    ),
    renderChecks(results),
  ].join('\n\n')
}

function renderTable(table: string, rows: readonly BenchResult[]): string {
  const measured = rows.filter(({ runs }) => runs > 0)
  const left = rows.filter(({ runs }) => runs === 0).map((row) => `- ${row.subject}: ${row.note ?? 'not measured'}`)
  if (measured.length === 0) return [`### ${table}`, left.join('\n')].join('\n\n')
  const columns = [...new Set(measured.flatMap(({ figures }) => Object.keys(figures)))]
  const own = measured.find(({ id }) => id === 'crane-play')?.figures['wall']?.median
  const several = new Set(measured.map(({ hosts }) => hosts)).size > 1
  const head = ['', ...(several ? ['hosts'] : []), 'runs', ...columns, ...(own === undefined ? [] : ['× crane-play'])]
  const body = measured.map((row) => [
    row.id === 'crane-play' ? `**${row.subject}**` : row.subject,
    ...(several ? [String(row.hosts)] : []),
    String(row.runs),
    ...columns.map((column) => cell(row.figures[column])),
    ...(own === undefined ? [] : [multiple(row.figures['wall'], own)]),
  ])
  const lines = [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...body].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  return [`### ${table}`, lines.join('\n'), ...(left.length ? [left.join('\n')] : [])].join('\n\n')
}

const multiple = (figure: Figure | undefined, own: number): string =>
  figure === undefined ? '' : (figure.median / own).toFixed(figure.median / own < 10 ? 2 : 0)

/** The median, and in brackets the least and the most. */
function cell(figure: Figure | undefined): string {
  if (!figure) return ''
  const { median, least, most } = figure
  const { unit, divisor, digits } = SCALES[figure.unit](median)
  const [middle, low, high] = [median, least, most].map((value) => (value / divisor).toFixed(digits))
  return `${middle}${unit}${low === high ? '' : ` (${low}–${high})`}`
}

interface Scale {
  readonly unit: string
  readonly divisor: number
  readonly digits: number
}

/** By the median, so that a cell has one unit. */
const SCALES: Readonly<Record<Figure['unit'], (median: number) => Scale>> = {
  ms: (median) => (median < 100 ? { unit: ' ms', divisor: 1, digits: 1 } : { unit: ' s', divisor: 1000, digits: 2 }),
  µs: () => ({ unit: ' µs', divisor: 1, digits: 1 }),
  bytes: (median) =>
    median < 1e6 ? { unit: ' KB', divisor: 1000, digits: 0 } : { unit: ' MB', divisor: 1e6, digits: 0 },
  count: () => ({ unit: '', divisor: 1, digits: 0 }),
  ratio: () => ({ unit: '', divisor: 1, digits: 2 }),
}

function renderChecks(results: readonly BenchResult[]): string {
  const lines = results.flatMap((row) =>
    row.checks.map(
      ({ what, expected, measured, passed }) =>
        `| ${passed ? 'yes' : '**NO**'} | ${placeOf(row)} | ${what} | ${expected} | ${measured} |`,
    ),
  )
  return [
    '### What was checked',
    ['| held | where | what | expected | measured |', '| --- | --- | --- | --- | --- |', ...lines].join('\n'),
  ].join('\n\n')
}

/** The claims that did not hold, one a line. */
export function failedClaims(results: readonly BenchResult[]): string[] {
  return results.flatMap((row) =>
    row.checks.flatMap(({ what, expected, measured, passed }) =>
      passed ? [] : [`${placeOf(row)}: ${what}: expected ${expected}, measured ${measured}`],
    ),
  )
}

/** The subject and its table, and how many hosts there were where the table does not give it. */
function placeOf({ subject, table, hosts }: BenchResult): string {
  const counted = table.includes('hosts,') || table.endsWith('hosts')
  return `${subject}, ${table}${counted ? '' : `, ${hosts} hosts`}`
}
