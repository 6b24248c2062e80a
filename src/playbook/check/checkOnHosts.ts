// Evaluates each task on every host before the run, as far as nothing depends on a result, and checks its parameters.
import { type Diagnostic, mistake } from '../../model/diagnostic.ts'
import { FACTS_NAME } from '../../model/facts.ts'
import type { Json } from '../../model/inventory.ts'
import { type Scope, UNKNOWN } from '../../model/computed.ts'
import { checkParams } from './checkParams.ts'
import type { Conditions } from './conditions.ts'
import type { FileChecks } from './fileChecks.ts'
import type { Compiled, Holes } from '../../language/compileTemplate.ts'
import { loopItems } from './compileLoop.ts'
import type { CompiledTask } from './compileTask.ts'
import type { Findings } from '../../text/findings.ts'
import type { HostFindings } from './hostFindings.ts'
import { suggestion } from '../../model/didYouMean.ts'
import { unsetName } from './lazyValues.ts'
import { warnOfWord } from './shellWords.ts'
import type { PlayVariables } from './playVariables.ts'
import { evaluate } from '../../language/computed.ts'

/** Beyond this many evaluations of one task, mistakes are left to the run: a loop over hosts of hosts. */
const MAX_EVALUATIONS = 50_000

export interface HostsToCheck {
  readonly hosts: readonly string[]
  readonly variables: PlayVariables
  /** Names that earlier tasks register: on all hosts of the play, or on some. */
  readonly registered: ReadonlyMap<string, 'all' | ReadonlySet<string>>
  /** As `hostvars` will be, with what is registered by then as unknown. */
  readonly hostvars: object
  readonly files: FileChecks
  /** Of the inventory, whether they are in the play or not: tasks may be delegated to any. */
  readonly inventoryHosts: ReadonlyMap<string, unknown>
  readonly conditions: Conditions
}

export function checkOnHosts(task: CompiledTask, context: HostsToCheck, findings: Findings, found: HostFindings): void {
  if (checkConstants(task, context, findings)) return
  const parts: readonly Compiled[] = [
    task.name,
    ...task.vars.map(([, value]) => value),
    ...(task.loop ? [task.loop.items] : []),
    ...task.when,
    task.params,
    task.environment,
    ...(task.delegateTo ? [task.delegateTo] : []),
  ]
  const own = new Set([...task.vars.map(([name]) => name), task.loop?.as, task.loop?.indexAs])
  const needs = [...new Set(parts.flatMap((part) => part.expressions.flatMap((one) => one.needs)))].filter(
    (name) => !own.has(name),
  )
  const active: string[] = []
  let budget = MAX_EVALUATIONS
  for (const group of groupHosts(needs, context).values()) {
    const [first] = group
    if (first === undefined || budget <= 0) continue
    const tell = (diagnostic: Diagnostic) => {
      for (const host of group)
        found.add(host, context.variables.failure(host, unsetName(diagnostic) ?? '') ?? diagnostic)
    }
    const { due, spent } = checkOnHost(task, scopeOf(first, needs, context), context, tell)
    budget -= spent
    if (due) active.push(...group)
  }
  if (budget > 0) context.conditions.evaluated(task.when)
  if (active.length > 0) for (const part of parts) checkPaths(part, active, own, context, findings, found)
}

/** True when there is nothing more to say: the task is the same for all hosts. */
function checkConstants(task: CompiledTask, { files, conditions }: HostsToCheck, findings: Findings): boolean {
  if (!task.params.constant) return false
  const { value } = task.params.constant
  for (const diagnostic of [...checkParams(task.place, value), ...files.check(task.place, value)])
    findings.add(diagnostic)
  return (
    !task.delegateTo &&
    [task.name, task.environment].every((part) => part.constant) &&
    conditions.areKnown(task.when) &&
    task.vars.length === 0 &&
    !task.loop
  )
}

/** Hosts on which all that the task reads is the same are checked once. */
function groupHosts(needs: readonly string[], context: HostsToCheck): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>()
  const ids = new Map<unknown, number>()
  for (const host of context.hosts) {
    const vars = context.variables.variables(host)
    let key = ''
    for (const name of needs) {
      const where = context.registered.get(name)
      const value = where === 'all' || where?.has(host) ? UNKNOWN : vars[name]
      let id = ids.get(value)
      if (id === undefined) ids.set(value, (id = ids.size))
      // A variable that failed is absent for a reason of its own on each host.
      key += value === undefined && context.variables.failure(host, name) ? `${id}!${host},` : `${id},`
    }
    const group = groups.get(key)
    if (group) group.push(host)
    else groups.set(key, [host])
  }
  return groups
}

function scopeOf(host: string, needs: readonly string[], context: HostsToCheck): Record<string, unknown> {
  const vars = context.variables.variables(host)
  const scope: Record<string, unknown> = {}
  for (const name of needs) if (vars[name] !== undefined) scope[name] = vars[name]
  if (needs.includes('hostvars')) scope.hostvars = context.hostvars
  for (const name of needs) {
    const where = context.registered.get(name)
    if (where === 'all' || where?.has(host)) scope[name] = UNKNOWN
  }
  return scope
}

/** `due`: some `when` let it run, or may. */
function checkOnHost(
  task: CompiledTask,
  scope: Record<string, unknown>,
  { files, inventoryHosts }: Pick<HostsToCheck, 'files' | 'inventoryHosts'>,
  tell: (diagnostic: Diagnostic) => void,
): { due: boolean; spent: number } {
  const value = (part: Compiled, in_: Scope, holes?: Holes): { value: Json } | { unknown: boolean } => {
    const result = evaluate(() => part.render(in_, holes))
    if (result.ok) return { value: result.value }
    if (!result.unknown) tell(result.diagnostic)
    return { unknown: result.unknown }
  }
  // A variable that fails matters only where `when` lets the task run.
  const failed: Diagnostic[] = []
  for (const [name, part] of task.vars) {
    const result = evaluate(() => part.render(scope))
    scope[name] = result.ok ? result.value : UNKNOWN
    if (!result.ok && !result.unknown) failed.push(result.diagnostic)
  }
  value(task.name, scope)
  let scopes: readonly Scope[] = [scope]
  if (task.loop) {
    const { items: list, as, indexAs } = task.loop
    const items = value(list, scope)
    if (!('value' in items))
      scopes = [{ ...scope, [as]: UNKNOWN, ...(indexAs !== undefined && { [indexAs]: UNKNOWN }) }]
    else {
      const found = evaluate(() => loopItems(items.value, list.at))
      if (!found.ok && !found.unknown) tell(found.diagnostic)
      scopes = (found.ok ? found.value : []).map((item, index) => ({
        ...scope,
        [as]: item,
        ...(indexAs !== undefined && { [indexAs]: index }),
      }))
    }
  }
  let due = false
  for (const each of scopes.slice(0, MAX_EVALUATIONS)) {
    let holds = true
    for (const condition of task.when) {
      const result = value(condition, each)
      if ('value' in result ? result.value === false : !result.unknown) holds = false
      if (!holds) break
    }
    if (!holds) continue
    due = true
    value(task.environment, each, [])
    if (task.delegateTo) {
      const name = value(task.delegateTo, each)
      if ('value' in name) checkDelegate(name.value, task.delegateTo, inventoryHosts, tell)
    }
    if (task.params.constant) continue
    const holes: string[] = []
    const params = value(task.params, each, holes)
    if (!('value' in params)) continue
    checkParams(task.place, params.value, holes).forEach(tell)
    files.check(task.place, params.value, holes).forEach(tell)
    for (const word of task.shellWords) {
      const warning = warnOfWord(word, each)
      if (warning) tell(warning)
    }
  }
  if (due) failed.forEach(tell)
  return { due, spent: scopes.length }
}

function checkDelegate(
  name: Json,
  { at }: Compiled,
  hosts: ReadonlyMap<string, unknown>,
  tell: (diagnostic: Diagnostic) => void,
): void {
  if (typeof name !== 'string' || hosts.has(name)) return
  const hint =
    name === 'localhost'
      ? 'add it to the inventory: localhost ansible_connection=local'
      : suggestion(name, [...hosts.keys()])
  tell(mistake('unknown-host', `'delegate_to': there is no host '${name}' in the inventory`, at, hint))
}

/** A key that no host of the play has is misspelt, even where evaluation does not come by. */
function checkPaths(
  part: Compiled,
  hosts: readonly string[],
  own: ReadonlySet<string | undefined>,
  context: HostsToCheck,
  findings: Findings,
  found: HostFindings,
): void {
  for (const expression of part.expressions) {
    for (const path of expression.paths) {
      const { name } = path.root
      if (own.has(name) || context.registered.has(name) || name === 'hostvars' || name === FACTS_NAME) continue
      let deepest = -1
      let keys: readonly string[] = []
      for (const host of hosts) {
        const reached = follow(
          context.variables.variables(host)[name],
          path.steps.map((step) => step.key),
        )
        if (reached.depth > deepest) ({ depth: deepest, keys } = reached)
        if (deepest === path.steps.length) break
      }
      const step = path.steps[deepest]
      // That a variable is set nowhere shows when it is evaluated.
      if (deepest < 0 || !step || keys.length === 0) continue
      const at = expression.place.at(step.start, step.length)
      if (found.speaksOf(at)) continue
      const owner = [name, ...path.steps.slice(0, deepest).map((one) => one.key)].join('.')
      const absent = mistake('no-such-field', `'${owner}' has no '${step.key}'`, at, suggestion(step.key, keys))
      findings.add(owner === 'groups' ? { ...absent, subject: step.key } : absent)
    }
  }
}

function follow(value: unknown, steps: readonly string[]): { depth: number; keys: readonly string[] } {
  if (value === undefined) return { depth: -1, keys: [] }
  let at: unknown = value
  for (const [depth, key] of steps.entries()) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return { depth, keys: [] }
    if (!Object.hasOwn(at, key)) return { depth, keys: Object.keys(at) }
    at = (at as Readonly<Record<string, unknown>>)[key]
  }
  return { depth: steps.length, keys: [] }
}
