// What the expressions of a task read: variables, and the facts that are named in them.
import type { FactUse, Computed } from '../../model/computed.ts'
import type { PreparedTask } from '../prepare.ts'

export interface Needs {
  /** All names that decide what comes out, the loop's and the task's own left out. */
  readonly names: readonly string[]
  /** The task's own variables that something reads, each after those that it reads. */
  readonly vars: readonly (readonly [string, Computed<unknown>])[]
  /** Of the host itself: those that only a delegate is asked are left out. */
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
  const values = vars.map(([, value]) => value)
  // See `Evaluation` for what a delegate's facts are read by.
  const here = spec.delegateTo
    ? [...values, spec.delegateTo, ...(spec.loop ? [spec.loop.items] : [])]
    : [...templates, ...values]
  const own = new Set([...Object.keys(spec.vars), spec.loop?.as, spec.loop?.indexAs])
  return {
    names: [...read].filter((name) => !own.has(name)),
    vars: vars.toReversed(),
    facts: here.flatMap(({ facts = [] }) => facts),
  }
}
