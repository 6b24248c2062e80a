// The texts that must never leave the program.
import type { Json } from '../model/inventory.ts'
import type { RunVariables } from './playVariables.ts'

/** Sensitive inputs, wherever their values come from, and the passwords of the inventory. */
export function collectSecrets(run: RunVariables): readonly string[] {
  const secrets = new Set<string>()
  const add = (value: Json | undefined): void => {
    if (typeof value === 'string' && value !== '') secrets.add(value)
    else if (typeof value === 'number') secrets.add(String(value))
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) add(inner as Json)
  }
  const sensitive = [...run.inputs.values()].filter((input) => input.sensitive)
  for (const { name, default: standard } of sensitive) {
    add(run.extra[name])
    add(standard)
  }
  for (const { vars, connection } of run.inventory.hosts.values()) {
    for (const { name } of sensitive) add(vars[name])
    add(connection.password)
    add(connection.becomePassword)
  }
  return [...secrets]
}
