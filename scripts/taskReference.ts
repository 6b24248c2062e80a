// Writes docs/tasks.md from the task types themselves: `npm run docs`. A test fails when it is out of date.
import { readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TaskTypeInfo } from '../src/model/catalogue.ts'
import { LANGUAGE_TASKS } from '../src/model/languageTasks.ts'
import type { TaskType } from '../src/task/defineTask.ts'

const root = new URL('..', import.meta.url)

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly examples?: readonly unknown[]
}

/** The whole text of docs/tasks.md. */
export async function taskReference(): Promise<string> {
  const directory = new URL('tasks/', root)
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.ts'))
    .toSorted()
  const types = await Promise.all(
    names.map(
      async (name) => (await import(pathToFileURL(fileURLToPath(new URL(name, directory))).href)).default as TaskType,
    ),
  )
  const head =
    '# Task types\n\nWritten from the files in `tasks/` by `npm run docs`. A parameter in **bold** must be given.\n'
  const own = `The first ${LANGUAGE_TASKS.length} belong to the language: they ask nothing of a host.\n`
  return [head, own, ...[...LANGUAGE_TASKS, ...types].map(section)].join('\n')
}

function section(type: Pick<TaskTypeInfo, 'name' | 'summary' | 'shorthand' | 'result'> & { params: object }): string {
  const params = type.params as Schema
  const shorthand =
    type.shorthand === undefined ? '' : `\nA bare value sets \`${type.shorthand}\`: \`${type.name}: …\`.\n`
  const result = type.result as Schema | undefined
  const registers = result?.properties
    ? `\n\`register\` stores ${Object.keys(result.properties)
        .map((name) => `\`${name}\``)
        .join(', ')}, besides \`changed\`, \`failed\`, \`skipped\` and \`outcome\`.\n`
    : ''
  return `## ${type.name}\n\n${type.summary}\n${shorthand}\n${table(params)}${registers}`
}

function table(schema: Schema): string {
  if (Object.keys(fieldsOf(schema).properties).length === 0)
    return schema.description === undefined ? 'It takes no parameters.\n' : `Its parameters: ${schema.description}\n`
  return ['| parameter | type | |', '| --- | --- | --- |', ...rows(schema, '', new Map()), ''].join('\n')
}

/** A row for each field, those of maps and of lists of maps below it. `documented`: shapes and the path where each is spelt out. */
function rows(schema: Schema, path: string, documented: Map<string, string>): string[] {
  const { properties, required } = fieldsOf(schema)
  return Object.entries(properties).flatMap(([name, field]) => {
    const own = `${path}${name}`
    const shown = required.includes(name) ? `**\`${own}\`**` : `\`${own}\``
    const map = field.type === 'array' ? field.items : field
    const inside = map && Object.keys(fieldsOf(map).properties).length > 0 ? map : undefined
    const shape = JSON.stringify(inside)
    const before = inside && documented.get(shape)
    const place = field.type === 'array' ? `${own}[]` : own
    if (inside && !before) documented.set(shape, place)
    const type = before ? `${kind(field)}, as \`${before}\`` : kind(field)
    const row = `| ${shown} | ${type} | ${cell(describe(field))} |`
    return [row, ...(inside && !before ? rows(inside, `${place}.`, documented) : [])]
  })
}

/** What is said of fields in any part of an intersection counts for all of it. */
function fieldsOf({
  properties = {},
  required = [],
  allOf = [],
}: Schema): Required<Pick<Schema, 'properties' | 'required'>> {
  const parts = allOf.map(fieldsOf)
  return {
    properties: Object.assign({}, properties, ...parts.map((part) => part.properties)),
    required: [...required, ...parts.flatMap((part) => part.required)],
  }
}

function kind(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(', ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kind))].join(' or ')
  if (schema.type === 'array') return schema.items ? `list of ${kind(schema.items)}` : 'list'
  if (schema.type === 'object' || schema.allOf) return 'map'
  return String(schema.type ?? 'anything')
}

function describe({ description = '', default: preset, examples }: Schema): string {
  const more = [
    ...(preset === undefined ? [] : [`Default \`${JSON.stringify(preset)}\`.`]),
    ...(examples?.length ? [`Such as \`${examples.map((example) => JSON.stringify(example)).join('`, `')}\`.`] : []),
  ]
  return [description, ...more].join(' ').trim()
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('docs/tasks.md', root), await taskReference())
