// The state of each host when a run was interrupted, so that you know what may still be running.
import type { HostLeft, RunEvent } from '../model/runEvent.ts'
import { padToWidth } from './displayWidth.ts'
import { escapeLine } from './escapeControl.ts'
import { foldHosts, nodeSetWithCount } from './foldHosts.ts'
import type { Palette } from './palette.ts'

export type Interrupted = Extract<RunEvent, { readonly type: 'interrupted' }>

/** What needs a person comes last, where it is read. */
const STATES = [
  'failed',
  'between',
  'not-started',
  'stopped',
  'unknown',
  'still-running',
] as const satisfies readonly HostLeft['state'][]
const WORD_COLUMN = 13

export function renderInterrupted(event: Interrupted, palette: Palette): string[] {
  const groups = foldHosts(Object.entries(event.hosts), (left) => JSON.stringify(left))
  const rank = (left: HostLeft) => STATES.indexOf(left.state)
  groups.sort((a, b) => rank(a.value) - rank(b.value))
  return [
    palette.bold(`INTERRUPTED by ${event.signal}: the state of each host`),
    ...groups.map(({ hosts, value }) => `  ${describe(value, nodeSetWithCount(hosts), palette)}`),
  ]
}

function describe(left: HostLeft, hosts: string, palette: Palette): string {
  const word = (text: string) => padToWidth(text, WORD_COLUMN)
  switch (left.state) {
    case 'not-started':
      return `${palette.cyan(word('not started'))}  ${hosts}`
    case 'failed':
      return `${palette.red(word('failed'))}  ${hosts}: before, in "${escapeLine(left.task)}"`
    case 'between':
      return `${palette.cyan(word('between tasks'))}  ${hosts}: last done: "${escapeLine(left.task)}"`
    case 'stopped':
      return `${palette.yellow(word('stopped'))}  ${hosts}: in "${escapeLine(left.task)}"; nothing is still running`
    case 'still-running':
      return `${palette.red(word('still running'))}  ${hosts}: process ${left.pid} of "${escapeLine(left.task)}"`
    case 'unknown':
      return `${palette.red(word('unknown'))}  ${hosts}: in "${escapeLine(left.task)}"; ${escapeLine(left.why)}`
    default:
      return left satisfies never
  }
}
