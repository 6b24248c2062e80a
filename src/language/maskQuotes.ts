// Masks quoted parts of a text, so that a search sees only the rest.
import { endOfQuotes } from './splitTemplate.ts'

/** Letters of quoted parts become `x`, so that no rule finds a word in them. */
export function maskQuotes(expression: string): string {
  let masked = ''
  for (let i = 0; i < expression.length; i++) {
    const char = expression[i] as string
    masked += char
    if (char !== '"' && char !== "'") continue
    const end = endOfQuotes(expression, i)
    if (end < 0) return masked + expression.slice(i + 1)
    masked += 'x'.repeat(end - i - 1) + char
    i = end
  }
  return masked
}
