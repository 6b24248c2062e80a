// OpenSSH's host patterns: `*`, `?`, and `!` which excludes whatever else matches.

const EXPRESSIONS = new Map<string, RegExp>()

function expression(pattern: string): RegExp {
  let found = EXPRESSIONS.get(pattern)
  if (!found) {
    const source = pattern
      .replace(/[\\^$.|+()[\]{}]/g, '\\$&')
      .replace(/\*+/g, '.*')
      .replace(/\?/g, '.')
    found = new RegExp(`^${source}$`, 's')
    EXPRESSIONS.set(pattern, found)
  }
  return found
}

export function matchesPatterns(patterns: readonly string[], name: string): boolean {
  let matched = false
  for (const pattern of patterns) {
    if (pattern.startsWith('!')) {
      if (expression(pattern.slice(1)).test(name)) return false
    } else if (!matched) matched = expression(pattern).test(name)
  }
  return matched
}
