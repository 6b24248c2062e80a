// Compares versions of rpm packages as rpm does: epoch, version, release, each by its runs of digits and letters.

/** Negative when `a` is older than `b`, 0 when they are equal. Both are `EPOCH:VERSION-RELEASE`; the epoch may be left out. */
export function compareRpmVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (const [i, part] of left.entries()) {
    const order = compareParts(part, right[i] ?? '')
    if (order !== 0) return order
  }
  return 0
}

function partsOf(version: string): readonly [epoch: string, version: string, release: string] {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(version) ?? []
  const dash = rest.lastIndexOf('-')
  return dash < 0 ? [epoch, rest, ''] : [epoch, rest.slice(0, dash), rest.slice(dash + 1)]
}

const RUN = /\d+|[A-Za-z]+|[~^]/g

/** rpm's rpmvercmp: `~` is older than the end, `^` newer; digits are newer than letters; separators do not count. */
function compareParts(a: string, b: string): number {
  const left = a.match(RUN) ?? []
  const right = b.match(RUN) ?? []
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]]
    if (x === y) continue
    if (x === '~' || y === '~') return x === '~' ? -1 : 1
    if (x === '^' || y === '^') return (x === '^' ? y === undefined : x !== undefined) ? 1 : -1
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1
    const [n, m] = [/\d/.test(x), /\d/.test(y)]
    if (n !== m) return n ? 1 : -1
    const order = n ? Number(BigInt(x) - BigInt(y)) : x < y ? -1 : 1
    if (order !== 0) return order
  }
  return 0
}
