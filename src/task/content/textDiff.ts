// A unified diff between two texts of a file, as people know it from diff -u.
import { createTwoFilesPatch, formatPatch } from 'diff'
import type { Diff } from '../../model/result.ts'

const CONTEXT = 3

/**
 * Lines that differ at most where the shortest diff is looked for: the search takes the square of them, seconds for some
 * thousand. Beyond that nobody reads it line by line, and the middle of the file is shown as replaced.
 */
const MOST_EDITS = 1000

/** `before` null: the file is not there yet. Null texts of files that exist (binary, too long) are said to differ. */
export function textDiff(path: string, before: string | null, after: string): Diff {
  const names = [before === null ? '/dev/null' : path, path] as const
  const options = { context: CONTEXT, maxEditLength: MOST_EDITS }
  const patch =
    createTwoFilesPatch(...names, before ?? '', after, undefined, undefined, options) ??
    replacedMiddle(names, before ?? '', after)
  return { subject: path, unified: patch.replace(/^(Index: .*\n)?=+\n/, '').replaceAll('\t\n', '\n') }
}

/** One hunk: all lines between the common beginning and the common end are taken out and put in. */
function replacedMiddle([oldName, newName]: readonly [string, string], before: string, after: string): string {
  const old = linesOf(before)
  const wanted = linesOf(after)
  const shorter = Math.min(old.length, wanted.length)
  let head = 0
  while (head < shorter && old[head] === wanted[head]) head++
  let tail = 0
  while (tail < shorter - head && old.at(-1 - tail) === wanted.at(-1 - tail)) tail++
  const from = Math.max(0, head - CONTEXT)
  const kept = Math.max(0, tail - CONTEXT)
  const marked = (mark: string, lines: readonly string[]) =>
    lines.flatMap((line) =>
      line.endsWith('\n') ? [mark + line.slice(0, -1)] : [mark + line, '\\ No newline at end of file'],
    )
  const hunk = {
    oldStart: from + 1,
    oldLines: old.length - from - kept,
    newStart: from + 1,
    newLines: wanted.length - from - kept,
    lines: [
      ...marked(' ', old.slice(from, head)),
      ...marked('-', old.slice(head, old.length - tail)),
      ...marked('+', wanted.slice(head, wanted.length - tail)),
      ...marked(' ', old.slice(old.length - tail, old.length - kept)),
    ],
  }
  return formatPatch({
    oldFileName: oldName,
    newFileName: newName,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: [hunk],
  })
}

/** With their line ends; the last one may have none. */
const linesOf = (text: string): string[] => text.match(/.*\n|.+$/g) ?? []

/** A difference that has no lines: a mode, an owner, a package version. */
export const factDiff = (subject: string, before: string, after: string): Diff => ({
  subject,
  unified: `--- ${subject}\n+++ ${subject}\n-${before}\n+${after}\n`,
})
