// Everything that the rest of a run will ask of a host, as far as it is known now, so that one batch can ask it.
import { type HostRun, identityKey, identityOf } from '../hostRun.ts'
import type { ObserveItem } from './observeItem.ts'
import { type Branch, dueByFacts, type PreparedPlay, type PreparedTask, type Resolved } from '../prepare.ts'
import { ProbeBatch } from './probeBatch.ts'
import type { ParamResolver } from '../resolve/paramResolver.ts'
import type { ReadyTask } from '../resolve/readyTask.ts'

/** A later task that throws fails at its own turn. */
function readyOrNot(resolver: ParamResolver, play: PreparedPlay, task: PreparedTask, run: HostRun): ReadyTask {
  try {
    return resolver.ready(play, task, run, true)
  } catch {
    return { items: [] }
  }
}

/** Where the file is not known yet, what its tasks ask is asked when it is. */
function takes(resolver: ParamResolver, play: PreparedPlay, { choice, file }: Branch, run: HostRun): boolean {
  const ready = readyOrNot(resolver, play, choice, run)
  return 'resolved' in ready && ready.resolved.params['file'] === file
}

/** Probes of this task and those after it, in this play and the later ones, that are asked as the given identity. */
export function upcomingProbes(
  plays: readonly PreparedPlay[],
  place: ObserveItem,
  identity: string,
  resolver: ParamResolver,
): ProbeBatch {
  const { run } = place
  const batch = new ProbeBatch()
  const ask = (play: PreparedPlay, task: PreparedTask) => {
    // It asks another host, at its turn.
    if (task.spec.delegateTo) return
    if (!task.branches.every((branch) => takes(resolver, play, branch, run))) return
    if (identityKey(identityOf(run.host, task.spec.become, play.spec.become)) !== identity) return
    // What is not known yet (it waits for a registered result) is asked when its turn comes.
    const ready = readyOrNot(resolver, play, task, run)
    if (ready.facts) for (const { probe } of ready.facts) batch.add(probe)
    if ('resolved' in ready) batch.addAll(ready.resolved)
    else for (const resolved of askedBy(ready)) batch.addAll(resolved)
  }
  for (const play of plays.slice(place.play.spec.index)) {
    if (!play.hosts.has(run.host.name)) continue
    const here = play === place.play
    for (let i = here ? place.from : 0; i < play.tasks.length; i++) {
      const task = play.tasks[i]
      // A rescue is for what should not happen; what it asks is asked when it does.
      if (task && (task.rescues === undefined || task.rescues === place.task.rescues)) ask(play, task)
    }
    for (const handler of play.handlers)
      if (dueByFacts(handler) || run.notified.has(handler.spec.id)) ask(play, handler)
  }
  return batch
}

function askedBy(ready: ReadyTask): readonly Resolved[] {
  if ('likely' in ready) return ready.likely
  return 'items' in ready ? ready.items.flatMap((item) => ('resolved' in item.ready ? [item.ready.resolved] : [])) : []
}
