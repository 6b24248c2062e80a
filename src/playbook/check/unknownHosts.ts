// Groups and hosts of plays that the inventory does not have: what each play would say is said once.
import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Findings } from '../../text/findings.ts'

const MOST_NAMED = 8

/** Groups that plays need and the inventory does not have: what expressions say of them is said already. */
export function withoutConsequences(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const needed = new Set(
    found.flatMap(({ code, subject }) => (code === 'unknown-host' && subject !== undefined ? subject.split(',') : [])),
  )
  return found.filter(({ code, subject }) => code !== 'no-such-field' || subject === undefined || !needed.has(subject))
}

/** A name that is like one of the inventory stands alone: it is a slip. */
export function reportUnknownHosts(found: readonly Diagnostic[], inventory: Inventory, findings: Findings): void {
  const needed = new Map<string, Diagnostic>()
  for (const one of found) {
    if (one.hint !== undefined || one.subject === undefined) findings.add(one)
    else if (!needed.has(one.subject)) needed.set(one.subject, one)
  }
  const [first] = needed.values()
  if (!first) return
  const groups = [...inventory.groups.keys()].filter((name) => name !== 'all' && name !== 'ungrouped').sort()
  const shown = groups.slice(0, MOST_NAMED).join(', ')
  const hint =
    groups.length === 0
      ? 'the inventory has no groups'
      : `the inventory has the groups ${shown}${groups.length > MOST_NAMED ? ', …' : ''}`
  const names = [...needed.keys()].sort().map((name) => `'${name}'`)
  const several = `the plays need the groups ${names.slice(0, -1).join(', ')} and ${names.at(-1)}, which the inventory does not have`
  findings.add({
    ...first,
    message: names.length === 1 ? first.message : several,
    hint,
    subject: [...needed.keys()].join(','),
  })
}
