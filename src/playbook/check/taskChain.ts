// The tasks of one play in order, each with the names that it can read.
import type { Vocabulary } from '../../language/vocabulary.ts'
import { layHostVariables } from '../../model/hostVariables.ts'
import { UNKNOWN } from '../../model/computed.ts'
import type { Json } from '../../model/inventory.ts'
import { INCLUDE_TASKS } from '../../model/languageTasks.ts'
import { type ChoiceSpec, FAILURE_NAME, type PlayNode, type TaskSpec } from '../../model/playTree.ts'
import type { Compiled } from '../../language/compileTemplate.ts'
import { checkOnHosts } from './checkOnHosts.ts'
import { Conditions } from './conditions.ts'
import { refuseHostsChoice } from './fileChecks.ts'
import { compileTask, type CompiledTask } from './compileTask.ts'
import { FAILURE_TYPE } from './resultType.ts'
import type { HostFindings } from './hostFindings.ts'
import {
  type ParsedChoice,
  type ParsedName,
  type ParsedNode,
  type ParsedPlay,
  type ParsedTask,
  parsedTasks,
} from '../parse/parsed.ts'
import type { PlayVariables } from './playVariables.ts'
import { isSelected } from './selectByTags.ts'
import type { PlayContext } from './playContext.ts'
import { ANY, typeOf, type ValueType } from '../../language/valueType.ts'

export const sectionsOf = ({ preTasks, tasks, postTasks }: ParsedPlay): readonly ParsedNode[] => [
  ...preTasks,
  ...tasks,
  ...postTasks,
]

export const registersOf = (play: ParsedPlay): ReadonlyMap<string, ParsedName> =>
  new Map(
    [...parsedTasks(sectionsOf(play)), ...play.handlers].flatMap(({ register }) =>
      register ? [[register.text, register]] : [],
    ),
  )

/** The tasks of a play in turn: each may read what those before it register. */
export class TaskChain {
  readonly registeredHere = new Map<string, ValueType>()
  readonly #play: ParsedPlay
  readonly #index: number
  readonly #hosts: readonly string[]
  readonly #variables: PlayVariables
  readonly #context: PlayContext
  readonly #hostFindings: HostFindings
  readonly #used: (name: string) => void
  readonly #all: ReadonlyMap<string, ParsedName>
  readonly #leftOut = new Set<string>()
  readonly #conditions = new Conditions()
  #next = 0
  #nextBlock = 0
  /** What can be read here in this run, and what could be if no tag left a task out. */
  #types: ReadonlyMap<string, ValueType>
  #allTypes: ReadonlyMap<string, ValueType>
  readonly #inRescue = new WeakMap<ReadonlyMap<string, ValueType>, ReadonlyMap<string, ValueType>>()

  constructor(
    play: ParsedPlay,
    index: number,
    hosts: readonly string[],
    variables: PlayVariables,
    context: PlayContext,
    hostFindings: HostFindings,
    used: (name: string) => void,
  ) {
    this.#play = play
    this.#index = index
    this.#hosts = hosts
    this.#variables = variables
    this.#context = context
    this.#hostFindings = hostFindings
    this.#used = used
    this.#all = registersOf(play)
    const types = new Map(variables.types)
    for (const [name, { type }] of context.registered) types.set(name, type)
    this.#types = types
    this.#allTypes = types
  }

  /** Compiled tasks in the order in which they are written, whether or not the tags select them. */
  readonly compiled: CompiledTask[] = []

  /** What the tags select; a block of which nothing is left is left out. */
  nodes(parsed: readonly ParsedNode[], inRescue = false): readonly PlayNode[] {
    return parsed.flatMap((node): readonly PlayNode[] => {
      if (node.kind === 'task') return this.#task(node, `${this.#index}/${this.#next++}`, inRescue)
      if (node.kind === 'choice') return this.#choice(node, inRescue)
      const id = `${this.#index}/b${this.#nextBlock++}`
      const body = this.nodes(node.body, inRescue)
      const rescue = this.nodes(node.rescue, true)
      const always = this.nodes(node.always, inRescue)
      if (body.length === 0 && always.length === 0) return []
      return [{ kind: 'block', id, at: node.at, ...(node.name && { name: node.name }), body, rescue, always }]
    })
  }

  #choice({ task, branches }: ParsedChoice, inRescue: boolean): readonly ChoiceSpec[] {
    const id = `${this.#index}/${this.#next++}`
    const compiled = this.#compile(task, id, inRescue, this.#types, {
      catalogue: new Map([[INCLUDE_TASKS.name, INCLUDE_TASKS]]),
      named: { ...this.#context.named, matching: () => [...branches.keys()] },
    })
    const found = [...branches].map(([file, nodes]) => [file, this.nodes(nodes, inRescue)] as const)
    if (!compiled || found.every(([, nodes]) => nodes.length === 0)) return []
    return [{ kind: 'choice', task: compiled.spec, branches: new Map(found) }]
  }

  handlers(parsed: readonly ParsedTask[]): { all: readonly CompiledTask[]; specs: readonly TaskSpec[] } {
    const before = this.compiled.length
    const specs = parsed.flatMap((task, number) => this.#task(task, `${this.#index}/h${number}`, false, true))
    return { all: this.compiled.slice(before), specs }
  }

  #task(task: ParsedTask, id: string, inRescue: boolean, handler = false): readonly TaskSpec[] {
    const { findings, onlyTags, skipTags } = this.#context
    if (!handler && task.listen.length > 0)
      findings.error('unsupported-keyword', "'listen' is for handlers", task.at, "move the task to 'handlers'")
    const taken = isSelected([...this.#play.tags, ...task.tags], onlyTags, skipTags)
    const readable = taken && !handler ? this.#types : this.#allTypes
    const compiled = this.#compile(task, id, inRescue, readable)
    const { extra } = this.#context.run
    if (compiled)
      for (const [name, type] of setBy(compiled))
        if (!Object.hasOwn(extra, name)) this.#register(name, type, taken || handler)
    // The result of a task that has a mistake is anything, so that the tasks after it are not blamed.
    const { register } = task
    if (register) this.#register(register.text, compiled?.register?.type ?? ANY, taken || handler)
    if (register && Object.hasOwn(extra, register.text))
      findings.error(
        'bad-extra-vars',
        `'${register.text}' is what a task registers, and cannot be set with -e`,
        register.at,
        'rename one of the two',
      )
    return compiled && (taken || handler) ? [settingOnly(compiled.spec, extra)] : []
  }

  /** With everything that can be checked on the hosts of the play. */
  #compile(
    task: ParsedTask,
    id: string,
    inRescue: boolean,
    readable: ReadonlyMap<string, ValueType>,
    own: Partial<Pick<PlayContext, 'catalogue' | 'named'>> = {},
  ): CompiledTask | undefined {
    const { catalogue, findings, named } = this.#context
    const compiled = compileTask(this.#withoutExtra(task), {
      id,
      catalogue,
      named,
      types: inRescue ? this.#withFailure(readable) : readable,
      outer: { explain: (name) => this.#explain(name), used: this.#used },
      playTags: this.#play.tags,
      conditions: this.#conditions,
      findings,
      ...own,
    })
    if (!compiled) return undefined
    this.compiled.push(compiled)
    const toCheck = this.#toCheck(inRescue ? [FAILURE_NAME] : [])
    refuseHostsChoice(compiled, toCheck.registered.keys(), this.#variables.live, findings)
    checkOnHosts(compiled, toCheck, findings, this.#hostFindings)
    return compiled
  }

  /** The same for all tasks that read the same: expressions are compiled once for each set of types. */
  #withFailure(readable: ReadonlyMap<string, ValueType>): ReadonlyMap<string, ValueType> {
    let types = this.#inRescue.get(readable)
    if (!types) this.#inRescue.set(readable, (types = new Map(readable).set(FAILURE_NAME, FAILURE_TYPE)))
    return types
  }

  /** `-e` wins over a task's own variables, as over all others. */
  #withoutExtra(task: ParsedTask): ParsedTask {
    const { extra } = this.#context.run
    return { ...task, vars: task.vars.filter(({ key }) => !Object.hasOwn(extra, key)) }
  }

  #register(name: string, type: ValueType, taken: boolean): void {
    this.#allTypes = new Map(this.#allTypes).set(name, type)
    if (taken) {
      this.#types = new Map(this.#types).set(name, type)
      this.registeredHere.set(name, type)
    } else this.#leftOut.add(name)
  }

  #explain(name: string): ReturnType<Vocabulary['explain']> {
    if (this.#leftOut.has(name))
      return {
        message: `'${name}' is registered by a task that the tags exclude`,
        hint: 'select that task too, or skip this one',
      }
    const later = this.#all.get(name)
    const { inventory } = this.#context.run
    const kind = inventory.hosts.has(name) ? 'host' : inventory.groups.has(name) ? 'group' : undefined
    if (!later && kind !== undefined)
      return { message: `there is no variable '${name}'`, hint: `to name the ${kind}, put it in quotes: '${name}'` }
    return (
      later && {
        message: `'${name}' is registered by a later task, on line ${later.at.line}`,
        hint: 'move this task after that one',
      }
    )
  }

  #toCheck(more: readonly string[]): Parameters<typeof checkOnHosts>[1] {
    const registered = new Map<string, 'all' | ReadonlySet<string>>()
    for (const [name, { hosts }] of this.#context.registered) registered.set(name, hosts)
    for (const name of [...this.#leftOut, ...this.registeredHere.keys(), ...more]) registered.set(name, 'all')
    const unknown = Object.fromEntries([...registered.keys()].map((name) => [name, UNKNOWN]))
    const { hostvars } = this.#variables
    const live = registered.size > 0 ? layHostVariables(hostvars, () => unknown) : hostvars
    const { files, run } = this.#context
    const inventoryHosts = run.inventory.hosts
    return {
      hosts: this.#hosts,
      variables: this.#variables,
      registered,
      hostvars: live,
      files,
      inventoryHosts,
      conditions: this.#conditions,
    }
  }
}

/** `-e` wins over what `setVars` sets. */
function settingOnly(spec: TaskSpec, extra: Readonly<Record<string, Json>>): TaskSpec {
  if (!spec.sets?.some((name) => Object.hasOwn(extra, name))) return spec
  return { ...spec, sets: spec.sets.filter((name) => !Object.hasOwn(extra, name)) }
}

/** The variables that `setVars` sets, with the types of their expressions. */
function setBy({ type, params, loop }: CompiledTask): readonly (readonly [string, ValueType])[] {
  if (type.name !== 'setVars') return []
  const values = params.fields ?? Object.entries((params.constant?.value ?? {}) as Readonly<Record<string, Json>>)
  return [...values].map(([name, value]) => {
    const own = isCompiled(value) ? value.type : typeOf(value)
    return [name, loop ? ANY : own] as const
  })
}

const isCompiled = (value: Compiled | Json): value is Compiled =>
  typeof value === 'object' && value !== null && 'render' in value
