// One play against task types and inventory: its hosts, its variables, its tasks in order, its handlers.
import type { Catalogue } from '../model/catalogue.ts'
import { type Checked, type SourceSpan } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'
import { type PlaySpec, type TaskSpec, UNKNOWN } from '../model/playbook.ts'
import { checkOnHosts } from './checkOnHosts.ts'
import type { Vocabulary } from './compileExpression.ts'
import { compileValue, evaluate } from './compileTemplate.ts'
import { becomeOf, compileTask, type CompiledTask } from './compileTask.ts'
import type { Findings } from './findings.ts'
import { HostFindings } from './hostFindings.ts'
import type { ParsedName, ParsedPlay, ParsedTask } from './parsed.ts'
import { playVariables, type PlayVariables, type RunVariables } from './playVariables.ts'
import { isSelected } from './selectByTags.ts'
import { ANY, inputValueType, typeOf, type ValueType } from './valueType.ts'
import { describeNode, isText, placeOf, type YamlNode } from './yamlTree.ts'

export type SelectHosts = (pattern: string, at: SourceSpan | undefined) => Checked<readonly string[]>

/** What earlier plays registered: type, and the hosts that have it. */
export type RegisteredBefore = Map<string, { readonly type: ValueType; readonly hosts: ReadonlySet<string> }>

export interface PlayContext {
  readonly catalogue: Catalogue
  readonly selectHosts: SelectHosts
  /** Undefined: no `--limit`. */
  readonly limitTo: ReadonlySet<string> | undefined
  readonly onlyTags: readonly string[]
  readonly skipTags: readonly string[]
  readonly run: RunVariables
  /** Names of variables that some expression reads. */
  readonly used: Set<string>
  readonly registered: RegisteredBefore
  readonly findings: Findings
}

export interface ValidatedPlay {
  readonly spec: PlaySpec
  readonly variables: PlayVariables
}

export function validatePlay(play: ParsedPlay, index: number, context: PlayContext): ValidatedPlay {
  const { findings } = context
  const matched = findHosts(play.hosts, context)
  const hosts = context.limitTo ? matched.filter((host) => context.limitTo?.has(host)) : matched
  const hostFindings = new HostFindings()
  const used = (name: string) => void context.used.add(name)
  const noRegisters: Vocabulary['explain'] = (name) =>
    registersOf(play).has(name) || context.registered.has(name)
      ? {
          message: `'${name}' is registered by a task, and the variables of a play are evaluated before any task`,
          hint: "put the variable into the task's own 'vars'",
        }
      : undefined
  const variables = playVariables(play, hosts, context.run, { explain: noRegisters, used }, findings, hostFindings)
  const chain = new TaskChain(play, index, hosts, variables, context, hostFindings, used)
  const tasks = chain.compile(play.tasks, false)
  const handlers = chain.compile(play.handlers, true)
  checkNotified(tasks.all, handlers.all, findings)
  for (const [name, type] of chain.registeredHere)
    context.registered.set(name, { type, hosts: new Set([...hosts, ...(context.registered.get(name)?.hosts ?? [])]) })
  hostFindings.tell(findings, hosts.length)
  const spec: PlaySpec = {
    index,
    at: play.at,
    name: play.name ?? (isText(play.hosts) ? play.hosts.value : `play ${index + 1}`),
    hosts,
    ...(play.serial && { serial: play.serial }),
    ...becomeOf(play.become),
    tasks: tasks.selected,
    handlers: handlers.selected,
    variables: variables.variables,
  }
  return { spec, variables }
}

const registersOf = (play: ParsedPlay): ReadonlyMap<string, ParsedName> =>
  new Map([...play.tasks, ...play.handlers].flatMap(({ register }) => (register ? [[register.text, register]] : [])))

/** The tasks of a play in turn: each may read what those before it register. */
class TaskChain {
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
        findings.error(
          'unsupported-keyword',
          "'listen' belongs to a handler",
          task.at,
          "move the task below 'handlers'",
        )
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
        checkOnHosts(compiled, this.#toCheck(), findings, this.#hostFindings)
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
        message: `'${name}' is registered by a task that the tags leave out`,
        hint: 'take in that task too, or leave this one out',
      }
    const later = this.#all.get(name)
    return (
      later && {
        message: `'${name}' is registered by a later task, in line ${later.at.line}`,
        hint: 'move this task behind that one',
      }
    )
  }

  #toCheck(): Parameters<typeof checkOnHosts>[1] {
    const registered = new Map<string, 'all' | ReadonlySet<string>>()
    for (const [name, { hosts }] of this.#context.registered) registered.set(name, hosts)
    for (const name of [...this.#leftOut, ...this.registeredHere.keys()]) registered.set(name, 'all')
    const names = [...registered.keys()]
    const { hostvars } = this.#context.run
    const made = new Map<string, object>()
    const live = new Proxy(hostvars, {
      get: (vars, host: string) => {
        const own = vars[host]
        if (own === undefined || names.length === 0) return own
        if (!made.has(host)) made.set(host, { ...own, ...Object.fromEntries(names.map((name) => [name, UNKNOWN])) })
        return made.get(host)
      },
    })
    return { hosts: this.#hosts, variables: this.#variables, registered, hostvars: live }
  }
}

function findHosts(node: YamlNode, context: PlayContext): readonly string[] {
  const pattern = readPattern(node, context)
  if (pattern === undefined) return []
  const found = context.selectHosts(pattern, placeOf(node))
  for (const one of found.ok ? found.warnings : found.diagnostics) context.findings.add(one)
  return found.ok ? found.value : []
}

/** Inputs and `-e` are all that is known before there are hosts. */
function readPattern(node: YamlNode, { run, findings, used }: PlayContext): string | undefined {
  if (node.kind === 'list') {
    const parts = node.items.map((item) => (isText(item) ? item.value : undefined))
    if (parts.length > 0 && !parts.includes(undefined)) return parts.join(',')
  }
  if (!isText(node) || node.value.trim() === '')
    return findings.error(
      'wrong-type',
      `'hosts' must be a pattern of hosts, not ${describeNode(node)}`,
      placeOf(node),
      'such as all, or compute,!crane04',
    )
  if (!node.value.includes('{{')) return node.value
  const types = new Map<string, ValueType>()
  const scope: Record<string, unknown> = {}
  for (const input of run.inputs.values()) {
    types.set(input.name, inputValueType(input.type))
    scope[input.name] = input.default
  }
  for (const [name, value] of Object.entries(run.extra)) {
    types.set(name, typeOf(value))
    scope[name] = value
  }
  const explain = () => ({ message: "'hosts' can read inputs only: there are no hosts yet to know more" })
  const before = findings.all.length
  const compiled = compileValue(node, { types, explain, used: (name) => void used.add(name) }, findings)
  if (findings.all.length > before) return undefined
  const result = evaluate(() => compiled.render(scope))
  if (result.ok) return String(result.value)
  if (!result.unknown) findings.add(result.diagnostic)
  return undefined
}

function checkNotified(tasks: readonly CompiledTask[], handlers: readonly CompiledTask[], findings: Findings): void {
  const names = new Map<string, CompiledTask>()
  const topics = new Set<string>()
  for (const handler of handlers) {
    for (const topic of handler.spec.listen) topics.add(topic)
    const name = handler.name.constant?.value
    if (typeof name !== 'string') {
      findings.error(
        'expression-not-allowed',
        'the name of a handler cannot hold {{ … }}',
        handler.name.at,
        'tasks notify it by this name',
      )
      continue
    }
    if (names.has(name))
      findings.error(
        'duplicate-handler',
        `there are two handlers '${name}'`,
        handler.name.at,
        "give them different names and the same 'listen'",
      )
    else names.set(name, handler)
  }
  for (const task of [...tasks, ...handlers]) {
    for (const { text, at } of task.notify) {
      if (names.has(text) || topics.has(text)) continue
      const known = [...names.keys(), ...topics]
      const close = didYouMean(text, known)
      const list = known.length > 0 ? `there is ${known.join(', ')}` : "the play has no 'handlers'"
      findings.error(
        'unknown-handler',
        `there is no handler '${text}'`,
        at,
        close === undefined ? list : `did you mean '${close}'?`,
      )
    }
  }
}
