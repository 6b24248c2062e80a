// A unified diff between two texts of a file, as `diff -u` prints it.
import { createTwoFilesPatch, formatPatch } from 'diff'
import type { Diff } from '../../model/result.ts'

const CONTEXT = 3

/**
 * The number of differing lines up to which the shortest diff is searched for: the search is quadratic and takes seconds
 * for a few thousand. Beyond that the middle of the file is shown as replaced.
 */
const MOST_EDITS = 1000

/**
 * A unified diff of a file's text.
 *
 * @param path - The file, for the head of the diff.
 * @param before - Null when the file does not exist yet.
 * @param after - The new text.
 * @param source - What the new text is called in the head of the diff. Default: the path.
 */
export function textDiff(path: string, before: string | null, after: string, source = path): Diff {
  const names = [before === null ? '/dev/null' : path, source] as const
  const options = { context: CONTEXT, maxEditLength: MOST_EDITS }
  const patch =
    createTwoFilesPatch(...names, before ?? '', after, undefined, undefined, options) ??
    replacedMiddle(names, before ?? '', after)
  return { subject: path, unified: patch.replace(/^(Index: .*\n)?=+\n/, '').replaceAll('\t\n', '\n') }
}

/** One hunk that replaces all lines between the common beginning and the common end. */
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

/** Lines with their line ends; the last line may have none. */
const linesOf = (text: string): string[] => text.match(/.*\n|.+$/g) ?? []

/**
 * A difference of two values that have no lines, such as a mode or a package version.
 *
 * @param subject - What differs: a path, a unit, a package.
 * @example factDiff('jq', '1.6', '1.7')
 */
export const factDiff = (subject: string, before: string, after: string): Diff => ({
  subject,
  unified: `--- ${subject}\n+++ ${subject}\n-${before}\n+${after}\n`,
})
