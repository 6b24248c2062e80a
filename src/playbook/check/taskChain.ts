// The tasks of one play in turn, each with what can be read at its place.
import type { Vocabulary } from '../../language/compileExpression.ts'
import { layHostVariables } from '../../model/hostVariables.ts'
import { UNKNOWN } from '../../model/playbook.ts'
import type { TaskSpec } from '../../model/playTree.ts'
import { checkOnHosts } from './checkOnHosts.ts'
import { refuseHostsChoice } from './fileChecks.ts'
import { compileTask, type CompiledTask } from './compileTask.ts'
import type { HostFindings } from './hostFindings.ts'
import type { ParsedName, ParsedPlay, ParsedTask } from '../parse/parsed.ts'
import type { PlayVariables } from './playVariables.ts'
import { isSelected } from './selectByTags.ts'
import type { PlayContext } from './playContext.ts'
import { ANY, type ValueType } from '../../language/valueType.ts'

export const registersOf = (play: ParsedPlay): ReadonlyMap<string, ParsedName> =>
  new Map([...play.tasks, ...play.handlers].flatMap(({ register }) => (register ? [[register.text, register]] : [])))

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
  /** What can be read here in this run, and what could be if no tag left a task out. */
  #types: ReadonlyMap<string, ValueType>
  #allTypes: ReadonlyMap<string, ValueType>

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

  compile(
    parsed: readonly ParsedTask[],
    handlers: boolean,
  ): { all: readonly CompiledTask[]; selected: readonly TaskSpec[] } {
    const { catalogue, findings, onlyTags, skipTags } = this.#context
    const all: CompiledTask[] = []
    const selected: TaskSpec[] = []
    for (const [number, task] of parsed.entries()) {
      if (!handlers && task.listen.length > 0)
        findings.error('unsupported-keyword', "'listen' is for handlers", task.at, "move the task to 'handlers'")
      const taken = isSelected([...this.#play.tags, ...task.tags], onlyTags, skipTags)
      const compiled = compileTask(task, {
        id: `${this.#index}/${handlers ? 'h' : ''}${number}`,
        catalogue,
        types: taken && !handlers ? this.#types : this.#allTypes,
        outer: { explain: (name) => this.#explain(name), used: this.#used },
        playTags: this.#play.tags,
        ...(this.#play.environment && { playEnvironment: this.#play.environment }),
        findings,
      })
      if (compiled) {
        all.push(compiled)
        const toCheck = this.#toCheck()
        refuseHostsChoice(compiled, toCheck.registered.keys(), findings)
        checkOnHosts(compiled, toCheck, findings, this.#hostFindings)
        if (taken || handlers) selected.push(compiled.spec)
      }
      // The result of a task that has a mistake is anything, so that the tasks after it are not blamed.
      const { register } = task
      if (register) this.#register(register.text, compiled?.register?.type ?? ANY, taken || handlers)
    }
    return { all, selected }
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
    return (
      later && {
        message: `'${name}' is registered by a later task, on line ${later.at.line}`,
        hint: 'move this task after that one',
      }
    )
  }

  #toCheck(): Parameters<typeof checkOnHosts>[1] {
    const registered = new Map<string, 'all' | ReadonlySet<string>>()
    for (const [name, { hosts }] of this.#context.registered) registered.set(name, hosts)
    for (const name of [...this.#leftOut, ...this.registeredHere.keys()]) registered.set(name, 'all')
    const unknown = Object.fromEntries([...registered.keys()].map((name) => [name, UNKNOWN]))
    const { hostvars } = this.#context.run
    const live = registered.size > 0 ? layHostVariables(hostvars, () => unknown) : hostvars
    const { files } = this.#context
    return { hosts: this.#hosts, variables: this.#variables, registered, hostvars: live, files }
  }
}
