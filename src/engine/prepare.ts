// Joins each task of the playbook with its type, and precomputes what is the same for all hosts.
import type { Json } from '../model/inventory.ts'
import type { PlaySpec, ValidPlaybook } from '../model/playbook.ts'
import { type BlockSpec, isBlock, type PlayNode, type TaskSpec } from '../model/playTree.ts'
import type { TaskRef } from '../model/runEvent.ts'
import type { TaskType } from '../task/defineTask.ts'
import { guardTaskType } from './perform/guardTaskType.ts'
import { LANGUAGE_TYPES } from './perform/languageTypes.ts'
import type { Probes } from '../task/probes/probe.ts'

export type Params = Readonly<Record<string, Json>>

/** Parameters whose expressions are evaluated, and the probes they ask for. */
export interface Resolved {
  readonly params: Params
  readonly probes: Probes
  readonly watched: readonly string[]
  /** `diff: false`: what it reads and writes stays out of traces. */
  readonly hidden: boolean
}

export interface PreparedTask {
  readonly kind: 'task'
  readonly spec: TaskSpec
  readonly type: TaskType
  readonly ref: TaskRef
  readonly handler: boolean
  /** Its place among the tasks of its play as they are written. */
  readonly index: number
  /** It is made once on its own host, and its outcome is what the task type says. */
  readonly plain: boolean
  /** A rescue takes over when it fails. */
  readonly caught: boolean
  /** The block in whose rescue it stands: it runs only where something failed. */
  readonly rescues: BlockSpec | undefined
  /** For a handler: the tasks of the play that notify it. */
  readonly notifiers: readonly PreparedTask[]
  /** Nothing in it depends on the host: the same for all. */
  readonly shared: Resolved | undefined
}

export interface PreparedBlock {
  readonly kind: 'block'
  readonly body: readonly PreparedNode[]
  readonly rescue: readonly PreparedNode[]
  readonly always: readonly PreparedNode[]
}

export type PreparedNode = PreparedTask | PreparedBlock

export interface PreparedPlay {
  readonly spec: PlaySpec
  readonly hosts: ReadonlySet<string>
  /** What comes before, in and after the play's tasks; handlers run at the end of each. */
  readonly sections: readonly (readonly PreparedNode[])[]
  /** All of them as they are written. */
  readonly tasks: readonly PreparedTask[]
  readonly handlers: readonly PreparedTask[]
}

export function preparePlaybook(
  playbook: ValidPlaybook,
  given: ReadonlyMap<string, TaskType>,
): readonly PreparedPlay[] {
  const types = new Map([...LANGUAGE_TYPES, ...given].map(([name, type]) => [name, guardTaskType(type)]))
  return playbook.plays.map((spec) => {
    const tasks: PreparedTask[] = []
    const parts: readonly (readonly PlayNode[])[] = [spec.preTasks ?? [], spec.tasks, spec.postTasks ?? []]
    const sections = parts
      .filter((nodes) => nodes.length > 0)
      .map((nodes) => prepareNodes(nodes, types, tasks, { caught: false, rescues: undefined }))
    const handlers = spec.handlers.map((handler) => {
      const notifiers = tasks.filter((task) => task.spec.notify.some((topic) => answersTo(handler, topic)))
      return prepareTask(handler, types, { ...AT_THE_END, notifiers })
    })
    return { spec, hosts: new Set(spec.hosts), sections, tasks, handlers }
  })
}

/** Of the last task of a tree. */
export function lastIndex(nodes: readonly PreparedNode[]): number {
  return Math.max(
    -1,
    ...nodes.map((node) =>
      node.kind === 'task' ? node.index : lastIndex([...node.body, ...node.rescue, ...node.always]),
    ),
  )
}

/** A handler that is considered though nobody notified it. */
export const dueByFacts = ({ type, spec }: PreparedTask): boolean => type.dueByFacts && spec.onlyNotified !== true

/** A handler is notified by its name or by a topic that it listens to. */
export function answersTo(handler: TaskSpec, topic: string): boolean {
  return handler.listen.includes(topic) || handler.name === topic
}

type Surroundings = Pick<PreparedTask, 'caught' | 'rescues'>

/** `tasks`: gets each task in turn. */
function prepareNodes(
  nodes: readonly PlayNode[],
  types: ReadonlyMap<string, TaskType>,
  tasks: PreparedTask[],
  around: Surroundings,
): readonly PreparedNode[] {
  return nodes.map((node) => {
    if (isBlock(node)) {
      const part = (part: readonly PlayNode[], more: Partial<Surroundings>) =>
        prepareNodes(part, types, tasks, { ...around, ...more })
      return {
        kind: 'block',
        body: part(node.body, { caught: around.caught || node.rescue.length > 0 }),
        rescue: part(node.rescue, { rescues: node }),
        always: part(node.always, {}),
      }
    }
    const task = prepareTask(node, types, { ...around, index: tasks.length, handler: false, notifiers: [] })
    tasks.push(task)
    return task
  })
}

const AT_THE_END = { index: Number.POSITIVE_INFINITY, handler: true, caught: false, rescues: undefined }

function prepareTask(
  spec: TaskSpec,
  types: ReadonlyMap<string, TaskType>,
  place: Pick<PreparedTask, 'index' | 'handler' | 'caught' | 'rescues' | 'notifiers'>,
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
  const watched = sharedWrites(place.notifiers)
  return {
    kind: 'task',
    spec,
    type,
    ref,
    plain: isPlain(spec),
    ...place,
    shared: watched && resolveShared(spec, type, watched),
  }
}

const isPlain = ({ type, retry, delegateTo, changedWhen, failedWhen }: TaskSpec): boolean =>
  type !== 'pause' && !retry && !delegateTo && !changedWhen && !failedWhen

function resolveShared(spec: TaskSpec, type: TaskType, watched: readonly string[]): Resolved | undefined {
  if (!spec.params.constant || !spec.environment.constant || spec.loop) return undefined
  const params = spec.params.evaluate({})
  const environment = spec.environment.evaluate({})
  if (!params.ok || !environment.ok) return undefined
  try {
    const probes = type.observe(params.value, { watched, environment: environment.value })
    return { params: params.value, probes, watched, hidden: spec.diff === false }
  } catch {
    // It will throw again at its turn, as a failure of each host.
    return undefined
  }
}

/** The files that all notifiers write, where that is the same on every host. */
function sharedWrites(notifiers: readonly PreparedTask[]): readonly string[] | undefined {
  if (!notifiers.every((task) => task.shared)) return undefined
  try {
    return [...new Set(notifiers.flatMap((task) => (task.shared ? task.type.writes(task.shared.params) : [])))]
  } catch {
    return undefined
  }
}
