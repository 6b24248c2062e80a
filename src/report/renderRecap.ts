// The end of a report: counts for each host, folded where they are the same, and one line with the sums.
import type { HostCounts, RunEvent } from '../model/runEvent.ts'
import { displayWidth, padToWidth } from './displayWidth.ts'
import { escapeLine } from './escapeControl.ts'
import { countOf, type Folded, foldHosts, isLong, nodeSet, shortNodeSet } from './foldHosts.ts'
import type { Palette } from './palette.ts'
import { wrapWords } from './wrapWords.ts'

export type RunEnded = Extract<RunEvent, { readonly type: 'run-ended' }>

/** Always shown, in this order, by these names: scripts look for them. the rare ones follow when there are any. */
const COUNTERS = ['ok', 'changed', 'unreachable', 'failed', 'skipped'] as const
const RARE = ['undecided', 'rescued', 'ignored', 'predicted'] as const
const NAME_COLUMN = 48

/**
 * One line for all hosts with the same counts: `crane[02-04] : ok=7 changed=2 unreachable=0 failed=0 skipped=1`. On a
 * terminal, long node sets are shortened unless they are wanted whole.
 */
export function renderRecap(ended: RunEnded, palette: Palette, width?: number, whole = false): string[] {
  const hosts = Object.entries(ended.recap)
  const shown = [...COUNTERS, ...RARE.filter((name) => hosts.some(([, counts]) => counts[name] > 0))]
  const groups = foldHosts(hosts, (counts) => shown.map((name) => counts[name]).join())
  const all = hosts.map(([host]) => host)
  const names = groups.map((group) => shortNodeSet(group.hosts, all, whole || width === undefined))
  const column = Math.min(NAME_COLUMN, Math.max(0, ...names.map(displayWidth)))
  const digits = (name: keyof HostCounts) => Math.max(...groups.map(({ value }) => String(value[name]).length))
  const widths = new Map(shown.map((name) => [name, name.length + 1 + digits(name)]))
  const countsWidth = [...widths.values()].reduce((sum, one) => sum + one + 1, -1)
  return groups.flatMap(({ value }, i) => {
    const counts = shown.map((name) => {
      const text = padToWidth(`${name}=${value[name]}`, widths.get(name) ?? 0)
      return value[name] > 0 ? paintCounter(palette, name)(text) : text
    })
    const row = counts.join(' ').trimEnd()
    const name = names[i] ?? ''
    const fits = width === undefined || column + countsWidth + 5 <= width
    if (fits && (width === undefined || displayWidth(name) <= column)) return [`  ${padToWidth(name, column)} : ${row}`]
    return [...wrapWords(`  ${name}`, width), ...wrapWords(`    ${row}`, width)]
  })
}

/** Handlers that were notified and did not run: `not run: "restart containerd" on crane02`. */
export function renderHandlersLeft({ handlersLeft = {} }: RunEnded, palette: Palette): string[] {
  const entries = Object.entries(handlersLeft).flatMap(([host, refs]) => refs.map(({ name }) => [host, name] as const))
  return foldHosts(entries, (name) => name).map(
    ({ hosts, value }) =>
      `  ${palette.yellow('not run')}: "${escapeLine(value)}" on ${nodeSet(hosts)}, although notified`,
  )
}

function paintCounter(palette: Palette, name: keyof HostCounts): (text: string) => string {
  if (name === 'failed' || name === 'unreachable') return palette.red
  if (name === 'ok') return palette.green
  return name === 'skipped' ? palette.cyan : palette.yellow
}

export interface TotalsContext {
  readonly check: boolean
  /** A task with `check_mode: false` was made. */
  readonly acted: boolean
  readonly verbosity: number
  /** What interrupted the run. */
  readonly signal?: string | undefined
}

/**
 * The sums in one line: `3 hosts: 2 changed, 1 failed; 5 changes; 4.2 s`. A host counts once, as the worst of it.
 * After an interrupt, what was left out is unknown, so no host is counted as unchanged or not reached.
 */
export function renderTotals(
  ended: RunEnded,
  { check, acted, verbosity, signal }: TotalsContext,
  palette: Palette,
): string {
  const hosts = Object.entries(ended.recap)
  const states = foldHosts(hosts, stateOf)
    .filter((group) => signal === undefined || !CALM.includes(stateOf(group.value)))
    .sort((a, b) => rank(a) - rank(b))
  const sum = (name: keyof HostCounts) => hosts.reduce((total, [, counts]) => total + counts[name], 0)
  const parts = signal === undefined ? [] : [palette.red(`interrupted by ${signal}`)]
  const described = states.map((group) => describeState(group, palette)).join(', ')
  parts.push(`${countOf(hosts.length, 'host')}${described === '' ? '' : `: ${described}`}`)
  const made = sum('changed') - sum('predicted')
  if (made > 0) parts.push(countOf(made, 'change'))
  if (sum('predicted') > 0) parts.push(`${countOf(sum('predicted'), 'change')} would be made`)
  if (sum('undecided') > 0) parts.push(`${countOf(sum('undecided'), 'task')} undecided until an earlier change is made`)
  if (sum('ignored') > 0) parts.push(`${countOf(sum('ignored'), 'failure')} ignored`)
  if (sum('rescued') > 0) parts.push(`${countOf(sum('rescued'), 'failure')} rescued`)
  if (check) parts.push(`check mode, ${acted ? 'only tasks with check_mode: false were run' : 'nothing was changed'}`)
  const trips = Object.values(ended.roundTrips)
  const most = Math.max(0, ...trips)
  if (verbosity >= 1 && most > 0) parts.push(`at most ${countOf(most, 'round trip')} per host`)
  parts.push(formatDuration(ended.durationMs))
  return parts.join('; ')
}

const STATES = [
  'unchanged',
  'not reached by any task',
  'with ignored failures',
  'would change',
  'changed',
  'undecided',
  'unreachable',
  'failed',
] as const
type State = (typeof STATES)[number]
const CALM: readonly State[] = ['unchanged', 'not reached by any task']

function stateOf(counts: HostCounts): State {
  if (counts.failed > 0) return 'failed'
  if (counts.unreachable > 0) return 'unreachable'
  if (counts.changed > counts.predicted) return 'changed'
  if (counts.predicted > 0) return 'would change'
  if (counts.undecided > 0) return 'undecided'
  if (counts.ignored > 0) return 'with ignored failures'
  return counts.ok + counts.skipped > 0 ? 'unchanged' : 'not reached by any task'
}

const rank = (group: Folded<HostCounts>) => STATES.indexOf(stateOf(group.value))

function describeState({ hosts, value }: Folded<HostCounts>, palette: Palette): string {
  const state = stateOf(value)
  switch (state) {
    case 'failed':
    case 'unreachable':
      // A long set is in the recap above.
      return palette.red(isLong(hosts) ? `${hosts.length} ${state}` : `${hosts.length} ${state} (${nodeSet(hosts)})`)
    case 'changed':
    case 'would change':
    case 'undecided':
    case 'not reached by any task':
    case 'with ignored failures':
      return palette.yellow(`${hosts.length} ${state}`)
    case 'unchanged':
      return palette.green(`${hosts.length} ${state}`)
    default:
      return state satisfies never
  }
}

/** `0.4 s`, `12.3 s`, `2 min 5 s`, `1 h 2 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (ms < 59_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}
