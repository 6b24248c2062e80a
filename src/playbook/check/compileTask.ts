// A task with everything in it compiled: what the engine runs, and what the checks before the run evaluate.
import type { Catalogue, TaskTypeInfo } from '../../model/catalogue.ts'
import { mistake } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import type { TaskSpec } from '../../model/playTree.ts'
import { ExpressionFailure } from '../../language/attemptExpression.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import { compileInOrder } from '../../language/compileInOrder.ts'
import { type Compiled, compileMap, compileValue, constantOf, escapePointer } from '../../language/compileTemplate.ts'
import { templateOf } from '../../language/computed.ts'
import type { ValueType } from '../../language/valueType.ts'
import { Findings } from '../../text/findings.ts'
import { readYaml } from '../../text/readYaml.ts'
import { SourceText } from '../../text/sourceText.ts'
import { describeNode, describeValue, placeOf, plainValue, type YamlNode } from '../../text/yamlTree.ts'
import type { ParsedBecome, ParsedName, ParsedTask } from '../parse/parsed.ts'
import { canBeRight, checkParams, type ParamsPlace, withoutNulls } from './checkParams.ts'
import { type CompiledLoop, compileLoop, loopSpec, withLoop } from './compileLoop.ts'
import { compileOwnResult } from './compileOwnResult.ts'
import type { Conditions } from './conditions.ts'
import { compileParams, type NamedFiles, UNREAD_FILES } from './compileParams.ts'
import { onlySet } from './onlySet.ts'
import { resultType } from './resultType.ts'
import { type ShellWord, shellWords, withQuotes } from './shellWords.ts'
import { findTaskType } from './taskType.ts'

export interface CompiledTask {
  readonly spec: TaskSpec
  readonly type: TaskTypeInfo
  readonly name: Compiled
  readonly vars: readonly (readonly [string, Compiled])[]
  readonly when: readonly Compiled[]
  readonly loop?: CompiledLoop
  readonly params: Compiled
  readonly environment: Compiled
  readonly place: ParamsPlace
  readonly shellWords: readonly ShellWord[]
  readonly notify: readonly ParsedName[]
  readonly delegateTo?: Compiled
  readonly register?: { readonly name: string; readonly type: ValueType }
}

export interface TaskSurroundings {
  readonly named: NamedFiles
  readonly id: string
  readonly catalogue: Catalogue
  /** What can be read at this point of the play. */
  readonly types: ReadonlyMap<string, ValueType>
  readonly outer: Pick<Vocabulary, 'explain' | 'used'>
  readonly playTags: readonly string[]
  readonly conditions: Conditions
  readonly findings: Findings
}

/** Undefined when the task has no task type that is known; all else is compiled as far as it goes. */
export function compileTask(task: ParsedTask, around: TaskSurroundings): CompiledTask | undefined {
  const { findings, outer } = around
  const { vars, types } = compileVars(task, around)
  const before: Vocabulary = { ...outsideLoop(task, outer), types }
  const loop = task.loop && compileLoop(task, before, findings)
  const inside: Vocabulary = loop ? { ...outer, types: withLoop(before.types, loop) } : before
  const found = findTaskType(task, around.catalogue, findings, (text) => rightHere(text, task, inside, around))
  const name = task.name ? compileValue(task.name, before, findings) : constantOf(found?.info.name ?? 'task', task.at)
  const when = task.when.map((node) => around.conditions.compile(node, inside, findings))
  const environment = compileEnvironment(task, inside, findings)
  const delegateTo = task.delegateTo && compileValue(task.delegateTo, inside, findings)
  if (!found) return undefined
  const { info, entry } = found
  const compiled = compileParams(info, entry, inside, findings, around.named)
  const { params } = compiled
  const place = { ...compiled.place, changedWhen: task.changedWhen !== undefined }
  const ownResult = compileOwnResult(task, info, inside, findings)
  const spec: TaskSpec = {
    id: around.id,
    at: task.at,
    name: shownName(name, task.name),
    type: info.name,
    params: templateOf<Readonly<Record<string, Json>>>(params, (value) => withoutNulls(info, value)),
    checkParams: (value) => checkParams(place, value),
    when: around.conditions.listOf(when),
    ...(loop && { loop: loopSpec(loop, task, inside, findings) }),
    ...(task.register && { register: task.register.text }),
    ...(info.name === 'setVars' && { sets: setNames(params) }),
    notify: task.notify.map(({ text }) => text),
    listen: task.listen,
    tags: [...new Set([...around.playTags, ...task.tags])],
    vars: Object.fromEntries(vars.map(([key, value]) => [key, templateOf<Json>(value)])),
    ...becomeOf(task.become),
    ignoreErrors: task.ignoreErrors ?? false,
    ...onlySet({
      ignoreUnreachable: task.ignoreUnreachable,
      checkMode: task.checkMode,
      diff: task.diff,
      timeoutSeconds: task.timeoutSeconds,
      runOnce: task.runOnce,
      throttle: task.throttle,
      anyErrorsFatal: task.anyErrorsFatal,
      delegateTo: delegateTo && templateOf(delegateTo, hostName(delegateTo)),
    }),
    environment: templateOf(environment, textValues),
    ...ownResult,
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
    shellWords: shellWords(info, entry.value, inside, new Set(vars.map(([key]) => key))),
    notify: task.notify,
    ...(delegateTo && { delegateTo }),
    ...(register && { register }),
  }
}

const STAND_IN = 'x'

/**
 * A task type with its parameters, as a line of YAML, with what a shell is to read as one word quoted; undefined where
 * it would not be right in this task. Its files are not read.
 */
function rightHere(
  text: string,
  task: ParsedTask,
  { types }: Vocabulary,
  { catalogue }: TaskSurroundings,
): string | undefined {
  const quiet = new Findings()
  const node = readYaml(new SourceText('', text), quiet)
  const entry = node?.kind === 'map' ? node.entries[0] : undefined
  const info = entry && catalogue.get(entry.key)
  if (!entry || !info || quiet.failed) return undefined
  const vocabulary: Vocabulary = { types, explain: () => undefined, used: () => {} }
  const { params, place } = compileParams(info, entry, vocabulary, quiet, UNREAD_FILES)
  if (quiet.failed) return undefined
  const holes: string[] = []
  const value = params.fields
    ? Object.fromEntries(
        [...params.fields].map(([key, { constant }]) => {
          if (!constant) holes.push(`/${escapePointer(key)}`)
          return [key, constant?.value ?? STAND_IN]
        }),
      )
    : params.constant?.value
  const asTask = { ...place, changedWhen: task.changedWhen !== undefined }
  if (value !== undefined && !canBeRight(asTask, value, holes)) return undefined
  return withQuotes(text, shellWords(info, entry.value, vocabulary, new Set(task.vars.map(({ key }) => key))))
}

/** The names are what is written: only their values may be expressions. */
const setNames = ({ fields, constant }: Compiled): readonly string[] =>
  fields ? [...fields.keys()] : Object.keys((constant?.value ?? {}) as Readonly<Record<string, Json>>)

const hostName =
  ({ at }: Compiled) =>
  (value: Json): string => {
    if (typeof value === 'string') return value
    throw new ExpressionFailure(
      mistake('wrong-type', `'delegate_to' must be the name of a host, not ${describeValue(value)}`, at),
    )
  }

/** A name that holds expressions is shown as it is written. */
const shownName = (name: Compiled, written: YamlNode | undefined): string =>
  String(name.constant || !written ? name.constant?.value : plainValue(written))

export const becomeOf = (become: ParsedBecome): { become?: ParsedBecome } =>
  become.enabled === undefined && become.user === undefined ? {} : { become }

/** The task's own variables, and the types of all that it can read then. */
function compileVars(task: ParsedTask, { types: before, outer, findings }: TaskSurroundings) {
  if (task.vars.length === 0) return { vars: [], types: before }
  const types = new Map(before)
  return { vars: compileInOrder(task.vars, types, outsideLoop(task, outer), findings), types }
}

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

function compileEnvironment(task: ParsedTask, vocabulary: Vocabulary, findings: Findings): Compiled {
  const entries = new Map<string, Compiled>()
  for (const entry of task.environments.flatMap((map) => map.entries)) {
    if (!/^[A-Za-z_]\w*$/.test(entry.key))
      findings.error('bad-variable-name', `'${entry.key}' is not a valid name of an environment variable`, entry.keyAt)
    else if (entry.value.kind !== 'scalar')
      findings.error(
        'wrong-type',
        `'${entry.key}' must be a string, not ${describeNode(entry.value)}`,
        placeOf(entry.value),
      )
    else entries.set(entry.key, compileValue(entry.value, vocabulary, findings, true))
  }
  const own = task.environments.at(-1)
  return compileMap([...entries], own ? placeOf(own) : task.at)
}

function textValues(value: Json): Readonly<Record<string, string>> {
  const texts = Object.entries(value as Readonly<Record<string, Json>>).map(([name, one]) => [
    name,
    one === null ? '' : String(one),
  ])
  return Object.freeze(Object.fromEntries(texts))
}
