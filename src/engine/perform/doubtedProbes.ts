// What a task that check mode cannot decide may change: all that it would look at, as far as its parameters are known.
import { type Scope, UNKNOWN } from '../../model/computed.ts'
import type { Probes } from '../../task/probes/probe.ts'
import type { PreparedTask } from '../prepare.ts'
import { within } from '../resolve/readyTask.ts'

/** `makeScope`: what its expressions see; `loopVariables`: of the loop's item, where there is one. */
export function doubtedProbes(
  { spec, type, shared }: PreparedTask,
  makeScope: () => Scope,
  loopVariables: Scope = {},
): Probes {
  if (shared) return shared.probes
  const { loop, params } = spec
  const item = loop && { [loop.as]: UNKNOWN, ...(loop.indexAs !== undefined && { [loop.indexAs]: UNKNOWN }) }
  const scope = within(makeScope(), { ...item, ...loopVariables })
  try {
    const whole = params.evaluate(scope)
    const known = whole.ok ? whole.value : params.known?.(scope)
    return known ? type.observe(known, { watched: [], environment: {} }) : {}
  } catch {
    // A task type may not take what an empty string stands for.
    return {}
  }
}
