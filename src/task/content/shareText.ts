// Keeps one copy of a text that many hosts have: a thousand hosts with the same configuration hold it once.

/** Characters kept at most. Beyond that the oldest texts are forgotten. */
const LIMIT = 8 * 1024 * 1024

const known = new Map<string, string>()
let size = 0

/** The shared copy of a text. */
export function shareText(text: string): string {
  const before = known.get(text)
  if (before !== undefined) return before
  known.set(text, text)
  size += text.length
  for (const [oldest] of known) {
    if (size <= LIMIT) break
    known.delete(oldest)
    size -= oldest.length
  }
  return text
}
