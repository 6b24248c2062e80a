// Sets the keys of one tree of plain data in another and leaves the rest; and says whether they are set already.

/** A map of plain data. */
export type Tree = { readonly [key: string]: unknown }

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** Returns true when every leaf of `wanted` is in `actual` with the same value. Lists are compared as a whole. */
export function holds(actual: unknown, wanted: unknown): boolean {
  if (isTree(wanted)) return isTree(actual) && Object.entries(wanted).every(([key, value]) => holds(actual[key], value))
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) && actual.length === wanted.length && wanted.every((value, i) => same(actual[i], value))
    )
  }
  return same(actual, wanted)
}

function same(a: unknown, b: unknown): boolean {
  if (isTree(a) && isTree(b)) return holds(a, b) && holds(b, a)
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((value, i) => same(value, b[i]))
  return a === b || Object.is(a, b) || (typeof a === 'bigint' && typeof b === 'number' && a === BigInt(b))
}

/** Returns a new tree: `base` with the leaves of `wanted` set. Lists are replaced as a whole. */
export function deepMerge(base: Tree, wanted: Tree): Tree {
  const merged: Record<string, unknown> = { ...base }
  for (const [key, value] of Object.entries(wanted)) {
    const below = merged[key]
    merged[key] = isTree(value) && isTree(below) ? deepMerge(below, value) : value
  }
  return merged
}
