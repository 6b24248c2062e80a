// A task with everything in it compiled: what the engine runs, and what the checks before the run evaluate.
import type { Catalogue, TaskTypeInfo } from '../../model/catalogue.ts'
import type { Json } from '../../model/inventory.ts'
import type { LoopSpec, TaskSpec } from '../../model/playTree.ts'
import { checkParams, type ParamsPlace } from './checkParams.ts'
import { ExpressionFailure, type Vocabulary } from '../../language/compileExpression.ts'
import { compileCondition } from '../../language/compileCondition.ts'
import { compileInOrder } from '../../language/compileInOrder.ts'
import { type Compiled, compileMap, compileValue, constantOf } from '../../language/compileTemplate.ts'
import type { Findings } from '../../text/findings.ts'
import { mistake } from '../../model/diagnostic.ts'
import type { ParsedBecome, ParsedName, ParsedTask } from '../parse/parsed.ts'
import { findTaskType } from './taskType.ts'
import { templateOf } from '../../language/computed.ts'
import {
  ANY,
  BOOLEAN,
  INTEGER,
  listOf,
  recordOf,
  schemaFields,
  TEXT,
  typeOf,
  typeWords,
  type ValueType,
} from '../../language/valueType.ts'
import { describeNode, isText, placeOf, plainValue, type YamlMap, type YamlNode } from '../../text/yamlTree.ts'

export interface CompiledTask {
  readonly spec: TaskSpec
  readonly type: TaskTypeInfo
  readonly name: Compiled
  readonly vars: readonly (readonly [string, Compiled])[]
  readonly when: readonly Compiled[]
  readonly loop?: { readonly items: Compiled; readonly as: string; readonly indexAs?: string }
  readonly params: Compiled
  readonly environment: Compiled
  readonly place: ParamsPlace
  readonly notify: readonly ParsedName[]
  readonly register?: { readonly name: string; readonly type: ValueType }
}

export interface TaskSurroundings {
  readonly id: string
  readonly catalogue: Catalogue
  /** What can be read at this point of the play. */
  readonly types: ReadonlyMap<string, ValueType>
  readonly outer: Pick<Vocabulary, 'explain' | 'used'>
  readonly playTags: readonly string[]
  readonly playEnvironment?: YamlMap
  readonly findings: Findings
}

/** Undefined when the task has no task type that is known; all else is compiled as far as it goes. */
export function compileTask(task: ParsedTask, around: TaskSurroundings): CompiledTask | undefined {
  const { findings, outer } = around
  const found = findTaskType(task, around.catalogue, findings)
  const types = new Map(around.types)
  const vars = compileInOrder(task.vars, types, outsideLoop(task, outer), findings)
  const before: Vocabulary = { ...outsideLoop(task, outer), types: vars.length > 0 ? types : around.types }
  const loop = task.loop && compileLoop(task, before, findings)
  const inside: Vocabulary = loop ? { ...outer, types: withLoop(before.types, loop) } : before
  const name = task.name ? compileValue(task.name, before, findings) : constantOf(found?.info.name ?? 'task', task.at)
  const when = task.when.map((node) => compileCondition(node, 'when', inside, findings))
  const environment = compileEnvironment(task, around, inside)
  if (!found) return undefined
  const { info, entry } = found
  const { params, place } = compileParams(info, entry, inside, findings)
  const spec: TaskSpec = {
    id: around.id,
    at: task.at,
    name: shownName(name, task.name),
    type: info.name,
    params: templateOf<Readonly<Record<string, Json>>>(params),
    checkParams: (value) => checkParams(place, value),
    when: when.map((condition) => templateOf<boolean>(condition)),
    ...(loop && { loop: loopSpec(loop) }),
    ...(task.register && { register: task.register.text }),
    notify: task.notify.map(({ text }) => text),
    listen: task.listen,
    tags: [...new Set([...around.playTags, ...task.tags])],
    vars: Object.fromEntries(vars.map(([key, value]) => [key, templateOf<Json>(value)])),
    ...becomeOf(task.become),
    ignoreErrors: task.ignoreErrors,
    ...(task.checkMode !== undefined && { checkMode: task.checkMode }),
    ...(task.diff !== undefined && { diff: task.diff }),
    ...(task.timeoutSeconds !== undefined && { timeoutSeconds: task.timeoutSeconds }),
    environment: templateOf(environment, textValues),
  }
  const register = task.register && { name: task.register.text, type: resultType(info, loop !== undefined) }
  return {
    spec,
    type: info,
    name,
    vars,
    when,
    ...(loop && { loop }),
    params,
    environment,
    place,
    notify: task.notify,
    ...(register && { register }),
  }
}

/** A name that holds expressions is shown as it is written. */
const shownName = (name: Compiled, written: YamlNode | undefined): string =>
  String(name.constant || !written ? name.constant?.value : plainValue(written))

export const becomeOf = (become: ParsedBecome): { become?: ParsedBecome } =>
  become.enabled === undefined && become.user === undefined ? {} : { become }

/** The loop variable exists in what is done for each item only. */
function outsideLoop(
  task: ParsedTask,
  outer: Pick<Vocabulary, 'explain' | 'used'>,
): Pick<Vocabulary, 'explain' | 'used'> {
  if (!task.loop) return outer
  const own = [task.loopVar.text, task.indexVar?.text]
  return {
    used: outer.used,
    explain(name) {
      if (!own.includes(name)) return outer.explain(name)
      return {
        message: `'${name}' exists only inside the loop`,
        hint: "use it in the parameters, 'when' or 'environment', not in 'name', 'vars' or 'loop'",
      }
    },
  }
}

interface CompiledLoop {
  readonly items: Compiled
  readonly as: string
  readonly indexAs?: string
}

function compileLoop(task: ParsedTask, vocabulary: Vocabulary, findings: Findings): CompiledLoop | undefined {
  const { loop, loopVar, indexVar } = task
  if (!loop) return undefined
  for (const own of [loopVar, indexVar]) {
    if (own && vocabulary.types.has(own.text) && own.text !== 'item')
      findings.error(
        'variable-hidden',
        `the loop variable '${own.text}' hides a variable of that name`,
        own.at,
        'choose another name',
      )
  }
  const at = placeOf(loop)
  const names = { as: loopVar.text, ...(indexVar && { indexAs: indexVar.text }) }
  const items = compileValue(loop, vocabulary, findings)
  if (items.type.kind === 'list' || (items.type.kind === 'any' && !items.constant)) return { items, ...names }
  const bare =
    isText(loop) && vocabulary.types.has(loop.value.trim()) ? `write loop: "{{ ${loop.value.trim()} }}"` : undefined
  const keys = items.type.kind === 'map' ? 'for the keys of a map write x.map(key, key)' : undefined
  const what = items.constant ? describeNode(loop) : typeWords(items.type)
  findings.error('wrong-type', `'loop' must be a list, not ${what}`, at, bare ?? keys)
  return { items: constantOf([], at), ...names }
}

function withLoop(types: ReadonlyMap<string, ValueType>, loop: CompiledLoop): ReadonlyMap<string, ValueType> {
  const inner = new Map(types).set(loop.as, loop.items.type.kind === 'list' ? loop.items.type.of : ANY)
  if (loop.indexAs !== undefined) inner.set(loop.indexAs, INTEGER)
  return inner
}

function loopSpec({ items, as, indexAs }: CompiledLoop): LoopSpec {
  const list = (value: Json): readonly Json[] => {
    if (Array.isArray(value)) return value
    throw new ExpressionFailure(
      mistake('wrong-type', `'loop' must be a list, not ${typeWords(typeOf(value))}`, items.at),
    )
  }
  return { items: templateOf(items, list), as, ...(indexAs !== undefined && { indexAs }) }
}

function compileParams(
  info: TaskTypeInfo,
  entry: NonNullable<ReturnType<typeof findTaskType>>['entry'],
  vocabulary: Vocabulary,
  findings: Findings,
): { params: Compiled; place: ParamsPlace } {
  const { value: node, keyAt: typeAt } = entry
  const place = { type: info, typeAt, node }
  if (node.kind === 'map') return { params: compileValue(node, vocabulary, findings), place }
  if (node.kind === 'scalar' && node.value === null) return { params: constantOf({}, typeAt), place }
  if (info.shorthand !== undefined) {
    const value = compileValue(node, vocabulary, findings)
    return {
      params: compileMap([[info.shorthand, value]], placeOf(node)),
      place: { ...place, shorthand: info.shorthand },
    }
  }
  const example = Object.keys((info.params.properties ?? {}) as object)[0] ?? 'name'
  findings.error(
    'wrong-type',
    `${info.name} takes a map of parameters, not ${describeNode(node)}`,
    placeOf(node),
    `such as ${info.name}: { ${example}: … }`,
  )
  // The checks of the parameters would only say the same again.
  return {
    params: { ...constantOf({}, typeAt), type: ANY },
    place: { ...place, type: { ...info, params: { type: 'object' } } },
  }
}

function compileEnvironment(task: ParsedTask, around: TaskSurroundings, vocabulary: Vocabulary): Compiled {
  const entries = new Map<string, Compiled>()
  for (const map of [around.playEnvironment, task.environment]) {
    for (const entry of map?.entries ?? []) {
      if (!/^[A-Za-z_]\w*$/.test(entry.key))
        around.findings.error(
          'bad-variable-name',
          `'${entry.key}' is not a valid name of an environment variable`,
          entry.keyAt,
        )
      else if (entry.value.kind !== 'scalar')
        around.findings.error(
          'wrong-type',
          `'${entry.key}' must be a string, not ${describeNode(entry.value)}`,
          placeOf(entry.value),
        )
      else entries.set(entry.key, compileValue(entry.value, vocabulary, around.findings))
    }
  }
  return compileMap([...entries], task.environment ? placeOf(task.environment) : task.at)
}

function textValues(value: Json): Readonly<Record<string, string>> {
  const texts = Object.entries(value as Readonly<Record<string, Json>>).map(([name, one]) => [
    name,
    one === null ? '' : String(one),
  ])
  return Object.freeze(Object.fromEntries(texts))
}

/** What `register` makes known; the engine fills it. */
function resultType(info: TaskTypeInfo, looped: boolean): ValueType {
  const name = `result of ${info.name}`
  const item = recordOf(looped ? `item ${name}` : name, {
    changed: BOOLEAN,
    failed: BOOLEAN,
    skipped: BOOLEAN,
    outcome: TEXT,
    ...schemaFields(info.result, name),
    ...(looped && { item: ANY }),
  })
  if (!looped) return item
  const { changed, failed, skipped, outcome } = item.fields as Record<
    'changed' | 'failed' | 'skipped' | 'outcome',
    ValueType
  >
  return recordOf(`${name} in a loop`, { changed, failed, skipped, outcome, results: listOf(item) })
}
