// Joins each task of the playbook with its type, and precomputes what is the same for all hosts.
import type { Json } from '../model/inventory.ts'
import type { PlaySpec, ValidPlaybook } from '../model/playbook.ts'
import type { BlockSpec, PlayNode, TaskSpec } from '../model/playTree.ts'
import type { TaskRef } from '../model/runEvent.ts'
import type { TaskType } from '../task/defineTask.ts'
import type { ControllerTrees } from './perform/controllerTrees.ts'
import { guardTaskType } from './perform/guardTaskType.ts'
import { LANGUAGE_TYPES } from './perform/languageTypes.ts'
import type { Probes } from '../task/probes/probe.ts'

export type Params = Readonly<Record<string, Json>>

/** Parameters whose expressions are evaluated, and the probes they ask for. */
export interface Resolved {
  readonly params: Params
  readonly probes: Probes
  readonly watched: readonly string[]
  readonly environment: Readonly<Record<string, string>>
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
  /** The files of tasks that it stands in, outermost first: it is for the hosts that choose them. */
  readonly branches: readonly Branch[]
  /** For a handler: the tasks of the play that notify it. */
  readonly notifiers: readonly PreparedTask[]
  /** Nothing in it depends on the host: the same for all. */
  readonly shared: Resolved | undefined
}

type TypeOf = (spec: TaskSpec) => TaskType

export interface Branch {
  readonly choice: PreparedTask
  readonly file: string
}

export interface PreparedBlock {
  readonly kind: 'block'
  readonly body: readonly PreparedNode[]
  readonly rescue: readonly PreparedNode[]
  readonly always: readonly PreparedNode[]
}

export interface PreparedChoice {
  readonly kind: 'choice'
  readonly task: PreparedTask
  readonly branches: ReadonlyMap<string, readonly PreparedNode[]>
}

export type PreparedNode = PreparedTask | PreparedBlock | PreparedChoice

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
  trees: ControllerTrees,
): readonly PreparedPlay[] {
  const guarded = new Map([...LANGUAGE_TYPES, ...given].map(([name, type]) => [name, guardTaskType(type)]))
  const types: TypeOf = ({ type: name, at }) => {
    const type = guarded.get(name)
    if (!type) throw new Error(`task type ${name} was validated but not given to the engine`)
    return trees.bind(type, at.file)
  }
  return playbook.plays.map((spec) => {
    const tasks: PreparedTask[] = []
    const parts: readonly (readonly PlayNode[])[] = [spec.preTasks ?? [], spec.tasks, spec.postTasks ?? []]
    const sections = parts
      .filter((nodes) => nodes.length > 0)
      .map((nodes) => prepareNodes(nodes, types, tasks, { caught: false, rescues: undefined, branches: [] }))
    const handlers = spec.handlers.map((handler) => {
      const notifiers = tasks.filter((task) => task.spec.notify.some((topic) => answersTo(handler, topic)))
      return prepareTask(handler, types, { ...AT_THE_END, notifiers })
    })
    return { spec, hosts: new Set(spec.hosts), sections, tasks, handlers }
  })
}

/** Of the last task of a tree. */
export function lastIndex(nodes: readonly PreparedNode[]): number {
  const last = (node: PreparedNode): number => {
    switch (node.kind) {
      case 'task':
        return node.index
      case 'block':
        return lastIndex([...node.body, ...node.rescue, ...node.always])
      case 'choice':
        return Math.max(node.task.index, lastIndex([...node.branches.values()].flat()))
    }
  }
  return Math.max(-1, ...nodes.map(last))
}

/** A handler that is considered though nobody notified it. */
export const dueByFacts = ({ type, spec }: PreparedTask): boolean => type.dueByFacts && spec.onlyNotified !== true

/** A handler is notified by its name or by a topic that it listens to. */
export function answersTo(handler: TaskSpec, topic: string): boolean {
  return handler.listen.includes(topic) || handler.name === topic
}

type Surroundings = Pick<PreparedTask, 'caught' | 'rescues' | 'branches'>

/** `tasks`: gets each task in turn. */
function prepareNodes(
  nodes: readonly PlayNode[],
  types: TypeOf,
  tasks: PreparedTask[],
  around: Surroundings,
): readonly PreparedNode[] {
  const leaf = (spec: TaskSpec): PreparedTask => {
    const task = prepareTask(spec, types, { ...around, index: tasks.length, handler: false, notifiers: [] })
    tasks.push(task)
    return task
  }
  return nodes.map((node) => {
    if (node.kind === 'choice') {
      const choice = leaf(node.task)
      const branches = [...node.branches].map(([file, inner]) => {
        const branch = { ...around, branches: [...around.branches, { choice, file }] }
        return [file, prepareNodes(inner, types, tasks, branch)] as const
      })
      return { kind: 'choice', task: choice, branches: new Map(branches) }
    }
    if (node.kind === 'block') {
      const part = (part: readonly PlayNode[], more: Partial<Surroundings>) =>
        prepareNodes(part, types, tasks, { ...around, ...more })
      return {
        kind: 'block',
        body: part(node.body, { caught: around.caught || node.rescue.length > 0 }),
        rescue: part(node.rescue, { rescues: node }),
        always: part(node.always, {}),
      }
    }
    return leaf(node)
  })
}

const AT_THE_END = { index: Number.POSITIVE_INFINITY, handler: true, caught: false, rescues: undefined, branches: [] }

function prepareTask(
  spec: TaskSpec,
  types: TypeOf,
  place: Pick<PreparedTask, 'index' | 'handler' | 'caught' | 'rescues' | 'branches' | 'notifiers'>,
): PreparedTask {
  const type = types(spec)
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
    return { params: params.value, probes, watched, environment: environment.value, hidden: spec.diff === false }
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
