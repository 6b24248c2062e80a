// Finds which key of a task is its type, or says what the key was probably meant to be.
import type { Catalogue, TaskTypeInfo } from '../../model/catalogue.ts'
import { didYouMean } from '../../model/didYouMean.ts'
import type { Findings } from '../../text/findings.ts'
import { REFUSED_IN_TASK, TASK_KEYWORDS } from '../parse/keywords.ts'
import { refuseKeyword } from '../parse/parseKeywords.ts'
import type { ParsedTask } from '../parse/parsed.ts'
import { placeOf, type YamlEntry } from '../../text/yamlTree.ts'
import { type Fitted, insteadOfModule, insteadOfOneLine } from './insteadOfModule.ts'

export interface FoundType {
  readonly info: TaskTypeInfo
  readonly entry: YamlEntry
}

/** `fitted` is asked of what is proposed in place of a module of Ansible. */
export function findTaskType(
  task: ParsedTask,
  catalogue: Catalogue,
  findings: Findings,
  fitted: Fitted,
): FoundType | undefined {
  const known = task.candidates.filter(({ key }) => catalogue.has(key))
  const [first, second] = known
  const others = task.candidates.filter(({ key }) => !catalogue.has(key))
  const strangers = others.filter(({ key }) => !Object.hasOwn(REFUSED_IN_TASK, key))
  if (second && first)
    findings.error(
      'two-task-types',
      `a task has one task type; this one has '${first.key}' and '${second.key}'`,
      second.keyAt,
      'split it into two tasks',
    )
  for (const entry of others) reportStranger(entry, first, catalogue, findings, fitted)
  if (!first && strangers.length === 0 && !task.typeRefused)
    findings.error('no-task-type', 'the task has no task type', task.at, `such as installPackage: { name: containerd }`)
  const oneLine = first && insteadOfOneLine(first.key, first.value, fitted)
  if (first && oneLine) {
    const message = `'${oneLine.param}=' is how Ansible writes a parameter`
    findings.error('ansible-module', message, placeOf(first.value), oneLine.hint)
    return undefined
  }
  const info = first && catalogue.get(first.key)
  return first && info && !second ? { info, entry: first } : undefined
}

function reportStranger(
  { key, keyAt, value }: YamlEntry,
  type: YamlEntry | undefined,
  catalogue: Catalogue,
  findings: Findings,
  fitted: Fitted,
): void {
  const below = type && hintBelow(key, type, catalogue)
  if (below !== undefined) {
    findings.error('unknown-keyword', `a task has no keyword '${key}'`, keyAt, below)
    return
  }
  if (Object.hasOwn(REFUSED_IN_TASK, key)) {
    refuseKeyword(key, keyAt, 'a task', REFUSED_IN_TASK[key] ?? '', findings)
    return
  }
  const bare = key.replace(/^[a-z]\w*\.[a-z]\w*\./, '')
  const instead = type ? undefined : insteadOfModule(bare, value, fitted)
  if (instead !== undefined || (bare !== key && !type)) {
    const message = `'${key}' is an Ansible module, not a task type`
    findings.error('ansible-module', message, keyAt, instead ?? listOfTypes(catalogue))
    return
  }
  const keywords: readonly string[] = TASK_KEYWORDS
  const close = didYouMean(key, [...keywords, ...catalogue.keys()])
  const hint = close === undefined ? undefined : `did you mean '${close}'?`
  if (type) findings.error('unknown-keyword', `a task has no keyword '${key}'`, keyAt, hint)
  else findings.error('unknown-task-type', `there is no task type '${key}'`, keyAt, hint ?? listOfTypes(catalogue))
}

/** Of a parameter of the task's type that stands beside it. */
function hintBelow(key: string, { key: name, value }: YamlEntry, catalogue: Catalogue): string | undefined {
  const { params, shorthand } = catalogue.get(name) ?? {}
  if (!Object.hasOwn(params?.properties ?? {}, key)) return undefined
  const before = value.kind !== 'map' && shorthand !== undefined ? `${shorthand}: …` : '…'
  return `write it below '${name}': ${name}: { ${before}, ${key}: … }`
}

function listOfTypes(catalogue: Catalogue): string | undefined {
  const names = [...catalogue.keys()].sort()
  return names.length > 0 ? `the task types are ${names.join(', ')}` : undefined
}
