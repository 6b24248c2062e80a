// Writes docs/task-api.md, what a task type may import, from the docstrings of the two entry points: `npm run docs`.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Export, readExports } from './readExports.ts'

const HEAD = `# What a task type imports

Written from the docstrings of \`src/task\` and \`src/container\` by \`npm run docs\`. CONTRIBUTING.md shows how a task type is
written with them.
`

const entry = (room: string) => fileURLToPath(new URL(`../src/${room}/index.ts`, import.meta.url))

/** The whole text of docs/task-api.md. */
export function taskApi(): string {
  const sections = ['task', 'container'].map((room) => {
    const exported = readExports(entry(room))
    const passedOn = exported.filter(({ kind }) => kind === 'package')
    return [
      `## crane-play/${room}`,
      ...passedOn.map(({ name, from }) => `\`${name}\` is that of the package \`${from}\`.`),
      ...exported
        .filter(({ kind }) => kind !== 'package')
        .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
        .map(described),
    ].join('\n\n')
  })
  return `${[HEAD, ...sections].join('\n')}\n`
}

const described = ({ name, docstring = '', declaration }: Export): string =>
  [`### ${name}`, readable(docstring), `\`\`\`ts\n${declaration}\n\`\`\``].join('\n\n')

/** Tags of a docstring as a page shows them; their text may go on over several lines. */
const readable = (docstring: string): string =>
  docstring
    .replace(/\n+(?=@)/g, '\n\n')
    .replace(/^@param (\S+) - /gm, '- `$1`: ')
    .replace(/^@returns /gm, 'Returns ')
    .replace(/^@throws /gm, 'Throws ')
    .replace(/^@example\s+(.*(?:\n(?!@).*)*)/gm, (_all, code: string) => `\`\`\`text\n${code.trim()}\n\`\`\``)

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/task-api.md', import.meta.url), taskApi())
