// One play against task types and inventory: its hosts, its variables, its tasks in order, its handlers.
import type { Catalogue } from '../../model/catalogue.ts'
import type { Checked, SourceSpan } from '../../model/diagnostic.ts'
import type { PlaySpec } from '../../model/playbook.ts'
import { checkNotified } from './checkNotified.ts'
import type { FileChecks } from './fileChecks.ts'
import type { Vocabulary } from '../../language/compileExpression.ts'
import { becomeOf } from './compileTask.ts'
import type { Findings } from '../../text/findings.ts'
import { HostFindings } from './hostFindings.ts'
import type { ParsedPlay } from '../parse/parsed.ts'
import { findHosts } from './playHosts.ts'
import { playVariables, type PlayVariables, type RunVariables } from './playVariables.ts'
import { registersOf, TaskChain } from './taskChain.ts'
import type { ValueType } from '../../language/valueType.ts'
import { isText } from '../../text/yamlTree.ts'

export type SelectHosts = (pattern: string, at: SourceSpan | undefined) => Checked<readonly string[]>

/** What earlier plays registered: type, and the hosts that have it. */
export type RegisteredBefore = Map<string, { readonly type: ValueType; readonly hosts: ReadonlySet<string> }>

export interface PlayContext {
  readonly catalogue: Catalogue
  readonly files: FileChecks
  readonly selectHosts: SelectHosts
  /** Undefined: no `--limit`. */
  readonly limitTo: ReadonlySet<string> | undefined
  readonly onlyTags: readonly string[]
  readonly skipTags: readonly string[]
  readonly run: RunVariables
  /** Names of variables that some expression reads. */
  readonly used: Set<string>
  readonly registered: RegisteredBefore
  /** What is wrong with the inputs of hosts, told when all plays were seen. */
  readonly inputFindings: HostFindings
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
  const outside = { explain: noRegisters, used }
  const variables = playVariables(play, hosts, context.run, outside, findings, context.inputFindings)
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
