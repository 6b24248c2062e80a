// The parameters of a task, with where they were written.
import type { TaskTypeInfo } from '../../model/catalogue.ts'
import { compileCondition } from '../../language/compileCondition.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import { type Compiled, compileMap, compileValue, constantOf, withHoles } from '../../language/compileTemplate.ts'
import { ANY, TEXT } from '../../language/valueType.ts'
import { compileTemplateFile } from '../../language/template/compileTemplateFile.ts'
import type { SourceSpan } from '../../model/diagnostic.ts'
import { INCLUDE_TASKS } from '../../model/languageTasks.ts'
import { pathBeside } from '../../model/namedFile.ts'
import type { Findings } from '../../text/findings.ts'
import type { SourceText } from '../../text/sourceText.ts'
import { describeNode, isText, placeOf, writtenAs, type YamlNode } from '../../text/yamlTree.ts'
import { conditionsOf, readFixedText } from '../parse/parseKeywords.ts'
import type { ParamsPlace } from './checkParams.ts'
import { compileFileChoice } from './compileFileChoice.ts'
import type { findTaskType } from './taskType.ts'

/** `'line\\n'` in single quotes ends in a backslash and an n. */
function warnOfLiteralNewline(node: YamlNode, findings: Findings): void {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !node.value.endsWith('\\n')) return
  if (node.style !== 'single' && node.style !== 'plain') return
  findings.warn(
    'literal-backslash',
    "this string ends in a backslash and an 'n', not in a line end",
    placeOf(node),
    'put it in double quotes',
  )
}

/** Ansible's `copy` sends a template as it is too, which nobody means. */
function warnOfPlainTemplate(info: TaskTypeInfo, key: string, node: YamlNode, findings: Findings): void {
  const [template] = info.templates ?? []
  if (template === undefined || !info.controllerFiles?.includes(key)) return
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !node.value.endsWith('.j2')) return
  findings.warn(
    'plain-template',
    `'${key}' sends the file as it is: the expressions in it are not evaluated`,
    placeOf(node),
    `to render it, write '${template}: ${node.value}'`,
  )
}

export function compileParams(
  info: TaskTypeInfo,
  entry: NonNullable<ReturnType<typeof findTaskType>>['entry'],
  vocabulary: Vocabulary,
  findings: Findings,
  named: NamedFiles,
): { params: Compiled; place: ParamsPlace } {
  const { value: node, keyAt: typeAt } = entry
  const place = { type: info, typeAt, node }
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) {
      warnOfLiteralNewline(value, findings)
      warnOfPlainTemplate(info, key, value, findings)
    }
    // Where any name is a parameter, each is a variable.
    const areVariables = info.params.properties === undefined
    if (!info.conditions && !info.templates)
      return { params: compileValue(node, vocabulary, findings, areVariables), place }
    const entries = node.entries.map(
      ({ key, value }) => [key, compileParam(info, key, value, vocabulary, findings, named)] as const,
    )
    return { params: compileMap(entries, placeOf(node), node, findings), place }
  }
  if (node.kind === 'scalar' && node.value === null) return { params: constantOf({}, typeAt), place }
  if (info.shorthand !== undefined) {
    const value = compileParam(info, info.shorthand, node, vocabulary, findings, named)
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

/** Files that the playbook names. */
export interface NamedFiles {
  /** Undefined after a mistake, which is reported where it was named. */
  source(path: string, named: SourceSpan): SourceText | undefined
  /** Paths of those that a name with expressions can stand for; `from` is the file that names them. */
  matching(text: string, from: string): readonly string[]
}

/** Where only the words are looked at. */
export const UNREAD_FILES: NamedFiles = { source: () => undefined, matching: (text) => [text] }

/** A template becomes its text; conditions become a list of each with whether it holds. */
function compileParam(
  info: TaskTypeInfo,
  key: string,
  node: YamlNode,
  vocabulary: Vocabulary,
  findings: Findings,
  named: NamedFiles,
): Compiled {
  if (info === INCLUDE_TASKS) return compileFileChoice(node, named.matching('', ''), vocabulary, findings)
  if (info.templates?.includes(key)) return compileTemplate(key, node, vocabulary, findings, named)
  if (!info.conditions?.includes(key)) return compileValue(node, vocabulary, findings)
  const at = placeOf(node)
  const conditions = conditionsOf(node).map((one) => ({
    condition: isText(one) ? one.value.trim().replaceAll(/\s+/g, ' ') : writtenAs(one),
    holds: compileCondition(one, key, vocabulary, findings),
  }))
  return {
    at,
    expressions: conditions.flatMap(({ holds }) => holds.expressions),
    type: ANY,
    render: (scope) => conditions.map(({ condition, holds }) => ({ condition, holds: holds.render(scope) === true })),
  }
}

/** The text of the template; where each host names its own, all that the name can stand for are compiled. */
function compileTemplate(
  key: string,
  node: YamlNode,
  vocabulary: Vocabulary,
  findings: Findings,
  named: NamedFiles,
): Compiled {
  const at = placeOf(node)
  const compile = (path: string): Compiled | undefined => {
    const source = named.source(path, at)
    return source && { ...compileTemplateFile(source, vocabulary, findings), at }
  }
  if (!isText(node) || !node.value.includes('{{')) {
    const name = readFixedText(node, key, findings)
    const compiled = name === undefined ? undefined : compile(pathBeside(at.file, name))
    return compiled ?? { ...constantOf('', at), type: ANY }
  }
  const files = named.matching(node.value, at.file)
  const path = compileFileChoice(node, files, vocabulary, findings)
  const texts = new Map(files.map((file) => [file, compile(file)]))
  return {
    at,
    expressions: [...path.expressions, ...[...texts.values()].flatMap((text) => text?.expressions ?? [])],
    type: TEXT,
    render: (scope, holes, pointer = '') =>
      withHoles(holes, pointer, () => texts.get(String(path.render(scope)))?.render(scope) ?? ''),
  }
}
