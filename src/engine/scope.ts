// What the expressions of a task see on a host, and the values that `register` stores.
import type { Json } from '../model/inventory.ts'
import { type PlaySpec, type Scope, type Template, UNKNOWN } from '../model/playbook.ts'
import type { TaskResult } from '../model/result.ts'
import type { TaskType } from '../task/defineTask.ts'
import type { HostRun } from './hostRun.ts'

/** A scope is built once for a task on a host, and only when something asks for it. */
export function scopeOf(
  play: PlaySpec,
  run: HostRun,
  vars: Readonly<Record<string, Template<Json>>>,
  all: ReadonlyMap<string, HostRun>,
): Scope {
  const scope: Record<string, unknown> = { ...play.variables(run.host.name), ...run.registered }
  withLiveHostVariables(scope, all)
  for (const [name, template] of Object.entries(vars)) {
    const value = template.evaluate(scope)
    scope[name] = value.ok ? value.value : UNKNOWN
  }
  return scope
}

/** `hostvars` also shows what was registered on the other hosts; it is put together only when it is looked at. */
function withLiveHostVariables(scope: Record<string, unknown>, all: ReadonlyMap<string, HostRun>): void {
  const before = scope.hostvars as Readonly<Record<string, object>> | undefined
  if (!before) return
  let live: Record<string, unknown> | undefined
  Object.defineProperty(scope, 'hostvars', {
    enumerable: true,
    get: () => {
      live ??= Object.fromEntries(
        Object.entries(before).map(([host, vars]) => [host, { ...vars, ...all.get(host)?.registered }]),
      )
      return live
    },
  })
}

/** What a task registers: how it went, and its type's own fields. `predicted`: check mode says so, nothing was made. */
export function registeredValue(
  type: TaskType,
  result: TaskResult,
  predicted: boolean,
): Readonly<Record<string, unknown>> {
  const blocked = result.outcome === 'blocked'
  const own = Object.keys((type.result?.properties as object | undefined) ?? {})
  const untold = predicted ? UNKNOWN : null
  return {
    ...Object.fromEntries(own.map((field) => [field, untold])),
    ...result.data,
    changed: blocked ? UNKNOWN : result.outcome === 'changed',
    failed: result.outcome === 'failed' || result.outcome === 'unreachable',
    skipped: result.outcome === 'skipped',
    outcome: blocked ? UNKNOWN : result.outcome,
  }
}
