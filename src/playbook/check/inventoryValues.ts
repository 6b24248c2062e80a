// Inventory values are data: warns about one that looks as if its author expected it to be evaluated.
import type { AuthoredInventory } from '../../text/authored.ts'
import { FACTS_NAME } from '../../model/facts.ts'
import type { Json } from '../../model/inventory.ts'
import type { Findings } from '../../text/findings.ts'
import { HostFindings } from './hostFindings.ts'
import type { PlayVariables } from './playVariables.ts'

export function warnOfUnevaluated(
  hosts: readonly string[],
  used: ReadonlySet<string>,
  { variables }: PlayVariables,
  inventory: AuthoredInventory,
  findings: Findings,
): void {
  const found = new HostFindings()
  const checked = new WeakMap<object, boolean>()
  for (const name of hosts) {
    const own = inventory.hosts.get(name)?.vars ?? {}
    for (const variable of used) {
      if (inventory.authored?.(name).has(variable)) continue
      const value = own[variable]
      if (value === undefined || !holdsBraces(value, checked) || variables(name)[variable] !== value) continue
      const at = inventory.origin(name, variable)
      found.add(name, {
        severity: 'warning',
        code: 'not-evaluated',
        message: `the {{ … }} in '${variable}' is not evaluated`,
        ...(at && { at }),
        hint: "values of an inventory file are data: put the expression in group_vars/, or in the play's 'vars'",
      })
    }
  }
  found.tell(findings, hosts.length)
}

/** A variable of the inventory by the name under which expressions read facts. */
export function warnOfHidden(
  hosts: readonly string[],
  used: ReadonlySet<string>,
  inventory: AuthoredInventory,
  findings: Findings,
): void {
  if (!used.has(FACTS_NAME)) return
  const found = new HostFindings()
  for (const name of hosts) {
    const at = inventory.authored?.(name).get(FACTS_NAME)?.keyAt ?? inventory.origin(name, FACTS_NAME)
    if (inventory.hosts.get(name)?.vars[FACTS_NAME] === undefined && !at) continue
    found.add(name, {
      severity: 'warning',
      code: 'hidden-variable',
      message: `the variable '${FACTS_NAME}' is hidden by the facts of the host`,
      ...(at && { at }),
      hint: 'rename the variable',
    })
  }
  found.tell(findings, hosts.length)
}

function holdsBraces(value: Json, checked: WeakMap<object, boolean>): boolean {
  if (typeof value === 'string') return value.includes('{{')
  if (typeof value !== 'object' || value === null) return false
  let holds = checked.get(value)
  if (holds === undefined) {
    holds = Object.values(value).some((inner) => holdsBraces(inner as Json, checked))
    checked.set(value, holds)
  }
  return holds
}
