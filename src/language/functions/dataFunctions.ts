// Functions that read and write JSON and YAML.
import { parse, stringify } from 'yaml'
import type { Json } from '../../model/inventory.ts'
import { type FunctionRow, plain, refusal } from './functionRow.ts'

function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw refusal(
      `the string is not JSON: ${(error as Error).message.replace(/^Unexpected/, 'unexpected').slice(0, 80)}`,
    )
  }
}

function readYamlValue(text: string): Json {
  try {
    // What a host printed may be hostile: as many aliases as a person writes, and no tags.
    return parse(text, { version: '1.2', schema: 'core', maxAliasCount: 100, logLevel: 'error' }) as Json
  } catch (error) {
    throw refusal(`the string is not YAML: ${((error as Error).message.split('\n')[0] ?? '').slice(0, 80)}`)
  }
}

export const DATA_FUNCTIONS: readonly FunctionRow[] = [
  {
    name: 'toJson',
    signatures: ['dyn.toJson(): string', 'dyn.toJson(int): string'],
    summary: 'The value as JSON, on one line or indented by that many spaces.',
    replaces: ['to_json', 'to_nice_json'],
    example: ["{'a': [1, true]}.toJson()", '{"a":[1,true]}'],
    call: plain((value: Json, spaces = 0 as never) => JSON.stringify(value, null, Number(spaces))),
  },
  {
    name: 'fromJson',
    signatures: ['string.fromJson(): dyn'],
    summary: 'The value that the JSON says.',
    replaces: ['from_json'],
    example: [`'{"a": [1]}'.fromJson().a[0]`, 1],
    call: plain(readJson),
  },
  {
    name: 'toYaml',
    signatures: ['dyn.toYaml(): string'],
    summary: 'The value as YAML, without a line feed at its end.',
    replaces: ['to_yaml', 'to_nice_yaml'],
    example: ["{'a': [1, 'no']}.toYaml()", 'a:\n  - 1\n  - "no"'],
    call: plain((value: Json) =>
      stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }).trimEnd(),
    ),
  },
  {
    name: 'fromYaml',
    signatures: ['string.fromYaml(): dyn'],
    summary: 'The value that the YAML says.',
    replaces: ['from_yaml'],
    example: ["'a: [1]'.fromYaml().a[0]", 1],
    call: plain(readYamlValue),
  },
]
