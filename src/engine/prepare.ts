// Joins each task of the playbook with its type, and works out once what is the same for all hosts.
import type { Json } from '../model/inventory.ts'
import type { PlaySpec, TaskSpec, ValidPlaybook } from '../model/playbook.ts'
import type { TaskRef } from '../model/runEvent.ts'
import type { TaskType } from '../task/defineTask.ts'
import type { Probes } from '../task/probes/probe.ts'

export type Params = Readonly<Record<string, Json>>

/** Parameters whose expressions are evaluated, and the probes they ask for. */
export interface Resolved {
  readonly params: Params
  readonly probes: Probes
  readonly watched: readonly string[]
}

export interface PreparedTask {
  readonly spec: TaskSpec
  readonly type: TaskType
  readonly ref: TaskRef
  readonly handler: boolean
  /** For a handler: the tasks of the play that notify it. */
  readonly notifiers: readonly PreparedTask[]
  /** Nothing in it depends on the host: the same for all. */
  readonly shared: Resolved | undefined
}

export interface PreparedPlay {
  readonly spec: PlaySpec
  readonly hosts: ReadonlySet<string>
  readonly tasks: readonly PreparedTask[]
  readonly handlers: readonly PreparedTask[]
}

export function preparePlaybook(
  playbook: ValidPlaybook,
  types: ReadonlyMap<string, TaskType>,
): readonly PreparedPlay[] {
  return playbook.plays.map((spec) => {
    const tasks = spec.tasks.map((task) => prepareTask(task, types, []))
    const handlers = spec.handlers.map((handler) => {
      const notifiers = tasks.filter((task) => task.spec.notify.some((topic) => answersTo(handler, topic)))
      return prepareTask(handler, types, notifiers, true)
    })
    return { spec, hosts: new Set(spec.hosts), tasks, handlers }
  })
}

/** A handler is notified by its name or by a topic that it listens to. */
export function answersTo(handler: TaskSpec, topic: string): boolean {
  return handler.listen.includes(topic) || handler.name === topic
}

function prepareTask(
  spec: TaskSpec,
  types: ReadonlyMap<string, TaskType>,
  notifiers: readonly PreparedTask[],
  handler = false,
): PreparedTask {
  const type = types.get(spec.type)
  if (!type) throw new Error(`task type ${spec.type} was validated but not given to the engine`)
  const ref = {
    id: spec.id,
    name: spec.name,
    type: spec.type,
    file: spec.at.file,
    line: spec.at.line,
    ...(spec.diff !== undefined && { diff: spec.diff }),
  }
  const watched = sharedWrites(notifiers)
  return {
    spec,
    type,
    ref,
    handler,
    notifiers,
    shared: watched && resolveShared(spec, type, watched),
  }
}

function resolveShared(spec: TaskSpec, type: TaskType, watched: readonly string[]): Resolved | undefined {
  if (!spec.params.constant || spec.loop) return undefined
  const params = spec.params.evaluate({})
  return params.ok ? { params: params.value, probes: type.observe(params.value, { watched }), watched } : undefined
}

/** The files that all notifiers write, where that is the same on every host. */
function sharedWrites(notifiers: readonly PreparedTask[]): readonly string[] | undefined {
  if (!notifiers.every((task) => task.shared)) return undefined
  return [...new Set(notifiers.flatMap((task) => (task.shared ? task.type.writes(task.shared.params) : [])))]
}
