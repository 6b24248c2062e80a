// One play against task types and inventory: its hosts, its variables, its tasks in order, its handlers.
import { leavesOf } from '../../model/playTree.ts'
import type { PlaySpec } from '../../model/playbook.ts'
import type { TaskSpec } from '../../model/playTree.ts'
import { isSelected } from './selectByTags.ts'
import { checkNotified } from './checkNotified.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import { becomeOf } from './compileTask.ts'
import { HostFindings } from './hostFindings.ts'
import type { ParsedPlay } from '../parse/parsed.ts'
import { batchSizes, findHosts, inOrder } from './playHosts.ts'
import type { PlayContext } from './playContext.ts'
import { playVariables, type PlayVariables } from './playVariables.ts'
import { registersOf, TaskChain } from './taskChain.ts'
import { isText } from '../../text/yamlTree.ts'

export interface ValidatedPlay {
  readonly spec: PlaySpec
  readonly variables: PlayVariables
  /** It matches hosts, and none of them is within `--limit`. */
  readonly limitedAway: boolean
}

export function validatePlay(play: ParsedPlay, index: number, context: PlayContext): ValidatedPlay {
  const { findings } = context
  const matched = findHosts(play.hosts, context)
  const left = context.limitTo ? matched.filter((host) => context.limitTo?.has(host)) : matched
  const hosts = inOrder(left, play.conduct.order)
  const hostFindings = new HostFindings()
  const readHere = new Set<string>()
  const used = (name: string) => void readHere.add(name)
  const noRegisters: Vocabulary['explain'] = (name) =>
    registersOf(play).has(name) || context.registered.has(name)
      ? {
          message: `'${name}' is registered by a task, and a play's variables are evaluated before its tasks`,
          hint: "put the variable in the task's own 'vars'",
        }
      : undefined
  const variables = playVariables(play, hosts, context.run, noRegisters, findings, context.inputFindings)
  const chain = new TaskChain(play, index, hosts, variables, context, hostFindings, used)
  const preTasks = chain.nodes(play.preTasks)
  const tasks = chain.nodes(play.tasks)
  const postTasks = chain.nodes(play.postTasks)
  const notifiers = [...chain.compiled]
  const handlers = chain.handlers(play.handlers)
  checkNotified(notifiers, handlers.all, findings)
  for (const [name, type] of chain.registeredHere)
    context.registered.set(name, { type, hosts: new Set([...hosts, ...(context.registered.get(name)?.hosts ?? [])]) })
  variables.report(readHere, findings)
  for (const name of readHere) context.used.add(name)
  for (const { entry, findings: found } of variables.compiled)
    if (found.all.length === 0 || !context.authored.has(entry)) context.authored.set(entry, found.all)
  context.hostFindings.take(hostFindings, hosts)
  const { order, serial: written, ...conduct } = play.conduct
  const serial = batchSizes(written, variables, context)
  const spec: PlaySpec = {
    index,
    at: play.at,
    name: play.name ?? (isText(play.hosts) ? play.hosts.value : `play ${index + 1}`),
    hosts,
    ...conduct,
    ...(context.forceHandlers && { forceHandlers: true }),
    ...(serial && { serial }),
    ...becomeOf(play.become),
    ...(preTasks.length > 0 && { preTasks }),
    tasks,
    ...(postTasks.length > 0 && { postTasks }),
    handlers: confineHandlers(handlers.specs, leavesOf([...preTasks, ...tasks, ...postTasks]), context),
    variables: variables.variables,
    factReads: variables.factReads,
    sources: variables.sources,
  }
  return { spec, variables, limitedAway: matched.length > 0 && left.length === 0 }
}

/** With tags, a handler that neither the tags nor a task that they leave asks for does not run on account of facts. */
function confineHandlers(
  handlers: readonly TaskSpec[],
  tasks: readonly TaskSpec[],
  { onlyTags, skipTags }: PlayContext,
): readonly TaskSpec[] {
  if (onlyTags.length === 0 && skipTags.length === 0) return handlers
  const topics = new Set(tasks.flatMap((task) => task.notify))
  const wanted = ({ name, listen, tags }: TaskSpec) =>
    isSelected(tags, onlyTags, skipTags) || [name, ...listen].some((topic) => topics.has(topic))
  return handlers.map((handler) => (wanted(handler) ? handler : { ...handler, onlyNotified: true }))
}
