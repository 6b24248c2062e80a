// Variables that follow from facts: those that read `facts`, and those that read such a variable.
import type { CompiledVariable } from '../../language/compileVariables.ts'
import type { FactUse } from '../../model/computed.ts'
import { FACTS_NAME, type FactReads } from '../../model/facts.ts'

/** What gives each variable its value, on hosts whose variables are set in the same places. */
export type InForce = ReadonlyMap<string, CompiledVariable>

export class LiveVariables {
  readonly #live = new WeakMap<InForce, ReadonlySet<string>>()
  readonly #reads = new WeakMap<InForce, WeakMap<readonly string[], FactReads | 'none'>>()

  /** Their names. */
  of(inForce: InForce): ReadonlySet<string> {
    let live = this.#live.get(inForce)
    if (!live) this.#live.set(inForce, (live = findLive(inForce)))
    return live
  }

  /** What the names come to; kept for each array of names. */
  reads(inForce: InForce, names: readonly string[]): FactReads | undefined {
    let known = this.#reads.get(inForce)
    if (!known) this.#reads.set(inForce, (known = new WeakMap()))
    let reads = known.get(names)
    if (!reads) known.set(names, (reads = readsOf(names, inForce, this.of(inForce)) ?? 'none'))
    return reads === 'none' ? undefined : reads
  }
}

function findLive(inForce: InForce): ReadonlySet<string> {
  const follows = new Map<string, boolean>()
  const visit = (name: string): boolean => {
    if (name === FACTS_NAME) return true
    const known = follows.get(name)
    if (known !== undefined) return known
    // In a cycle, which is refused anyway.
    follows.set(name, false)
    const found = inForce.get(name)?.needs.some(visit) ?? false
    follows.set(name, found)
    return found
  }
  return new Set([...inForce.keys()].filter(visit))
}

function readsOf(names: readonly string[], inForce: InForce, live: ReadonlySet<string>): FactReads | undefined {
  if (!names.some((name) => name === FACTS_NAME || live.has(name))) return undefined
  const seen = new Set<string>()
  const facts: FactUse[] = []
  const visit = (name: string): void => {
    if (seen.has(name) || name === FACTS_NAME) return
    seen.add(name)
    const variable = live.has(name) ? inForce.get(name) : undefined
    if (!variable) return
    facts.push(...variable.facts)
    variable.needs.forEach(visit)
  }
  names.forEach(visit)
  return {
    shape: inForce,
    live: [...seen].filter((name) => live.has(name)),
    fixed: [...seen].filter((name) => !live.has(name)),
    facts,
  }
}
