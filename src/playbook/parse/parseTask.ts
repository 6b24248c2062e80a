// One item of `tasks:` or `handlers:` as it was written.
import type { Findings } from '../../text/findings.ts'
import { entryOf, placeOf, type YamlMap, type YamlNode } from '../../text/yamlTree.ts'
import { NOT_YET, TASK_KEYWORDS } from './keywords.ts'
import type { ParsedConditions, ParsedName, ParsedTask } from './parsed.ts'
import {
  checkKeywords,
  checkVariableName,
  conditionsOf,
  readFixedText,
  readMap,
  readNames,
  readNumber,
  refuseKeyword,
} from './parseKeywords.ts'
import { parseShared } from './parseShared.ts'

/** What a keyword is about: without that it would be ignored. */
const ABOUT = [
  { word: 'delay', others: /^(until|retries)$/, what: "'until' or 'retries'" },
  { word: 'loop_control', others: /^(loop$|with_)/, what: "'loop'" },
]

/** Refused words in whose place a task type would stand. */
const STANDS_FOR_TYPE = new Set(['action', 'local_action'])

export function parseTask(map: YamlMap, findings: Findings): ParsedTask {
  const get = (key: string): YamlNode | undefined => entryOf(map, key)?.value
  const known: readonly string[] = TASK_KEYWORDS
  let typed = false
  const candidates = map.entries.filter(({ key, keyAt }) => {
    if (known.includes(key)) return false
    if (STANDS_FOR_TYPE.has(key)) typed = true
    if (key.startsWith('with_')) {
      refuseKeyword(key, keyAt, 'a task', LOOP_HABITS[key] ?? "use 'loop' with a list", findings)
      return false
    }
    return true
  })
  for (const { word, others, what } of ABOUT) {
    const entry = entryOf(map, word)
    if (entry && !map.entries.some(({ key }) => others.test(key)))
      findings.error('missing-keyword', `'${word}' does nothing without ${what}`, entry.keyAt, 'remove it')
  }
  const name = get('name')
  // Refused, and read nevertheless: `item` is then no mistake of its own.
  const loop = get('loop') ?? get('with_items') ?? get('with_list') ?? get('with_dict')
  const control = readLoopControl(get('loop_control'), findings)
  const register = get('register')
  const registered = register && readVariable(register, 'register', findings)
  const listen = get('listen')
  const until = get('until')
  const retries = get('retries')
  const delay = get('delay')
  const changedWhen = readConditions(map, 'changed_when')
  const failedWhen = readConditions(map, 'failed_when')
  return {
    kind: 'task',
    at: map.entries[0]?.keyAt ?? placeOf(map),
    ...parseShared(map, findings),
    ...(name && { name }),
    candidates,
    typeRefused: typed,
    ...(loop && { loop }),
    loopVar: control.loopVar ?? { text: 'item', at: loop ? placeOf(loop) : placeOf(map) },
    ...(control.indexVar && { indexVar: control.indexVar }),
    ...(control.label && { label: control.label }),
    ...(control.pauseSeconds !== undefined && { pauseSeconds: control.pauseSeconds }),
    ...(registered && { register: registered }),
    listen: listen ? readNames(listen, 'listen', findings).map(({ text }) => text) : [],
    ...((until || retries) && {
      retry: { until: until ? conditionsOf(until) : [], ...(retries && { retries }), ...(delay && { delay }) },
    }),
    ...(changedWhen && { changedWhen }),
    ...(failedWhen && { failedWhen }),
  }
}

function readConditions(map: YamlMap, word: string): ParsedConditions | undefined {
  const entry = entryOf(map, word)
  return entry && { at: entry.keyAt, conditions: conditionsOf(entry.value) }
}

/** Loops of Ansible → how the same is said with `loop`. */
export const LOOP_HABITS: Readonly<Record<string, string>> = {
  with_dict: "use 'loop' with the same map: its items have 'item.key' and 'item.value'",
  with_sequence: 'write loop: "{{ range(1, 11) }}" for 1 to 10',
  with_together: 'write loop: "{{ a.zip(b) }}", and read item[0] and item[1]',
  with_nested: `write loop: "{{ a.map(x, b.map(y, {'x': x, 'y': y})).flatten() }}" with the lists a and b, and read item.x and item.y`,
  with_fileglob: "write the names of the files as a list under 'loop'",
  with_indexed_items: "use 'loop', and 'loop_control: { index_var: n }'",
  with_inventory_hostnames: 'write loop: "{{ groups.all }}"',
}

function readVariable(node: YamlNode, word: string, findings: Findings): ParsedName | undefined {
  const text = readFixedText(node, word, findings)
  if (text === undefined || !checkVariableName(text, placeOf(node), findings)) return undefined
  return { text, at: placeOf(node) }
}

interface LoopControl {
  readonly loopVar?: ParsedName
  readonly indexVar?: ParsedName
  readonly label?: YamlNode
  readonly pauseSeconds?: number
}

function readLoopControl(node: YamlNode | undefined, findings: Findings): LoopControl {
  const map = node && readMap(node, 'loop_control', findings)
  if (!map) return {}
  const refused = { extended: "use 'index_var'", break_when: NOT_YET, extended_allitems: 'delete this line' }
  checkKeywords(map, "'loop_control'", ['loop_var', 'index_var', 'label', 'pause'], refused, findings)
  const as = entryOf(map, 'loop_var')
  const index = entryOf(map, 'index_var')
  const label = entryOf(map, 'label')
  const pause = entryOf(map, 'pause')
  const loopVar = as && readVariable(as.value, 'loop_var', findings)
  const indexVar = index && readVariable(index.value, 'index_var', findings)
  const pauseSeconds = pause && readNumber(pause.value, 'pause', 'a number of seconds', (n) => n >= 0, findings)
  return {
    ...(loopVar && { loopVar }),
    ...(indexVar && { indexVar }),
    ...(label && { label: label.value }),
    ...(pauseSeconds !== undefined && { pauseSeconds }),
  }
}
