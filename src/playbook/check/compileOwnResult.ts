// `until`, `changed_when` and `failed_when`: conditions over the result that the task itself just gave.
import type { TaskTypeInfo } from '../../model/catalogue.ts'
import { mistake } from '../../model/diagnostic.ts'
import type { Json } from '../../model/inventory.ts'
import type { Computed } from '../../model/computed.ts'
import { RESULT_NAME, type TaskSpec } from '../../model/playTree.ts'
import { compileCondition } from '../../language/compileCondition.ts'
import { ExpressionFailure } from '../../language/attemptExpression.ts'
import type { Vocabulary } from '../../language/vocabulary.ts'
import { compileValue, constantOf } from '../../language/compileTemplate.ts'
import { templateOf } from '../../language/computed.ts'
import type { Findings } from '../../text/findings.ts'
import { describeNode, describeValue, type YamlNode } from '../../text/yamlTree.ts'
import type { ParsedTask } from '../parse/parsed.ts'
import { onlySet } from './onlySet.ts'
import { resultType } from './resultType.ts'

export function compileOwnResult(
  task: ParsedTask,
  info: TaskTypeInfo,
  inside: Vocabulary,
  findings: Findings,
): Pick<TaskSpec, 'retry' | 'changedWhen' | 'failedWhen'> {
  const { retry, changedWhen, failedWhen } = task
  if (!retry && !changedWhen && !failedWhen) return {}
  if (!info.judgedByUser)
    for (const [word, at] of [
      ['changed_when', changedWhen?.at],
      ['failed_when', failedWhen?.at],
    ] as const)
      if (at)
        findings.error(
          'unsupported-keyword',
          `'${word}' is for 'run', not for '${info.name}'`,
          at,
          `delete this line: ${info.name} finds out by itself`,
        )
  const own = resultType(info, false)
  const types = new Map(inside.types).set(RESULT_NAME, own)
  if (task.register) types.set(task.register.text, own)
  const vocabulary: Vocabulary = { ...inside, types }
  const conditions = (word: string, nodes: readonly YamlNode[] | undefined) =>
    nodes?.map((node) => templateOf<boolean>(compileCondition(node, word, vocabulary, findings)))
  const number = (word: string, node: YamlNode | undefined, standard: number) =>
    compileNumber(word, node, standard, task, inside, findings)
  return onlySet({
    changedWhen: conditions('changed_when', changedWhen?.conditions),
    failedWhen: conditions('failed_when', failedWhen?.conditions),
    retry: retry && {
      until: conditions('until', retry.until) ?? [],
      retries: number('retries', retry.retries, 3),
      delaySeconds: number('delay', retry.delay, 5),
    },
  })
}

function compileNumber(
  word: string,
  node: YamlNode | undefined,
  standard: number,
  task: ParsedTask,
  vocabulary: Vocabulary,
  findings: Findings,
): Computed<number> {
  if (!node) return templateOf<number>(constantOf(standard, task.at))
  const value = compileValue(node, vocabulary, findings)
  const wrong = (shown: string) => `'${word}' must be a number from 0 up, not ${shown}`
  const isNumber = (one: Json | undefined): one is number => typeof one === 'number' && one >= 0
  if (value.constant && !isNumber(value.constant.value))
    findings.error('wrong-type', wrong(describeNode(node)), value.at)
  return templateOf(value, (one) => {
    if (isNumber(one)) return one
    throw new ExpressionFailure(mistake('wrong-type', wrong(describeValue(one)), value.at))
  })
}
