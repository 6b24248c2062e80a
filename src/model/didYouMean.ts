// Finds the word that a misspelt one was probably meant to be.

/**
 * The candidate nearest to `word`: same letters in another case, or few enough slips (a letter too many, too few, wrong,
 * or two swapped) for the words' length. Of equally near ones the first. Undefined when none is near.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    if (candidate === word) continue
    const limit = Math.min(slipsAllowed(word, candidate), bestDistance - 1)
    if (limit < 0 || Math.abs(candidate.length - word.length) > limit) continue
    const found = distance(lower, candidate.toLowerCase(), limit)
    if (found > limit) continue
    best = candidate
    bestDistance = found
    if (found === 0) break
  }
  return best
}

/** One slip in a word of two to four letters, two up to seven, three from there; never all letters of a word. */
function slipsAllowed(a: string, b: string): number {
  const byLength = Math.min(3, Math.floor((Math.max(a.length, b.length) + 1) / 3))
  return Math.max(0, Math.min(byLength, Math.min(a.length, b.length) - 1))
}

/** Damerau-Levenshtein distance (optimal string alignment); anything above `limit` may come back as `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let lowest = i
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(beforePrevious, j - 2) + 1)
      }
      row.push(cost)
      lowest = Math.min(lowest, cost)
    }
    if (lowest > limit) return limit + 1
    beforePrevious = previous
    previous = row
  }
  return at(previous, b.length)
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY

/** `did you mean 'x'?`, else the list of what there is while it is short enough to read. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const close = didYouMean(word, candidates)
  if (close !== undefined) return `did you mean '${close}'?`
  if (candidates.length > 24) return undefined
  return candidates.length > 1
    ? `choose from ${candidates.join(', ')}`
    : candidates[0] && `the only one is ${candidates[0]}`
}
