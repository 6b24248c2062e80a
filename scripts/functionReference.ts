// Writes docs/functions.md from the function library itself: `npm run docs`. A test fails when it is out of date.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { FUNCTION_LIBRARY } from '../src/language/functions/functionLibrary.ts'
import type { FunctionRow } from '../src/language/functions/functionRow.ts'

const HEAD = `# Functions

Written from \`src/language/functions/\` by \`npm run docs\`. Expressions are [CEL](https://cel.dev), which has these of its
own: \`size\`, \`int\`, \`double\`, \`string\`, \`bool\`, \`has\`, \`x in list\`, \`contains\`, \`startsWith\`, \`endsWith\`, \`matches\`,
\`split\`, \`join\`, \`trim\`, \`substring\`, \`indexOf\`, and for lists and maps \`map\`, \`filter\`, \`all\`, \`exists\`, \`exists_one\`.
A filter of Jinja, \`x | f(a)\`, is a method here: \`x.f(a)\`. \`/\` between two whole numbers gives a whole number, rounded
toward zero; write \`7 / 2.0\` for 3.5.
`

/** The whole text of docs/functions.md. */
export function functionReference(): string {
  const sections = FUNCTION_LIBRARY.map(([heading, rows]) =>
    [
      `## ${heading}\n`,
      '| function | | in place of | example |',
      '| --- | --- | --- | --- |',
      ...rows.map(line),
      '',
    ].join('\n'),
  )
  return [HEAD, ...sections].join('\n')
}

function line({ signatures, summary, replaces, example: [expression, value] }: FunctionRow): string {
  const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``
  const cells = [
    signatures.map(code).join('<br>'),
    summary,
    replaces.map(code).join(', '),
    `${code(expression)} is ${code(JSON.stringify(value))}`,
  ]
  return `| ${cells.join(' | ')} |`
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/functions.md', import.meta.url), functionReference())
