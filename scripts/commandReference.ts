// Writes docs/command.md: the options and commands as `--help` prints them.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { helpText } from '../src/cli/commandLine.ts'

/** The whole page. */
export const commandReference = (): string => `# The command

What \`crane-play --help\` prints. With the name of a playbook in front of \`--help\`, the inputs of that playbook come first.

\`\`\`text
${helpText(100).trimEnd()}
\`\`\`
`

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/command.md', import.meta.url), commandReference())
