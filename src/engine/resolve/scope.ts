// What the expressions of a task can read on a host, and the values that `register` stores.
import type { JsonSchema } from '../../model/catalogue.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import { type HostVariables, layHostVariables } from '../../model/hostVariables.ts'
import { type Scope, UNKNOWN } from '../../model/computed.ts'
import { FAILURE_NAME } from '../../model/playTree.ts'
import { hasChanged, type TaskResult } from '../../model/result.ts'
import type { TaskType } from '../../task/defineTask.ts'
import type { HostRun } from '../hostRun.ts'
import type { PreparedPlay } from '../prepare.ts'
import type { Needs } from './needs.ts'

/** What one task sees on one host. */
export class ScopeView {
  readonly #variables: Scope
  readonly #run: HostRun
  readonly #registers: ReadonlyMap<string, unknown>
  readonly #hostvars: LiveHostVariables
  readonly #ahead: boolean
  readonly #playHosts: readonly string[] | undefined
  readonly #live: boolean
  /** Why one of the task's own variables has no value. */
  failure: Diagnostic | undefined

  /** `ahead`: before the task's turn; what is not registered yet is unknown, not missing. `live`: it reads facts. */
  constructor(
    variables: Scope,
    run: HostRun,
    registers: ReadonlyMap<string, unknown>,
    hostvars: LiveHostVariables,
    ahead: boolean,
    playHosts: readonly string[] | undefined,
    live: boolean,
  ) {
    this.#variables = variables
    this.#run = run
    this.#registers = registers
    this.#hostvars = hostvars
    this.#ahead = ahead
    this.#playHosts = playHosts
    this.#live = live
  }

  /** Without the task's own variables. */
  value(name: string): unknown {
    if (name === FAILURE_NAME) {
      const { progress } = this.#run
      return progress.at === 'next' ? progress.in?.failure : undefined
    }
    if (name === 'play_hosts' && this.#playHosts) return this.#playHosts
    if (this.#registers.has(name)) {
      const { registered } = this.#run
      if (name in registered) return registered[name]
      if (this.#ahead) return UNKNOWN
      const skippedResult = this.#registers.get(name)
      if (skippedResult !== undefined) return skippedResult
    }
    const value = this.#variables[name]
    return name === 'hostvars' && value !== undefined ? this.#hostvars.over(value as HostVariables) : value
  }

  /**
   * What the task reads, its own variables too; what an expression does not name it cannot read. A variable that follows
   * from facts is evaluated where an expression reads it.
   */
  scope({ names, vars }: Needs): Scope {
    const scope: Record<string, unknown> = {}
    for (const name of names) {
      if (this.#live) Object.defineProperty(scope, name, { enumerable: true, get: () => this.value(name) })
      else {
        const value = this.value(name)
        if (value !== undefined) scope[name] = value
      }
    }
    for (const [name, template] of vars) {
      const value = template.evaluate(scope)
      scope[name] = value.ok ? value.value : UNKNOWN
      if (!value.ok && !value.unknown) this.failure ??= value.diagnostic
    }
    return scope
  }
}

/**
 * `hostvars` with what was registered on the hosts so far. One view serves all hosts until something is registered, and
 * a host's variables are put together only when that host is looked at.
 */
export class LiveHostVariables {
  readonly #runs: ReadonlyMap<string, HostRun>
  readonly #views = new Map<HostVariables, HostVariables>()

  constructor(runs: ReadonlyMap<string, HostRun>) {
    this.#runs = runs
  }

  over(before: HostVariables): HostVariables {
    let view = this.#views.get(before)
    if (!view) {
      view = layHostVariables(before, (name) => this.#runs.get(name)?.registered)
      this.#views.set(before, view)
    }
    return view
  }

  renew(): void {
    this.#views.clear()
  }
}

/** The names that tasks register, with the value of a task that was skipped or not selected; and those that they set, without. */
export function registeredNames(plays: readonly PreparedPlay[]): ReadonlyMap<string, unknown> {
  const names = new Map<string, unknown>()
  for (const task of plays.flatMap((play) => [...play.tasks, ...play.handlers])) {
    for (const name of task.spec.sets ?? []) names.set(name, undefined)
    if (task.spec.register !== undefined)
      names.set(
        task.spec.register,
        registeredValue(task.type, {
          outcome: 'skipped',
          durationMs: 0,
          ...(task.spec.loop && { data: { results: [] } }),
        }),
      )
  }
  return names
}

/** What a task registers: how it went, and its type's own fields, all of them whatever became of it. */
export function registeredValue(type: TaskType, result: TaskResult): Readonly<Record<string, unknown>> {
  const undecided = result.outcome === 'undecided'
  const changed = hasChanged(result)
  return {
    ...(result.predicted ? unknownFields(type) : emptyFields(type)),
    ...result.data,
    changed: undecided && !changed ? UNKNOWN : changed,
    failed: undecided ? UNKNOWN : result.outcome === 'failed' || result.outcome === 'unreachable',
    skipped: undecided ? UNKNOWN : result.outcome === 'skipped',
    outcome: undecided ? UNKNOWN : result.outcome,
    attempts: undecided ? UNKNOWN : (result.attempts ?? (result.outcome === 'skipped' ? 0 : 1)),
  }
}

const unknownFields = (type: TaskType) =>
  Object.fromEntries(
    Object.keys((type.result?.properties as object | undefined) ?? {}).map((field) => [field, UNKNOWN]),
  )

/** Of a task that was skipped or failed: each field has a value of its type, so that no expression breaks on it. */
const emptyFields = (type: TaskType) =>
  (type.result ? emptyValue(type.result) : {}) as Readonly<Record<string, unknown>>

/** The `default` of a schema, else the emptiest value that fits it. */
function emptyValue(schema: JsonSchema): unknown {
  if (schema['default'] !== undefined) return schema['default']
  const { type, properties, anyOf, const: only, enum: choices } = schema
  if (only !== undefined) return only
  if (Array.isArray(choices)) return choices[0]
  if (Array.isArray(anyOf)) {
    const forms = anyOf as readonly JsonSchema[]
    return forms.some((form) => form['type'] === 'null') ? null : emptyValue(forms[0] ?? {})
  }
  switch (type) {
    case 'string':
      return ''
    case 'integer':
    case 'number':
      return 0
    case 'boolean':
      return false
    case 'array':
      return []
    case 'object':
      return Object.fromEntries(
        Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>).map(([key, inner]) => [
          key,
          emptyValue(inner),
        ]),
      )
    default:
      return null
  }
}
