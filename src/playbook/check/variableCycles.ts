// Variables that depend on each other in a cycle, on the hosts on which each of them is in force.
import type { CompiledVariable } from '../../language/compileVariables.ts'

/**
 * `inForce`: what gives each variable its value on a host. Each cycle is reported once, where its first variable is set.
 * `from`: only those that reading one of these comes to.
 */
export function findCycles(
  inForce: ReadonlyMap<string, CompiledVariable>,
  from: Iterable<string> = inForce.keys(),
): void {
  const done = new Set<string>()
  const open: string[] = []
  const visit = (name: string): void => {
    const variable = inForce.get(name)
    if (!variable || done.has(name)) return
    if (open.includes(name)) return tell([...open.slice(open.indexOf(name)), name], inForce)
    open.push(name)
    for (const need of variable.needs) visit(need)
    open.pop()
    done.add(name)
  }
  for (const name of from) visit(name)
}

function tell(names: readonly string[], inForce: ReadonlyMap<string, CompiledVariable>): void {
  const circle = names.flatMap((name) => inForce.get(name) ?? [])
  const [first] = circle
  if (!first) return
  const oneFile = new Set(circle.map(({ entry }) => entry.keyAt.file)).size === 1
  const shown = circle.map(({ entry: { key, keyAt } }, i) =>
    oneFile || i === circle.length - 1 ? key : `${key} (${keyAt.file}:${keyAt.line})`,
  )
  const message = `the variables depend on each other in a cycle: ${shown.join(' → ')}`
  for (const { findings } of new Set(circle)) findings.error('variable-cycle', message, first.entry.keyAt)
}
