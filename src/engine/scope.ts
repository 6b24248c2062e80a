// What the expressions of a task see on a host, and the values that `register` stores.
import type { Json } from '../model/inventory.ts'
import { type PlaySpec, type Scope, type Template, UNKNOWN } from '../model/playbook.ts'
import type { TaskResult } from '../model/result.ts'
import type { TaskType } from '../task/defineTask.ts'
import type { HostRun } from './hostRun.ts'
import type { PreparedPlay } from './prepare.ts'

export interface ScopeInput {
  readonly play: PlaySpec
  readonly run: HostRun
  readonly vars: Readonly<Record<string, Template<Json>>>
  readonly all: ReadonlyMap<string, HostRun>
  /** Every name that some task registers, and what it is on a host where that task did not run. */
  readonly registers: ReadonlyMap<string, unknown>
  /** Looking ahead of the task's turn: what is not registered yet is unknown, not missing. */
  readonly ahead: boolean
}

/** A scope is built once for a task on a host, and only when something asks for it. */
export function scopeOf({ play, run, vars, all, registers, ahead }: ScopeInput): Scope {
  const scope: Record<string, unknown> = { ...play.variables(run.host.name) }
  for (const [name, unrun] of registers)
    scope[name] = name in run.registered ? run.registered[name] : ahead ? UNKNOWN : unrun
  withLiveHostVariables(scope, all)
  for (const [name, template] of Object.entries(vars)) {
    const value = template.evaluate(scope)
    scope[name] = value.ok ? value.value : UNKNOWN
  }
  return scope
}

/** The names that tasks register, with the value of a task that was skipped or not selected. */
export function registeredNames(plays: readonly PreparedPlay[]): ReadonlyMap<string, unknown> {
  const names = new Map<string, unknown>()
  for (const task of plays.flatMap((play) => [...play.tasks, ...play.handlers])) {
    if (task.spec.register !== undefined)
      names.set(task.spec.register, registeredValue(task.type, { outcome: 'skipped', durationMs: 0 }, false))
  }
  return names
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
