// The facts that a task's expressions read, as questions to the hosts that they are about.
import type { Probe } from '../../task/probes/probe.ts'
import type { HostRun } from '../hostRun.ts'
import type { Asked } from '../observe/observer.ts'
import type { Resolved } from '../prepare.ts'
import type { WantedFact } from '../resolve/factReader.ts'

/** Facts by the host that they are about; `own`: the host that the task is for. */
export function byHost(own: HostRun, facts: readonly WantedFact[]): ReadonlyMap<HostRun, readonly Probe<unknown>[]> {
  const hosts = new Map<HostRun, Probe<unknown>[]>()
  for (const { probe, delegate = own } of facts) {
    const known = hosts.get(delegate)
    if (known) known.push(probe)
    else hosts.set(delegate, [probe])
  }
  return hosts
}

/** `likely`: what the task then asks too. */
export function askedFor(facts: readonly Probe<unknown>[], likely: readonly Resolved[] = []): Asked {
  const probes = likely.flatMap((resolved) =>
    Object.values(resolved.probes as Readonly<Record<string, Probe<unknown>>>),
  )
  return {
    probes: Object.fromEntries([...facts, ...probes].map((probe) => [probe.key, probe])),
    hidden: likely.some(({ hidden }) => hidden),
  }
}
