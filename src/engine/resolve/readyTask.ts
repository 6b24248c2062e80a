// What the expressions of a task come to: what it asks of a host, why it does not run, or facts that must be asked first.
import { type Computed, type Evaluated, type Scope, UNKNOWN } from '../../model/computed.ts'
import { FACTS_NAME } from '../../model/facts.ts'
import type { Probe } from '../../task/probes/probe.ts'
import { type TaskOutcome, dependsOn, failed, failedBy, skipped } from '../perform/taskOutcome.ts'
import type { HostRun } from '../hostRun.ts'
import type { Params, PreparedTask, Resolved } from '../prepare.ts'
import type { FactLook, WantedFact } from './factReader.ts'
import type { Needs } from './needs.ts'
import type { ScopeView } from './scope.ts'

export type Ready = { readonly resolved: Resolved } | { readonly outcome: TaskOutcome }

/** One item of a loop, with the loop's variables. */
export interface ReadyItem {
  readonly variables: Scope
  readonly ready: Ready
}

/** Facts that it reads, wherever in it. */
interface WithFacts {
  readonly facts?: readonly WantedFact[]
}

/** Facts are to be asked before it can be said; `likely` is what it asks where they let it run. */
export interface Unready extends Required<WithFacts> {
  readonly likely: readonly Resolved[]
}

export type ReadyTask = (Ready & WithFacts) | ({ readonly items: readonly ReadyItem[] } & WithFacts) | Unready

/** Of all facts that an evaluation read, some are missing. */
interface Wanting {
  readonly likely?: Resolved
}

/** How a task that reads facts comes to them. */
interface Looking {
  readonly look: FactLook
  /** The facts that are named in it. */
  readonly named: readonly WantedFact[]
  readonly hostRun: (name: string) => HostRun | undefined
}

/** The scope is made only where something needs it. `looking`: where the task reads facts. */
export function readyFor(task: PreparedTask, view: ScopeView, needs: Needs, looking?: Looking): ReadyTask {
  let made: Scope | undefined
  const ready = new Evaluation(task, view, looking).ready(() => (made ??= view.scope(needs)))
  if (!looking) return ready as ReadyTask
  const facts = onceEach([...looking.named, ...looking.look.wanted])
  return 'likely' in ready ? { likely: ready.likely, facts } : { ...ready, facts }
}

function onceEach(facts: readonly WantedFact[]): readonly WantedFact[] {
  const seen = new Map<HostRun | undefined, Set<Probe<unknown>>>()
  return facts.filter(({ probe, delegate }) => {
    const probes = seen.get(delegate) ?? new Set()
    seen.set(delegate, probes)
    return !probes.has(probe) && probes.add(probe)
  })
}

/**
 * Of a task that is delegated, its own expressions read the facts of the delegate; its variables, `loop` and `delegate_to`
 * read those of the host that it is for.
 */
class Evaluation {
  readonly #task: PreparedTask
  readonly #view: ScopeView
  readonly #look: FactLook | undefined
  readonly #hostRun: Looking['hostRun'] | undefined

  constructor(task: PreparedTask, view: ScopeView, looking: Looking | undefined) {
    this.#task = task
    this.#view = view
    this.#look = looking?.look
    this.#hostRun = looking?.hostRun
  }

  ready(scope: () => Scope): Exclude<ReadyTask, Unready> | { readonly likely: readonly Resolved[] } {
    const { loop } = this.#task.spec
    if (!loop) {
      const ready = this.#once(scope)
      return isWanting(ready) ? { likely: ready.likely ? [ready.likely] : [] } : ready
    }
    const items = this.#evaluate(loop.items, scope())
    if (items === 'missing') return { likely: [] }
    if (!items.ok) return { outcome: this.#why(items) }
    const each = items.value.map((item, index) => {
      const variables = { [loop.as]: item, ...(loop.indexAs !== undefined && { [loop.indexAs]: index }) }
      const itemScope = within(scope(), variables)
      return { variables, ready: this.#once(() => itemScope) }
    })
    if (!each.some(({ ready }) => isWanting(ready))) return { items: each as readonly ReadyItem[] }
    const likely = each.flatMap(({ ready }) =>
      isWanting(ready) ? (ready.likely ?? []) : 'resolved' in ready ? ready.resolved : [],
    )
    return { likely }
  }

  #once(own: () => Scope): Ready | Wanting {
    const { spec, shared } = this.#task
    const scope = this.#onDelegate(own)
    if (scope === 'missing') return {}
    let wanting = false
    for (const condition of spec.when) {
      const holds = this.#evaluate(condition, scope())
      if (holds === 'missing') wanting = true
      else if (!holds.ok) return wanting ? {} : { outcome: this.#why(holds) }
      else if (!holds.value) return { outcome: skipped(`when: ${condition.text}`) }
    }
    for (const value of [spec.retry?.retries, spec.retry?.delaySeconds])
      if (value && this.#evaluate<unknown>(value, scope()) === 'missing') return {}
    if (shared) return wanting ? { likely: shared } : { resolved: shared }
    const params = this.#evaluate(spec.params, scope())
    const environment = this.#evaluate(spec.environment, spec.environment.constant ? {} : scope())
    if (params === 'missing' || environment === 'missing') return {}
    // Facts that let it not run come before what is wrong with it.
    if (wanting && (!params.ok || !environment.ok)) return {}
    if (!params.ok) return { outcome: this.#why(params) }
    const mistakes = spec.checkParams(params.value)
    if (mistakes.length > 0) return wanting ? {} : { outcome: failedBy(mistakes) }
    if (!environment.ok) return { outcome: this.#why(environment) }
    const watched = spec.loop ? [] : watchedBy(this.#task, scope())
    if (this.#misses && this.#task.notifiers.length > 0) return {}
    const resolved = render(this.#task, params.value, watched, environment.value)
    return wanting ? { likely: resolved } : { resolved }
  }

  /** A delegate that is not known, or is in no inventory, fails the task at its turn, unless the task does not run. */
  #onDelegate(scope: () => Scope): (() => Scope) | 'missing' {
    const { delegateTo } = this.#task.spec
    if (!delegateTo || !this.#look) return scope
    const name = this.#evaluate(delegateTo, scope())
    if (name === 'missing') return 'missing'
    const host = name.ok ? this.#hostRun?.(name.value) : undefined
    const anywhere = !name.ok && name.unknown
    if (!host && !anywhere) return scope
    const seen = within(scope(), { [FACTS_NAME]: host ? this.#look.factsOf(host) : UNKNOWN })
    return () => seen
  }

  #evaluate<T>(value: Computed<T>, scope: Scope): Evaluated<T> | 'missing' {
    const evaluated = value.evaluate(scope)
    return !evaluated.ok && evaluated.unknown && this.#misses ? 'missing' : evaluated
  }

  /** Something was read that is not known yet. */
  get #misses(): boolean {
    return this.#look !== undefined && this.#look.missing > 0
  }

  #why(evaluated: Exclude<Evaluated<unknown>, { ok: true }>): TaskOutcome {
    const { failure } = this.#view
    return evaluated.unknown && failure ? failedBy([failure]) : whyNot(evaluated, this.#look)
  }
}

const isWanting = (ready: Ready | Wanting): ready is Wanting => !('resolved' in ready) && !('outcome' in ready)

/** Why something has no value; `look` saw the facts that it reads. */
export function whyNot(evaluated: Exclude<Evaluated<unknown>, { ok: true }>, look?: FactLook): TaskOutcome {
  if (!evaluated.unknown) return failedBy([evaluated.diagnostic])
  const fact = look?.unknown
  if (fact?.state === 'unreadable') return failed(fact.failure)
  return dependsOn(fact?.because ?? evaluated.because)
}

/** A scope with more in it; what is read of it is evaluated only then. */
export const within = (scope: Scope, more: Scope): Scope =>
  Object.create(scope, Object.getOwnPropertyDescriptors(more)) as Scope

const render = (
  task: PreparedTask,
  params: Params,
  watched: readonly string[],
  environment: Readonly<Record<string, string>>,
): Resolved => ({
  params,
  watched,
  environment,
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
