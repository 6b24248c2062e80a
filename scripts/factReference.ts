// Writes docs/facts.md from the facts themselves: `npm run docs`. A test fails when it is out of date.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadFacts } from '../src/run/loadFacts.ts'
import type { FactType } from '../src/task/defineFact.ts'

interface Schema {
  readonly type?: string
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
}

const HEAD = `# Facts

Written from the files in \`facts/\` by \`npm run docs\`. \`crane-play facts PATTERN [NAME...] -i INVENTORY\` asks hosts for
them and prints each value once, with the hosts that have it: \`crane-play facts compute os 'service[sshd]' -i hosts\`.
`

/** The whole text of docs/facts.md. */
export async function factReference(): Promise<string> {
  return [HEAD, ...Array.from((await loadFacts()).values(), section)].join('\n')
}

function section({ name, key, summary, type }: FactType): string {
  const asked = key === undefined ? `\`${name}\`` : `\`${name}[KEY]\`, where KEY is ${key}`
  const rows = fields(type as Schema, '').map(
    ([field, { description = '', ...schema }]) =>
      `| ${field === '' ? 'the value' : `\`${field}\``} | ${typeName(schema)} | ${description} |`,
  )
  return [
    `## ${name}\n`,
    `${summary} Asked for as ${asked}.\n`,
    '| | type | |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

/** The leaves by their paths; \`[]\` stands for each of a list, \`.NAME\` for each of a map. */
function fields(schema: Schema, path: string): readonly (readonly [path: string, schema: Schema])[] {
  const inside = (name: string) => (path === '' ? name : `${path}.${name}`)
  if (schema.properties)
    return Object.entries(schema.properties).flatMap(([name, field]) => fields(field, inside(name)))
  const [each] = Object.values(schema.patternProperties ?? {})
  if (each) return fields(each, inside('NAME'))
  return schema.items?.properties ? fields(schema.items, `${path}[]`) : [[path, schema]]
}

function typeName(schema: Schema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${String(value) || "''"}\``).join(', ')
  return schema.items ? `list of ${typeName(schema.items)}` : (schema.type ?? 'any value')
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/facts.md', import.meta.url), await factReference())
