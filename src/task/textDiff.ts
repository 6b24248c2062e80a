// A unified diff between two texts of a file, as people know it from diff -u.
import { createTwoFilesPatch } from 'diff'
import type { Diff } from '../model/result.ts'

/** `before` null: the file is not there yet. Null texts of files that exist (binary, too long) are said to differ. */
export function textDiff(path: string, before: string | null, after: string): Diff {
  const patch = createTwoFilesPatch(
    before === null ? '/dev/null' : path,
    path,
    before ?? '',
    after,
    undefined,
    undefined,
    { context: 3 },
  )
  return { subject: path, unified: patch.replace(/^(Index: .*\n)?=+\n/, '').replaceAll('\t\n', '\n') }
}

/** A difference that has no lines: a mode, an owner, a package version. */
export const factDiff = (subject: string, before: string, after: string): Diff => ({
  subject,
  unified: `--- ${subject}\n+++ ${subject}\n-${before}\n+${after}\n`,
})
