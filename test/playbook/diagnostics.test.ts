// Every mistake that the language knows, as it is shown: diagnostics.md holds them all, for a reviewer to read.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { renderDiagnostics } from '../../src/report/renderDiagnostics.ts'
import { loadFacts } from '../../src/run/loadFacts.ts'
import { ELSEWHERE, SECTIONS } from './diagnosticCases.ts'
import { mistakesIn } from './world.ts'

const facts = await loadFacts()
const found = ({ files, options }: (typeof SECTIONS)[number][1][number]) => mistakesIn(files, { facts, ...options })

describe.each(SECTIONS)('%s', (_title, cases) => {
  it.each(cases)('$code', (one) => {
    expect(found(one).map(({ code }) => code)).toContain(one.code)
  })
})

it('is shown in diagnostics.md', async () => {
  const blocks = SECTIONS.flatMap(([title, cases]) => [
    `## ${title}\n`,
    ...cases.map((one) => {
      const { options = {}, files } = one
      const given = Object.entries(options).map(
        ([name, value]) =>
          `# ${name}: ${Array.isArray(value) || typeof value === 'string' ? String(value) : 'see the case'}\n`,
      )
      const texts = Object.entries(files).map(([name, text]) => `# ${name}\n${text.trimEnd()}\n`)
      const said = renderDiagnostics(found(one)).trimEnd()
      return `### ${one.code}\n\n\`\`\`yaml\n${[...given, ...texts].join('')}\`\`\`\n\n\`\`\`console\n${said}\n\`\`\`\n`
    }),
  ])
  const head = '# What is said of mistakes\n\nWritten by `npx vitest run -u test/playbook/diagnostics.test.ts`.\n'
  await expect([head, ...blocks].join('\n')).toMatchFileSnapshot('diagnostics.md')
})

/** Codes in the sources of a room. */
function codesOf(room: string): readonly string[] {
  const root = fileURLToPath(new URL(`../../src/${room}/`, import.meta.url))
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'))
  return files.flatMap((path) =>
    [...readFileSync(root + path, 'utf8').matchAll(/\b(?:error|warn|mistake)\(\s*'([a-z]+(?:-[a-z]+)+)'/g)].map(
      ([, code = '']) => code,
    ),
  )
}

it.each(['text', 'language', 'playbook'])('has each code of src/%s', (room) => {
  const shown = new Set(SECTIONS.flatMap(([, cases]) => cases.map(({ code }) => code)))
  const codes = [...new Set(codesOf(room))]
  expect(codes.length).toBeGreaterThan(10)
  expect(codes.filter((code) => !shown.has(code) && !Object.hasOwn(ELSEWHERE, code))).toEqual([])
})
