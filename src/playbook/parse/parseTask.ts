// One item of `tasks:` or `handlers:` as it was written.
import type { Findings } from '../../text/findings.ts'
import { NOT_YET, REFUSED_IN_TASK, TASK_KEYWORDS } from './keywords.ts'
import type { ParsedName, ParsedTask } from './parsed.ts'
import {
  checkKeywords,
  checkVariableName,
  readBecome,
  readBoolean,
  readFixedText,
  readMap,
  readNames,
  readTags,
  readVars,
  refuseKeyword,
} from './parseKeywords.ts'
import { describeNode, entryOf, placeOf, type YamlMap, type YamlNode } from '../../text/yamlTree.ts'

/** Refused words in whose place a task type would stand. */
const STANDS_FOR_TYPE = new Set(['block', 'action', 'local_action'])

export function parseTask(map: YamlMap, findings: Findings): ParsedTask {
  const get = (key: string): YamlNode | undefined => entryOf(map, key)?.value
  const known: readonly string[] = TASK_KEYWORDS
  let typed = false
  const candidates = map.entries.filter(({ key, keyAt }) => {
    if (known.includes(key)) return false
    if (STANDS_FOR_TYPE.has(key)) typed = true
    if (key.startsWith('with_')) {
      refuseKeyword(key, keyAt, 'a task', "use 'loop' with a list", findings)
      return false
    }
    if (!Object.hasOwn(REFUSED_IN_TASK, key)) return true
    refuseKeyword(key, keyAt, 'a task', REFUSED_IN_TASK[key] ?? '', findings)
    return false
  })
  const name = get('name')
  const when = get('when')
  const loop = get('loop')
  const control = readLoopControl(get('loop_control'), findings)
  const register = get('register')
  const registered = register && readVariable(register, 'register', findings)
  const timeout = get('timeout')
  const timeoutSeconds = timeout && readSeconds(timeout, findings)
  const checkMode = get('check_mode')
  const checks = checkMode && readBoolean(checkMode, 'check_mode', findings)
  const diff = get('diff')
  const differs = diff && readBoolean(diff, 'diff', findings)
  const ignore = get('ignore_errors')
  const environment = get('environment')
  const environmentMap = environment && readMap(environment, 'environment', findings)
  const tags = get('tags')
  const notify = get('notify')
  const listen = get('listen')
  const vars = get('vars')
  return {
    at: map.entries[0]?.keyAt ?? placeOf(map),
    ...(name && { name }),
    candidates,
    typeRefused: typed,
    when: when ? (when.kind === 'list' ? when.items : [when]) : [],
    ...(loop && { loop }),
    loopVar: control.loopVar ?? { text: 'item', at: loop ? placeOf(loop) : placeOf(map) },
    ...(control.indexVar && { indexVar: control.indexVar }),
    ...(registered && { register: registered }),
    notify: notify ? readNames(notify, 'notify', findings) : [],
    listen: listen ? readNames(listen, 'listen', findings).map(({ text }) => text) : [],
    tags: tags ? readTags(tags, findings) : [],
    become: readBecome(map, findings),
    ignoreErrors: ignore ? (readBoolean(ignore, 'ignore_errors', findings) ?? false) : false,
    ...(checks !== undefined && { checkMode: checks }),
    ...(differs !== undefined && { diff: differs }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    vars: vars ? readVars(vars, 'vars', findings) : [],
    ...(environmentMap && { environment: environmentMap }),
  }
}

function readVariable(node: YamlNode, word: string, findings: Findings): ParsedName | undefined {
  const text = readFixedText(node, word, findings)
  if (text === undefined || !checkVariableName(text, placeOf(node), findings)) return undefined
  return { text, at: placeOf(node) }
}

function readLoopControl(
  node: YamlNode | undefined,
  findings: Findings,
): { loopVar?: ParsedName; indexVar?: ParsedName } {
  const map = node && readMap(node, 'loop_control', findings)
  if (!map) return {}
  checkKeywords(
    map,
    "'loop_control'",
    ['loop_var', 'index_var'],
    {
      label: NOT_YET,
      pause: NOT_YET,
      extended: "use 'index_var'",
      break_when: NOT_YET,
    },
    findings,
  )
  const as = entryOf(map, 'loop_var')
  const index = entryOf(map, 'index_var')
  const loopVar = as && readVariable(as.value, 'loop_var', findings)
  const indexVar = index && readVariable(index.value, 'index_var', findings)
  return { ...(loopVar && { loopVar }), ...(indexVar && { indexVar }) }
}

function readSeconds(node: YamlNode, findings: Findings): number | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'number' && node.value > 0) return node.value
  findings.error(
    'wrong-type',
    `'timeout' must be a number of seconds above 0, not ${describeNode(node)}`,
    placeOf(node),
  )
}
