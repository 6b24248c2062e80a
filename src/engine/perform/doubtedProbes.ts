// What a task that check mode cannot decide may change: all that it would look at, as far as its parameters are known.
import { type Scope, UNKNOWN } from '../../model/computed.ts'
import type { Probes } from '../../task/probes/probe.ts'
import type { PreparedTask } from '../prepare.ts'
import { within } from '../resolve/readyTask.ts'

/** Undefined: nobody knows what it is. `makeScope`: what its expressions see; `loopVariables`: of the loop's item, where there is one. */
export function doubtedProbes(
  { spec, type, shared }: PreparedTask,
  makeScope: () => Scope,
  loopVariables: Scope = {},
): Probes | undefined {
  if (shared) return shared.probes
  const { loop, params } = spec
  const item = loop && { [loop.as]: UNKNOWN, ...(loop.indexAs !== undefined && { [loop.indexAs]: UNKNOWN }) }
  const scope = within(makeScope(), { ...item, ...loopVariables })
  try {
    const whole = params.evaluate(scope)
    const known = whole.ok ? whole.value : params.known?.(scope)
    return typeof known === 'object' ? type.observe(known, { watched: [], environment: {} }) : undefined
  } catch {
    // A task type may not take what stands for an unknown value.
    return undefined
  }
}
