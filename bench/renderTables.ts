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
  const { median, least, most, unit } = figure
  const spread = least === most ? '' : ` (${[least, most].map((value) => amount(value, unit)).join('–')})`
  return `${amount(median, unit)}${UNITS[unit]}${spread}`
}

const UNITS: Readonly<Record<Figure['unit'], string>> = { ms: ' s', µs: ' µs', bytes: ' MB', count: '', ratio: '' }

function amount(value: number, unit: Figure['unit']): string {
  switch (unit) {
    case 'ms':
      return (value / 1000).toFixed(2)
    case 'bytes':
      return value < 1e6 ? (value / 1e6).toFixed(3) : (value / 1e6).toFixed(0)
    case 'count':
      return String(Math.round(value))
    default:
      return value.toFixed(1)
  }
}

function renderChecks(results: readonly BenchResult[]): string {
  const lines = results.flatMap((row) =>
    row.checks.map(({ what, expected, measured, passed }) => {
      const where = `${row.subject}, ${row.table}${row.table.includes('hosts,') || row.table.endsWith('hosts') ? '' : `, ${row.hosts} hosts`}`
      return `| ${passed ? 'yes' : '**NO**'} | ${where} | ${what} | ${expected} | ${measured} |`
    }),
  )
  return [
    '### What was checked',
    ['| held | where | what | expected | measured |', '| --- | --- | --- | --- | --- |', ...lines].join('\n'),
  ].join('\n\n')
}
