// Writes docs/facts.md from the facts themselves: `npm run docs`. A test fails when it is out of date.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ANSIBLE_FACTS } from '../src/language/jinja/ansibleFacts.ts'
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

Written from the files in \`facts/\` by \`npm run docs\`. An expression reads a fact as \`facts.NAME\`, wherever an expression
stands: in \`when\`, \`until\` and \`loop\`, in \`{{ }}\` of parameters, of variables in a play, \`group_vars/\` and \`host_vars/\`, and
in templates.

\`\`\`yaml
- hosts: compute
  vars:
    web: "{{ facts.os.family == 'redhat' ? 'httpd' : 'apache2' }}"
  tasks:
    - installPackage: { name: '{{ web }}' }
    - ensureService: { name: '{{ web }}', state: started }
      when: facts.memory.total > 2 * 1073741824 && !facts.file['/etc/no-web'].exists
\`\`\`

There is nothing to gather: only the facts that are named are asked, in the exchange that asks what the tasks need, and again
after something changed on the host. Their types are known when the playbook is checked, so a wrong field is a mistake
before any host is touched. In check mode a fact about a file, a service or a package is what the tasks before would make of
it; what cannot be foreseen is reported as depending on an earlier change. In a task with
\`delegate_to\`, a fact is that of the delegate; variables, \`loop\` and \`delegate_to\` itself read those of the host of the play.
Such a task is done for one host after the other, in the order of the play: what one does may change the facts of the next.
\`hostvars\` has no facts.

\`crane-play facts PATTERN [NAME...] -i INVENTORY\` asks hosts for facts and prints each value once, with the hosts that have
it: \`crane-play facts compute os 'service[sshd]' -i hosts\`.
`

/** The whole text of docs/facts.md. */
export async function factReference(): Promise<string> {
  return [HEAD, ...Array.from((await loadFacts()).values(), section)].join('\n')
}

function section({ name, key, summary, type }: FactType): string {
  const read = key === undefined ? `\`facts.${name}\`` : `\`facts.${name}['KEY']\`, where KEY is ${key}`
  const rows = fields(type as Schema, '').map(
    ([field, { description = '', ...schema }]) =>
      `| ${field === '' ? 'the value' : `\`${field}\``} | ${typeName(schema)} | ${description} | ${inAnsible(name, field)} |`,
  )
  return [
    `## ${name}\n`,
    `${summary} Read as ${read}.\n`,
    '| | type | | in Ansible |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

/** What is called otherwise there, or is part of it. */
function inAnsible(fact: string, field: string): string {
  const here = ['facts', fact, ...(field === '' ? [] : [field.replace(/\.NAME$/, '')])].join('.')
  const names = ANSIBLE_FACTS.filter(({ cel }) =>
    cel.split(/[^\w.]/).some((word) => word === here || word.startsWith(`${here}.`)),
  )
  return names.map(({ name }) => `\`ansible_${name}\``).join(', ')
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
