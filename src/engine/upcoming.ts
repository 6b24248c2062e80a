// All that the rest of a run will ask of a host, as far as it can be told now, so that it travels in one batch.
import type { Scope } from '../model/playbook.ts'
import type { ObservePlace } from './runner.ts'
import { identityKey, identityOf, type HostRun } from './hostRun.ts'
import { ProbeBatch } from './observe.ts'
import type { PreparedPlay, PreparedTask, Rendered } from './prepare.ts'
import { render, renderTask } from './renderTask.ts'

/** Probes of this task and those after it, in this play and the later ones, that are asked as the given identity. */
export function upcomingProbes(
  plays: readonly PreparedPlay[],
  place: ObservePlace,
  identity: string,
  scopeFor: (play: PreparedPlay, task: PreparedTask, run: HostRun) => Scope,
): ProbeBatch {
  const { run } = place
  const batch = new ProbeBatch()
  const ask = (play: PreparedPlay, task: PreparedTask) => {
    if (identityKey(identityOf(run.host, task.spec.become, play.spec.become)) !== identity) return
    if (task.plain && task.shared) return addAll(batch, task.shared)
    for (const rendered of renderAhead(task, () => scopeFor(play, task, run))) addAll(batch, rendered)
  }
  for (const play of plays.slice(place.play.spec.index)) {
    if (!play.hosts.has(run.host.name)) continue
    const here = play === place.play
    for (const task of here ? place.remaining : play.tasks) ask(play, task)
    for (const handler of play.handlers)
      if (handler.type.dueByFacts || run.notified.has(handler.spec.id)) ask(play, handler)
  }
  return batch
}

const addAll = (batch: ProbeBatch, { probes }: Rendered) => {
  for (const probe of Object.values(probes)) if (probe) batch.add(probe)
}

/** What can be rendered before its turn; what cannot (it waits for a registered result) is asked when its turn comes. */
function* renderAhead(task: PreparedTask, makeScope: () => Scope): Generator<Rendered> {
  let scope: Scope | undefined
  const lazily = () => (scope ??= makeScope())
  const { loop } = task.spec
  if (!loop) {
    const ready = renderTask(task, lazily, () => watchedBy(task, lazily()))
    if ('rendered' in ready) yield ready.rendered
    return
  }
  const items = loop.items.evaluate(lazily())
  if (!items.ok) return
  for (const [index, item] of items.value.entries()) {
    const itemScope = { ...lazily(), [loop.as]: item, ...(loop.indexAs && { [loop.indexAs]: index }) }
    const ready = renderTask(
      task,
      () => itemScope,
      () => [],
    )
    if ('rendered' in ready) yield ready.rendered
  }
}

/** For a handler: the files that the tasks which notify it write on this host. */
export function watchedBy(handler: PreparedTask, scope: Scope): readonly string[] {
  const files = handler.notifiers.flatMap((notifier) => {
    if (notifier.shared) return notifier.type.writes(notifier.shared.params)
    const params = notifier.spec.loop ? undefined : notifier.spec.params.evaluate(scope)
    return params?.ok ? notifier.type.writes(render(notifier, params.value, []).params) : []
  })
  return [...new Set(files)]
}
