// Reads keyword values: each returns what was meant, or reports what is wrong and returns undefined.
import type { SourceSpan } from '../../model/diagnostic.ts'
import { suggestion } from '../../model/didYouMean.ts'
import type { Findings } from '../../text/findings.ts'
import { isName, isReserved, MAGIC_VARIABLES } from '../../language/readableName.ts'
import { NOT_YET } from './keywords.ts'
import { warnOfOldYaml } from '../../text/writtenValue.ts'
import type { ParsedBecome, ParsedName } from './parsed.ts'
import {
  describeNode,
  entryOf,
  isText,
  placeOf,
  type YamlEntry,
  type YamlMap,
  type YamlNode,
} from '../../text/yamlTree.ts'

export function readBoolean(node: YamlNode, word: string, findings: Findings): boolean | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value
  findings.error(
    'wrong-type',
    `'${word}' must be true or false, not ${describeNode(node)}`,
    placeOf(node),
    booleanHint(node),
  )
}

/** YAML 1.1 read these as booleans, and so do the fingers of people. */
export function booleanHint(node: YamlNode): string | undefined {
  if (!isText(node)) return undefined
  if (/^(yes|on|y|true)$/i.test(node.value)) return 'write true'
  if (/^(no|off|n|false)$/i.test(node.value)) return 'write false'
  if (node.value.includes('{{')) return "expressions are not evaluated here; use 'when' instead"
  return undefined
}

export function readText(node: YamlNode, word: string, findings: Findings): string | undefined {
  if (isText(node) && node.value !== '') return node.value
  const hint = node.kind === 'scalar' && node.value !== null ? `put it in quotes: '${node.value}'` : undefined
  findings.error('wrong-type', `'${word}' must be a string, not ${describeNode(node)}`, placeOf(node), hint)
}

/** A number for which `fits` holds; `wanted` says which, as in `must be …`. */
export function readNumber(
  node: YamlNode,
  word: string,
  wanted: string,
  fits: (value: number) => boolean,
  findings: Findings,
): number | undefined {
  if (node.kind === 'scalar' && typeof node.value === 'number' && fits(node.value)) return node.value
  findings.error('wrong-type', `'${word}' must be ${wanted}, not ${describeNode(node)}`, placeOf(node))
}

/** A text without expressions. */
export function readFixedText(node: YamlNode, word: string, findings: Findings): string | undefined {
  const text = readText(node, word, findings)
  if (text === undefined || !text.includes('{{')) return text
  findings.error(
    'expression-not-allowed',
    `'${word}' cannot contain {{ … }}`,
    placeOf(node),
    'it must be known before the run: write a fixed value',
  )
}

/** One text or a list of texts; each with its place. */
export function readNames(node: YamlNode, word: string, findings: Findings): readonly ParsedName[] {
  const items = node.kind === 'list' ? node.items : [node]
  return items.flatMap((item) => {
    const text = readFixedText(item, word, findings)
    return text === undefined ? [] : [{ text, at: placeOf(item) }]
  })
}

/** `tags: a, b` or a list. */
export function readTags(node: YamlNode, findings: Findings): readonly string[] {
  return readNames(node, 'tags', findings).flatMap(({ text }) =>
    text.split(',').flatMap((tag) => (tag.trim() ? [tag.trim()] : [])),
  )
}

export function readMap(node: YamlNode, word: string, findings: Findings): YamlMap | undefined {
  if (node.kind === 'map') return node
  if (node.kind === 'scalar' && node.value === null) return undefined
  findings.error('wrong-type', `'${word}' must be a map, not ${describeNode(node)}`, placeOf(node))
}

export function readList(node: YamlNode, word: string, findings: Findings): readonly YamlNode[] {
  if (node.kind === 'list') return node.items
  if (node.kind === 'scalar' && node.value === null) return []
  const hint = node.kind === 'map' ? "start each item with '- '" : undefined
  findings.error('wrong-type', `'${word}' must be a list, not ${describeNode(node)}`, placeOf(node), hint)
  return []
}

export function readBecome(map: YamlMap, findings: Findings): ParsedBecome {
  const enabled = entryOf(map, 'become')
  const user = entryOf(map, 'become_user')
  const method = entryOf(map, 'become_method')
  const on = enabled && readBoolean(enabled.value, 'become', findings)
  const who = user && readFixedText(user.value, 'become_user', findings)
  if (method && !(isText(method.value) && method.value.value === 'sudo'))
    findings.error('unsupported', "'become_method' supports sudo only", placeOf(method.value), 'delete this line')
  return { ...(on !== undefined && { enabled: on }), ...(who !== undefined && { user: who }) }
}

/** Reports a name that no expression could read, or that would hide a variable of crane-play. */
export function checkVariableName(name: string, at: ParsedName['at'], findings: Findings): boolean {
  if (!isName(name)) {
    const better = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_')
    findings.error(
      'bad-variable-name',
      `'${name}' is not a valid variable name`,
      at,
      `use letters, digits and _ only, such as ${better}`,
    )
  } else if (isReserved(name)) {
    findings.error(
      'bad-variable-name',
      `'${name}' is a reserved word of the expression language`,
      at,
      'choose another name',
    )
  } else if ((MAGIC_VARIABLES as readonly string[]).includes(name)) {
    findings.error('bad-variable-name', `'${name}' is set by crane-play for each host`, at, 'choose another name')
  } else return true
  return false
}

/** `vars:` with names that expressions can read. */
export function readVars(node: YamlNode, word: string, findings: Findings): readonly YamlEntry[] {
  return (readMap(node, word, findings)?.entries ?? []).filter((entry) => {
    warnOfOldYaml(entry, findings)
    return checkVariableName(entry.key, entry.keyAt, findings)
  })
}

/** The key without the collection that Ansible's own words may have in front. */
export const bareKey = (key: string): string => key.replace(/^ansible\.(builtin|legacy)\./, '')

/** One condition or a list of them. */
export const conditionsOf = (node: YamlNode): readonly YamlNode[] => (node.kind === 'list' ? node.items : [node])

/** Reports each key that is neither known nor refused; `refused` says why a word of Ansible does not work. */
export function checkKeywords(
  map: YamlMap,
  where: string,
  known: readonly string[],
  refused: Readonly<Record<string, string>>,
  findings: Findings,
): void {
  for (const { key: written, keyAt } of map.entries) {
    const key = bareKey(written)
    if (known.includes(key)) continue
    const why = Object.hasOwn(refused, key) ? refused[key] : undefined
    if (why !== undefined) refuseKeyword(key, keyAt, where, why, findings)
    else findings.error('unknown-keyword', `${where} has no keyword '${key}'`, keyAt, suggestion(key, known))
  }
}

/** `why`: what to write instead; beginning with `NOT_YET`, the word has its meaning and only waits. */
export function refuseKeyword(key: string, at: SourceSpan, where: string, why: string, findings: Findings): void {
  const yet = why.startsWith(NOT_YET)
  const hint = yet ? why.slice(NOT_YET.length + 2) : why
  findings.error(
    'unsupported-keyword',
    `'${key}' is not supported${yet ? ' yet' : ''} in ${where}`,
    at,
    hint === '' ? undefined : hint,
  )
}
