// What the expressions of a task read: variables, and the facts that are named in them.
import type { FactUse, Computed } from '../../model/computed.ts'
import type { PreparedTask } from '../prepare.ts'

export interface Needs {
  /** All names that decide what comes out, the loop's and the task's own left out. */
  readonly names: readonly string[]
  /** The task's own variables that something reads, each after those that it reads. */
  readonly vars: readonly (readonly [string, Computed<unknown>])[]
  readonly facts: readonly FactUse[]
}

export function needsOf({ spec, notifiers }: PreparedTask): Needs {
  const templates: readonly Computed<unknown>[] = [
    ...spec.when,
    spec.params,
    spec.environment,
    ...(spec.loop ? [spec.loop.items] : []),
    ...(spec.loop?.label ? [spec.loop.label] : []),
    ...(spec.delegateTo ? [spec.delegateTo] : []),
    ...(spec.retry ? [...spec.retry.until, spec.retry.retries, spec.retry.delaySeconds] : []),
    ...(spec.changedWhen ?? []),
    ...(spec.failedWhen ?? []),
    ...notifiers.map((notifier) => notifier.spec.params),
  ]
  const read = new Set(templates.flatMap(({ needs }) => needs))
  // Each reads only those before it.
  const vars = Object.entries(spec.vars)
    .toReversed()
    .filter(([name, { needs }]) => {
      if (!read.has(name)) return false
      for (const need of needs) read.add(need)
      return true
    })
  const all = [...templates, ...vars.map(([, value]) => value)]
  const own = new Set([...Object.keys(spec.vars), spec.loop?.as, spec.loop?.indexAs])
  return {
    names: [...read].filter((name) => !own.has(name)),
    vars: vars.toReversed(),
    facts: all.flatMap(({ facts = [] }) => facts),
  }
}
