// Removes secrets in every form from events before anyone sees them.
import { OUTCOMES } from '../model/result.ts'
import type { HostLeft } from '../model/runEvent.ts'
import { SecretText } from '../model/secretText.ts'

const HIDDEN = '[hidden]'
const mask = (): string => HIDDEN

/** Words of the program by field: they stay, also where a secret is such a word. */
const WORDS: Readonly<Record<string, ReadonlySet<unknown>>> = {
  outcome: new Set(OUTCOMES),
  what: new Set(['sent', 'received']),
  state: new Set<HostLeft['state']>(['not-started', 'between', 'failed', 'stopped', 'still-running', 'unknown']),
}
/** Fields that hold values of users and hosts: their keys, and numbers in them, can be secrets too. */
const FREE = new Set(['data', 'item'])
/** Maps by host. */
const BY_HOST = new Set(['recap', 'roundTrips', 'hosts', 'handlersLeft'])

/** Returns the same object when there is nothing to hide. Secrets of one or two characters are left. */
export function redactor(secrets: readonly string[]): <T>(value: T) => T {
  const known = new SecretText(secrets)
  if (known.empty) return (value) => value
  const redact = (value: unknown, free: boolean, byHost = false): unknown => {
    if (typeof value === 'string') return known.hide(value, mask)
    if (typeof value === 'number') return free && known.isSecret(value) ? HIDDEN : value
    if (Array.isArray(value)) return value.map((item) => redact(item, free))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => {
        if (!free && WORDS[key]?.has(inner)) return [key, inner]
        const hidden = free || byHost ? known.hide(key, mask) : key
        return [hidden, redact(inner, free || (!byHost && FREE.has(key)), !byHost && BY_HOST.has(key))]
      }),
    )
  }
  return <T>(value: T): T => {
    const hidden = redact(value, false) as T
    // The event's own type says what it is.
    return hasType(value) ? { ...hidden, type: value.type } : hidden
  }
}

const hasType = (value: unknown): value is { readonly type: string } =>
  typeof value === 'object' && value !== null && 'type' in value
