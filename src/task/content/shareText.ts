// Keeps one copy of texts that come from many hosts alike: a thousand hosts with one configuration hold it once.

/** Characters kept at most; beyond that, the texts that came first are forgotten and later ones take their place. */
const LIMIT = 8 * 1024 * 1024

const known = new Map<string, string>()
let size = 0

/** The same text, as the one copy of it that is shared. */
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
