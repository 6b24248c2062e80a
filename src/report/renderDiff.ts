// A unified diff as lines, with what came from a host made harmless.
import type { Diff } from '../model/result.ts'
import { escapeControl } from './escapeControl.ts'
import type { Palette } from './palette.ts'

/** Lines of one diff that are shown unless all are asked for. */
const LINES = 400

/** Without indentation; heads and hunks as they are. */
export function renderDiff(diff: Diff, palette: Palette, all: boolean): string[] {
  const lines = escapeControl(diff.unified.replace(/\n$/, ''), all ? Number.POSITIVE_INFINITY : undefined).split('\n')
  const shown = all ? lines : lines.slice(0, LINES)
  const painted = shown.map((line) => {
    if (line.startsWith('+++') || line.startsWith('---')) return palette.bold(line)
    if (line.startsWith('+')) return palette.green(line)
    if (line.startsWith('-')) return palette.red(line)
    return line.startsWith('@@') ? palette.cyan(line) : line
  })
  if (shown.length < lines.length) painted.push(`... ${lines.length - shown.length} more lines (-vv shows all)`)
  return painted
}
