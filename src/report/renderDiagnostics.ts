// Shows a user's mistakes: where each is, the line with a squiggle under it, and what to write instead.
import type { Diagnostic, SourceSpan } from '../model/diagnostic.ts'
import { characters, cutToWidth } from './displayWidth.ts'
import { escapeControl, escapeLine } from './escapeControl.ts'
import { countOf } from './foldHosts.ts'
import { hideSecrets } from './hideSecrets.ts'
import { COLOURLESS, type Palette } from './palette.ts'

export interface DiagnosticsOptions {
  readonly palette?: Palette
  /** Columns of the terminal; a longer source line is shown as a window around the mistake. Default 120. */
  readonly width?: number
}

const TAB = 4
/** Mistakes shown at most; the rest is counted. A playbook with this many is broken in some general way. */
const MOST = 100

/** One block for each, by file, line and column, and a last line with the counts. Empty for none. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: DiagnosticsOptions = {}): string {
  if (diagnostics.length === 0) return ''
  const palette = options.palette ?? COLOURLESS
  const sorted = inOrder(diagnostics)
  const blocks = sorted.slice(0, MOST).map((one) => renderOne(one, palette, options.width ?? 120))
  const left = sorted.length - MOST
  if (left > 0) blocks.push(`... and ${left} more\n`)
  return `${blocks.join('\n')}\n${palette.bold(renderCounts(diagnostics))}\n`
}

/** `2 errors and 1 warning in 2 files`. */
function renderCounts(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((one) => one.severity === 'error').length
  const warnings = diagnostics.length - errors
  // A mistake in `-e` or `--limit` is in no file.
  const labels = new Set(diagnostics.flatMap((one) => (one.at ? [one.at.file] : [])))
  const commandLine = [...labels].some((label) => label.startsWith('-'))
  const files = labels.size
  const counts = [
    ...(errors > 0 ? [countOf(errors, 'error')] : []),
    ...(warnings > 0 ? [countOf(warnings, 'warning')] : []),
  ].join(' and ')
  const where = files > 1 && !commandLine ? ` in ${files} files` : ''
  return `${counts}${where}${errors > 0 ? '; no host was touched' : ''}`
}

/** Files in the order in which they were first named; what has no place comes first. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const files = new Map<string, number>()
  for (const { at } of diagnostics) if (at && !files.has(at.file)) files.set(at.file, files.size)
  const place = ({ at }: Diagnostic) => (at ? [files.get(at.file) ?? 0, at.line, at.column] : [-1, 0, 0])
  return diagnostics
    .map((one) => ({ one, key: place(one) }))
    .sort((a, b) => a.key.map((part, i) => part - (b.key[i] ?? 0)).find((difference) => difference !== 0) ?? 0)
    .map(({ one }) => one)
}

function renderOne(diagnostic: Diagnostic, palette: Palette, width: number): string {
  const { at, severity, code, message, hint } = diagnostic
  const paint = severity === 'error' ? palette.red : palette.yellow
  const where = at ? palette.bold(`${escapeLine(at.file)}:${at.line}:${at.column}: `) : ''
  const lines = [`${where}${paint(`${severity}[${code}]`)}: ${escapeLine(message)}`]
  const margin = at ? String(at.line).length : 0
  if (at) {
    const excerpt = excerptOf(at, Math.max(20, width - margin - 5))
    lines.push(` ${palette.blue(`${at.line} |`)} ${excerpt.text}`)
    lines.push(` ${' '.repeat(margin)} ${palette.blue('|')} ${' '.repeat(excerpt.before)}${paint(excerpt.squiggle)}`)
  }
  if (hint !== undefined) {
    const [first = '', ...more] = escapeControl(hint).split('\n')
    const indent = ' '.repeat(margin + 1)
    lines.push(`${indent} ${palette.cyan('hint:')} ${first}`, ...more.map((line) => `${indent}       ${line}`))
  }
  return `${lines.join('\n')}\n`
}

interface Excerpt {
  readonly text: string
  /** Columns before the squiggle. */
  readonly before: number
  readonly squiggle: string
}

/** The source line with tabs as spaces and controls escaped, cut to a window around the span where it is too long. */
function excerptOf(at: SourceSpan, width: number): Excerpt {
  // Only the neighbourhood of the span can be seen, and a minified file may be one line of megabytes.
  const from = Math.max(0, at.column - 1 - 4 * width)
  const source = hideSecrets(at.text).slice(from, at.column - 1 + at.length + 4 * width)
  const start = at.column - 1 - from
  const cells: { text: string; width: number; inside: boolean; at: number }[] = []
  let offset = 0
  let column = 0
  for (const character of characters(source)) {
    const tab = character.text === '\t'
    const text = tab ? ' '.repeat(TAB - (column % TAB)) : escapeLine(` ${character.text}.`).slice(1, -1)
    const cell = tab || text !== character.text ? text.length : character.width
    cells.push({ text, width: cell, inside: offset >= start && offset < start + at.length, at: column })
    offset += character.text.length
    column += cell
  }
  const first = cells.find((cell) => cell.inside)
  const begin = first?.at ?? column
  const length = cells.reduce((sum, cell) => sum + (cell.inside ? cell.width : 0), 0)
  // The window starts a third before the span, unless all of it fits.
  const skip =
    from === 0 && begin + Math.min(length, width / 2) <= width - 4 ? 0 : Math.max(0, begin - Math.floor(width / 3))
  const visible = cells.filter((cell) => cell.at >= skip)
  const head = skip > 0 || from > 0 ? '...' : ''
  const text = head + cutToWidth(visible.map((cell) => cell.text).join(''), width - head.length)
  const before = head.length + begin - (visible[0]?.at ?? begin)
  const squiggle = '^' + '~'.repeat(Math.max(0, Math.min(length, width - before) - 1))
  return { text, before, squiggle }
}
