// Resolves the parameters and probes of a task, once for all hosts that share every value it reads.
import type { Scope, Computed } from '../../model/computed.ts'
import { type TaskOutcome, failedBy, dependsOn, skipped } from '../perform/taskOutcome.ts'
import type { HostRun } from '../hostRun.ts'
import type { Params, PreparedPlay, PreparedTask, Resolved } from '../prepare.ts'
import { LiveHostVariables, registeredNames, ScopeView } from './scope.ts'
import type { Evaluated } from '../../model/computed.ts'

export type Ready = { readonly resolved: Resolved } | { readonly outcome: TaskOutcome }

/** One item of a loop, with the loop's variables. */
export interface ReadyItem {
  readonly variables: Scope
  readonly ready: Ready
}

export type ReadyTask = Ready | { readonly items: readonly ReadyItem[] }

interface Known {
  /** All names that decide what comes out, the loop's own left out. */
  readonly needs: readonly string[]
  /** By the values of those names. */
  readonly results: Map<string, ReadyTask>
}

/** Kept for each task. Where more hosts than this differ from each other, remembering them would only take room. */
const LIMIT = 256

export class ParamResolver {
  readonly #registers: ReadonlyMap<string, unknown>
  readonly #hostvars: LiveHostVariables
  readonly #known = new Map<PreparedTask, Known>()
  readonly #ids = new WeakMap<object, number>()
  #nextId = 0
  /** `play_hosts`: the hosts of the batch that did not fail. */
  playHosts: readonly string[] | undefined

  constructor(plays: readonly PreparedPlay[], runs: ReadonlyMap<string, HostRun>) {
    this.#registers = registeredNames(plays)
    this.#hostvars = new LiveHostVariables(runs)
  }

  /** Evaluates conditions, the loop and the parameters. `ahead`: before the task's turn, what is to be registered is unknown. */
  ready(play: PreparedPlay, task: PreparedTask, run: HostRun, ahead = false): ReadyTask {
    let known = this.#known.get(task)
    if (!known) this.#known.set(task, (known = { needs: needsOf(task), results: new Map() }))
    const view = this.#view(play, task, run, ahead)
    let key = ''
    for (const name of known.needs) key += this.#keyOf(view.value(name))
    const before = known.results.get(key)
    if (before) return before
    const ready = readyFor(task, () => view.scope(known.needs))
    if (known.results.size >= LIMIT) known.results.delete(known.results.keys().next().value as string)
    known.results.set(key, ready)
    return ready
  }

  /** What the expressions of a task see on a host at its turn. */
  scope(play: PreparedPlay, task: PreparedTask, run: HostRun): Scope {
    return this.#view(play, task, run, false).scope(needsOf(task))
  }

  /** A host's registered results are other ones now. */
  registered(): void {
    this.#hostvars.renew()
  }

  #view(play: PreparedPlay, task: PreparedTask, run: HostRun, ahead: boolean): ScopeView {
    return new ScopeView(
      play.spec.variables(run.host.name),
      run,
      task.spec.vars,
      this.#registers,
      this.#hostvars,
      ahead,
      this.playHosts,
    )
  }

  /** Texts and numbers by what they are, objects by which one it is: values never change. */
  #keyOf(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return `s${value.length}:${value}`
      case 'object': {
        if (value === null) return 'null,'
        let id = this.#ids.get(value)
        if (id === undefined) this.#ids.set(value, (id = this.#nextId++))
        return `o${id},`
      }
      default:
        return `${String(value)},`
    }
  }
}

function needsOf({ spec, notifiers }: PreparedTask): readonly string[] {
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
    ...Object.values(spec.vars),
    ...notifiers.map((notifier) => notifier.spec.params),
  ]
  const own = new Set([...Object.keys(spec.vars), spec.loop?.as, spec.loop?.indexAs])
  return [...new Set(templates.flatMap((template) => template.needs))].filter((name) => !own.has(name))
}

/** The scope is made only where something needs it. */
function readyFor(task: PreparedTask, makeScope: () => Scope): ReadyTask {
  let made: Scope | undefined
  const scope = () => (made ??= makeScope())
  const { loop } = task.spec
  if (!loop) return readyOnce(task, scope)
  const items = loop.items.evaluate(scope())
  if (!items.ok) return { outcome: why(items) }
  return {
    items: items.value.map((item, index) => {
      const variables = { [loop.as]: item, ...(loop.indexAs !== undefined && { [loop.indexAs]: index }) }
      const itemScope = { ...scope(), ...variables }
      return { variables, ready: readyOnce(task, () => itemScope) }
    }),
  }
}

function readyOnce(task: PreparedTask, scope: () => Scope): Ready {
  for (const condition of task.spec.when) {
    const holds = condition.evaluate(scope())
    if (!holds.ok) return { outcome: why(holds) }
    if (!holds.value) return { outcome: skipped(`when: ${condition.at.text.trim().replace(/^-?\s*when:\s*/, '')}`) }
  }
  if (task.shared) return { resolved: task.shared }
  const params = task.spec.params.evaluate(scope())
  if (!params.ok) return { outcome: why(params) }
  const mistakes = task.spec.checkParams(params.value)
  if (mistakes.length > 0) return { outcome: failedBy(mistakes) }
  const environment = task.spec.environment.evaluate(task.spec.environment.constant ? {} : scope())
  if (!environment.ok) return { outcome: why(environment) }
  return { resolved: render(task, params.value, task.spec.loop ? [] : watchedBy(task, scope()), environment.value) }
}

const render = (
  task: PreparedTask,
  params: Params,
  watched: readonly string[],
  environment: Readonly<Record<string, string>>,
): Resolved => ({
  params,
  watched,
  probes: task.type.observe(params, { watched, environment }),
  hidden: task.spec.diff === false,
})

/** For a handler: the files that the tasks which notify it write on this host. */
function watchedBy(handler: PreparedTask, scope: Scope): readonly string[] {
  const files = handler.notifiers.flatMap((notifier) => {
    if (notifier.shared) return notifier.type.writes(notifier.shared.params)
    const params = notifier.spec.loop ? undefined : notifier.spec.params.evaluate(scope)
    return params?.ok ? notifier.type.writes(params.value) : []
  })
  return [...new Set(files)]
}

const why = (evaluated: Exclude<Evaluated<unknown>, { ok: true }>): TaskOutcome =>
  evaluated.unknown ? dependsOn(evaluated.because) : failedBy([evaluated.diagnostic])
