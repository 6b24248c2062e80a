// Finds which key of a task is its type, or says what the key was probably meant to be.
import type { Catalogue, TaskTypeInfo } from '../../model/catalogue.ts'
import { didYouMean } from '../../model/didYouMean.ts'
import type { Findings } from '../../text/findings.ts'
import { ANSIBLE_MODULES, TASK_KEYWORDS } from '../parse/keywords.ts'
import type { ParsedTask } from '../parse/parsed.ts'
import type { YamlEntry } from '../../text/yamlTree.ts'

export interface FoundType {
  readonly info: TaskTypeInfo
  readonly entry: YamlEntry
}

export function findTaskType(task: ParsedTask, catalogue: Catalogue, findings: Findings): FoundType | undefined {
  const known = task.candidates.filter(({ key }) => catalogue.has(key))
  const [first, second] = known
  const others = task.candidates.filter(({ key }) => !catalogue.has(key))
  if (second && first)
    findings.error(
      'two-task-types',
      `a task has one task type; this one has '${first.key}' and '${second.key}'`,
      second.keyAt,
      'split it into two tasks',
    )
  for (const entry of others) reportStranger(entry, first !== undefined, catalogue, findings)
  if (!first && others.length === 0 && !task.typeRefused)
    findings.error('no-task-type', 'the task has no task type', task.at, `such as installPackage: { name: containerd }`)
  const info = first && catalogue.get(first.key)
  return first && info && !second ? { info, entry: first } : undefined
}

function reportStranger({ key, keyAt }: YamlEntry, typed: boolean, catalogue: Catalogue, findings: Findings): void {
  const bare = key.replace(/^(ansible\.(builtin|legacy|posix|windows)|community\.\w+)\./, '')
  const spelling = Object.hasOwn(ANSIBLE_MODULES, bare) ? ANSIBLE_MODULES[bare] : undefined
  if (spelling !== undefined && !typed) {
    findings.error(
      'ansible-module',
      `'${key}' is an Ansible module, not a task type`,
      keyAt,
      spelling.startsWith('nothing: ') ? spelling.slice('nothing: '.length) : `use ${spelling}`,
    )
    return
  }
  if (bare !== key && !typed) {
    findings.error('ansible-module', `'${key}' is an Ansible module, not a task type`, keyAt, listOfTypes(catalogue))
    return
  }
  const keywords: readonly string[] = TASK_KEYWORDS
  const close = didYouMean(key, [...keywords, ...catalogue.keys()])
  const hint = close === undefined ? undefined : `did you mean '${close}'?`
  if (typed) findings.error('unknown-keyword', `a task has no keyword '${key}'`, keyAt, hint)
  else findings.error('unknown-task-type', `there is no task type '${key}'`, keyAt, hint ?? listOfTypes(catalogue))
}

function listOfTypes(catalogue: Catalogue): string | undefined {
  const names = [...catalogue.keys()].sort()
  return names.length > 0 ? `the task types are ${names.join(', ')}` : undefined
}
