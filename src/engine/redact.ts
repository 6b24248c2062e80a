// Takes secrets out of events, whatever shape they have, before anyone sees them.

const HIDDEN = '[hidden]'

/** Returns the same object when there is nothing to hide. Secrets shorter than 3 characters would hide everything and are left. */
export function redactor(secrets: readonly string[]): <T>(value: T) => T {
  const forms = secrets.filter((secret) => secret.length > 2).flatMap(formsOf)
  if (forms.length === 0) return (value) => value
  // Longest first, so that no part of a longer secret is left over.
  const pattern = new RegExp(
    [...new Set(forms)]
      .sort((a, b) => b.length - a.length)
      .map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('|'),
    'g',
  )
  const redact = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replace(pattern, HIDDEN)
    if (Array.isArray(value)) return value.map(redact)
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key.replace(pattern, HIDDEN), redact(inner)]),
      )
    }
    return value
  }
  return redact as <T>(value: T) => T
}

/** As it is, and as it looks inside JSON, base64 and a URL. A secret of several lines is hidden line by line too. */
function formsOf(secret: string): string[] {
  const lines = secret.split('\n').filter((line) => line.trim().length > 7)
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    encodeURIComponent(secret),
    ...(secret.includes('\n') ? lines : []),
  ]
}
