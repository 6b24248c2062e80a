// The `inputs:` at the head of a playbook.
import type { Json } from '../../model/inventory.ts'
import type { Findings } from '../../text/findings.ts'
import {
  INPUT_TYPES,
  type InputDeclaration,
  type InputShape,
  type InputType,
  misfit,
} from '../../model/inputDeclaration.ts'
import { suggestion } from '../../model/didYouMean.ts'
import {
  booleanHint,
  checkKeywords,
  checkVariableName,
  readBoolean,
  readList,
  readMap,
  readText,
} from './parseKeywords.ts'
import { writtenValue } from '../../text/writtenValue.ts'
import { describeNode, entryOf, placeOf, type YamlEntry, type YamlMap, type YamlNode } from '../../text/yamlTree.ts'

const OF_AN_ITEM = ['type', 'description', 'enum', 'pattern', 'items', 'keys']
const OF_A_KEY = [...OF_AN_ITEM, 'required']
const KEYWORDS = [...OF_A_KEY, 'default', 'optional', 'sensitive']

export function parseInputs(node: YamlNode, findings: Findings): readonly InputDeclaration[] {
  const map = readMap(node, 'inputs', findings)
  return (map?.entries ?? []).flatMap((entry) => {
    if (!checkVariableName(entry.key, entry.keyAt, findings)) return []
    const declaration = readMap(entry.value, entry.key, findings)
    if (!declaration) {
      if (entry.value.kind === 'scalar' && entry.value.value === null)
        findings.error(
          'missing-keyword',
          `input '${entry.key}' has no type`,
          entry.keyAt,
          `write ${entry.key}: { type: string }; the types are ${INPUT_TYPES.join(', ')}`,
        )
      return []
    }
    return parseInput(entry, declaration, findings) ?? []
  })
}

function parseInput(entry: YamlEntry, map: YamlMap, findings: Findings): InputDeclaration | undefined {
  checkKeywords(map, 'an input', KEYWORDS, {}, findings)
  const shape = readShape(entry, map, findings)
  const flag = (word: string) => {
    const given = entryOf(map, word)
    return given ? (readBoolean(given.value, word, findings) ?? false) : false
  }
  const sensitive = flag('sensitive')
  const required = flag('required')
  const optional = flag('optional')
  if (!shape) return undefined
  const preset = entryOf(map, 'default')
  const standard = preset && readFitting(entry.key, preset.value, shape, findings)
  if (typeof standard === 'string' && standard.includes('{{'))
    findings.error(
      'expression-not-allowed',
      'a default cannot contain {{ … }}',
      preset && placeOf(preset.value),
      "put the expression in the play's 'vars'",
    )
  if (optional && (required || preset))
    findings.error(
      'contradiction',
      `'${entry.key}' is optional and ${required ? 'required' : 'has a default'}`,
      entryOf(map, 'optional')?.keyAt,
      'remove one of them',
    )
  if (preset && required)
    findings.error('contradiction', `'${entry.key}' is required but has a default`, preset.keyAt, 'remove one of them')
  return {
    name: entry.key,
    ...shape,
    sensitive,
    required: required && !preset,
    ...(standard !== undefined && { default: standard }),
    at: entry.keyAt,
  }
}

function readType(entry: YamlEntry, map: YamlMap, findings: Findings): InputType | undefined {
  const given = entryOf(map, 'type')
  const known: readonly string[] = INPUT_TYPES
  if (!given) {
    findings.error(
      'missing-keyword',
      `input '${entry.key}' has no type`,
      entry.keyAt,
      `add 'type: ' and one of ${known.join(', ')}`,
    )
    return undefined
  }
  const word = readText(given.value, 'type', findings)
  if (word === undefined) return undefined
  const found = INPUT_TYPES.find((type) => type === word)
  if (found) return found
  const habits: Readonly<Record<string, InputType>> = {
    str: 'string',
    int: 'integer',
    bool: 'boolean',
    float: 'number',
    dict: 'map',
    object: 'map',
    array: 'list',
  }
  const habit = Object.hasOwn(habits, word) ? `write ${habits[word]}` : suggestion(word, known)
  findings.error('unknown-type', `'${word}' is not an input type`, placeOf(given.value), habit)
}

/** What the items of a list and the keys of a map must be. */
function readParts(type: InputType, map: YamlMap, findings: Findings): Pick<InputShape, 'items' | 'keys'> {
  for (const [word, owner] of [
    ['items', 'list'],
    ['keys', 'map'],
  ] as const) {
    const given = entryOf(map, word)
    if (given && type !== owner)
      findings.error('contradiction', `'${word}' is for the type ${owner}, not ${type}`, given.keyAt, 'remove it')
  }
  const items = type === 'list' ? entryOf(map, 'items') : undefined
  const keys = type === 'map' ? entryOf(map, 'keys') : undefined
  const shape = items && readPart(items, OF_AN_ITEM, findings)
  const parts = keys && readMap(keys.value, 'keys', findings)?.entries
  return {
    ...(shape && { items: shape }),
    ...(parts && {
      keys: Object.fromEntries(
        parts.flatMap((entry) => {
          const part = readPart(entry, OF_A_KEY, findings)
          return part ? [[entry.key, part]] : []
        }),
      ),
    }),
  }
}

function readPart(
  entry: YamlEntry,
  words: readonly string[],
  findings: Findings,
): (InputShape & { readonly required: boolean }) | undefined {
  const map = readMap(entry.value, entry.key, findings)
  if (!map) return undefined
  checkKeywords(map, 'a part of an input', words, {}, findings)
  const shape = readShape(entry, map, findings)
  const given = entryOf(map, 'required')
  const required = given ? (readBoolean(given.value, 'required', findings) ?? false) : false
  return shape && { ...shape, required }
}

/** All that is said of its values; undefined without a type, and what else is wrong is reported too. */
function readShape(entry: YamlEntry, map: YamlMap, findings: Findings): InputShape | undefined {
  const type = readType(entry, map, findings)
  const pattern = readPattern(map, findings)
  const described = entryOf(map, 'description')
  const description = described && readText(described.value, 'description', findings)
  if (!type) return undefined
  const bare = { type, ...readParts(type, map, findings) }
  const choices = entryOf(map, 'enum')
  const allowed =
    choices &&
    readList(choices.value, 'enum', findings).flatMap((item) => {
      const value = readFitting(entry.key, item, bare, findings)
      return value === undefined ? [] : [value]
    })
  return {
    ...bare,
    ...(allowed && { enum: allowed }),
    ...(pattern !== undefined && { pattern }),
    ...(description !== undefined && { description }),
  }
}

/** Undefined where it is not a value of the shape, which is reported. */
function readFitting(name: string, node: YamlNode, shape: InputShape, findings: Findings): Json | undefined {
  const json = writtenValue(node)
  const wrong = misfit(shape, json, describeNode(node))
  if (wrong === undefined) return json
  const hint = shape.type === 'boolean' ? booleanHint(node) : undefined
  findings.error('wrong-type', `'${name}' ${wrong}`, placeOf(node), hint)
  return undefined
}

function readPattern(map: YamlMap, findings: Findings): string | undefined {
  const given = entryOf(map, 'pattern')
  const text = given && readText(given.value, 'pattern', findings)
  if (!given || text === undefined) return undefined
  try {
    new RegExp(text, 'u')
    return text
  } catch (error) {
    findings.error(
      'bad-pattern',
      `the pattern is not a valid regular expression: ${(error as Error).message}`,
      placeOf(given.value),
    )
  }
}
