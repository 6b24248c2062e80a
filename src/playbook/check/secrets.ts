// The strings that must never leave the program.
import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import { WrittenNumber } from '../../model/writtenNumber.ts'
import { SecretText } from '../../model/secretText.ts'
import type { ValidatedPlay } from './validatePlay.ts'
import type { RunVariables } from './runVariables.ts'

/** Sensitive inputs, wherever their values come from, and the passwords of the inventory. */
export function collectSecrets(run: RunVariables, plays: readonly ValidatedPlay[]): readonly string[] {
  const secrets = new Set<string>()
  const add = (value: Json | undefined): void => {
    if (typeof value === 'string' && value !== '') secrets.add(value)
    else if (typeof value === 'number') secrets.add(String(value))
    else if (value instanceof WrittenNumber) secrets.add(value.text)
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) add(inner as Json)
  }
  const sensitive = [...run.inputs.values()].filter((input) => input.sensitive)
  for (const { name, default: standard } of sensitive) {
    add(run.extra[name])
    add(standard)
  }
  for (const { spec, variables } of plays)
    for (const host of spec.hosts)
      for (const { name } of sensitive)
        if (run.inventory.authored?.(host).has(name)) add(variables.variables(host)[name])
  for (const { vars, connection } of run.inventory.hosts.values()) {
    for (const { name } of sensitive) add(vars[name])
    add(connection.password)
    add(connection.becomePassword)
  }
  return [...secrets]
}

/** Puts stars over secrets in diagnostics, as many as there were letters, so that columns stay true. */
export function secretMask(secrets: readonly string[]): (diagnostic: Diagnostic) => Diagnostic {
  const known = new SecretText(secrets)
  if (known.empty) return (diagnostic) => diagnostic
  const mask = (text: string): string => known.hide(text, (found) => '*'.repeat(found.length))
  return (diagnostic) => ({
    ...diagnostic,
    message: mask(diagnostic.message),
    ...(diagnostic.hint !== undefined && { hint: mask(diagnostic.hint) }),
    ...(diagnostic.at && { at: { ...diagnostic.at, text: mask(diagnostic.at.text) } }),
  })
}
