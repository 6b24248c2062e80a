// A failure as lines: the cause, what was tried, the exit status, the last lines of output, and a hint.
import type { Failure } from '../model/result.ts'
import { escapeControl, escapeLine } from './escapeControl.ts'
import type { Palette } from './palette.ts'

/** Lines of a host's output that are shown; the last ones say most. */
const LAST_LINES = 20

/** Without indentation. The first line is the cause. */
export function renderFailure(failure: Failure, palette: Palette): string[] {
  const lines = escapeControl(failure.cause).split('\n')
  if (failure.tried !== undefined) lines.push(`tried: ${escapeLine(failure.tried)}`)
  if (failure.exitStatus !== undefined)
    lines.push(`exit status: ${failure.exitStatus ?? 'none: it was killed or never exited'}`)
  if (failure.lastLines !== undefined && failure.lastLines.trim() !== '') {
    const last = escapeControl(failure.lastLines.trimEnd()).split('\n')
    if (last.length > LAST_LINES) lines.push(palette.dim(`| (${last.length - LAST_LINES} earlier lines)`))
    lines.push(...last.slice(-LAST_LINES).map((line) => `${palette.dim('|')} ${line}`))
  }
  if (failure.stillRunning !== undefined) lines.push(`still running on the host: process ${failure.stillRunning}`)
  if (failure.hint !== undefined) lines.push(`${palette.cyan('hint:')} ${escapeLine(failure.hint)}`)
  return lines
}
