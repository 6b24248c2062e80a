// Writes docs/variables.md from the levels of precedence: `npm run docs`. A test fails when it is out of date.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { PRECEDENCE } from '../src/model/variableSource.ts'

const HEAD = `# Variables

Where several places set a variable, the first of these has its value:

`

const TAIL = `
\`crane-play explain VAR -i INVENTORY\` shows the value that each host has, the file and line that gave it, and what that
overrode; with \`--host PATTERN\` for some of the hosts, and with a playbook behind the variable its plays, inputs and
\`-e\` count too: \`crane-play explain port site.yml -i hosts --host crane02\`. Of an expression it shows what it is made
of. A sensitive value is not shown, and nothing is asked of a host: of a variable that follows from facts, it names them.

What the author wrote is evaluated: \`{{ … }}\` in a playbook, in \`vars_files\`, \`group_vars/\` and \`host_vars/\`. What came
from elsewhere is data: an inventory file, \`-e\`, an executable inventory, the results of tasks and facts.
`

/** The whole text of docs/variables.md. */
export function variableReference(): string {
  return `${HEAD}${PRECEDENCE.map(({ what }, i) => `${i + 1}. ${what}\n`).join('')}${TAIL}`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/variables.md', import.meta.url), variableReference())
