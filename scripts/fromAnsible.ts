// Writes docs/from-ansible.md from the conformance cases and the words that playbooks are refused for: `npm run docs`.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadInventory } from '../src/inventory/loadInventory.ts'
import type { Catalogue } from '../src/model/catalogue.ts'
import { checked } from '../src/model/diagnostic.ts'
import { loadPlaybooks } from '../src/playbook/loadPlaybooks.ts'
import { ANSIBLE_MODULES } from '../src/playbook/parse/ansibleModules.ts'
import { NOT_YET, REFUSED_IN_PLAY, REFUSED_IN_TASK } from '../src/playbook/parse/keywords.ts'
import { LOOP_HABITS } from '../src/playbook/parse/parseTask.ts'
import { loadTaskTypes } from '../src/run/loadTaskTypes.ts'
import { areas, type PlayCase, type Recap } from '../test/conformance/playCase.ts'

const AREAS: Readonly<Record<string, string>> = {
  blocks: 'Blocks, rescue and always',
  control: 'Handlers, batches, delegation, ends of a play',
  loops: 'Loops',
  results: 'Results, until, ignored errors',
  selection: 'Hosts, tags, imports',
  values: 'Variables and expressions',
}

/** The whole text of docs/from-ansible.md. */
export async function fromAnsible(): Promise<string> {
  const cases = areas.flatMap(({ cases: all }) => all)
  const differing = cases.filter(({ here }) => here !== undefined)
  const loaded = await loadTaskTypes([])
  const catalogue: Catalogue = loaded.ok ? loaded.value : new Map()
  return [
    `# From Ansible

Written from \`test/conformance/cases/\` by \`npm run docs\`. Each of ${cases.length} plays was run by ansible-core 2.19, which is
recorded, and its translation is run here by the tests: the recap, what the commands wrote and the exit status are
compared. ${cases.length - differing.length} are the same, ${differing.length} differ on purpose. \`npm run conformance -- --ansible\` runs all of them in both.

Filters are in [functions.md](functions.md), beside the function that does the same; the names of facts in
[facts.md](facts.md). Whatever Ansible has and crane-play has not is rejected before any host is touched, by name, with
what to write instead.

## What differs
`,
    ...differences(differing),
    '## What is the same\n',
    ...areas.map(
      ({ area, cases: all }) =>
        `### ${AREAS[area] ?? area}\n\n${all.flatMap(({ name, here }) => (here ? [] : [`- ${name}`])).join('\n')}\n`,
    ),
    '## Modules\n',
    'With parameters, the hint holds your own values.\n',
    table('Ansible', 'here', modules(catalogue)),
    '## Words\n',
    table('word', 'here', words()),
  ].join('\n')
}

/** By reason, each with its plays. */
function differences(cases: readonly PlayCase[]): readonly string[] {
  const reasons = [...new Set(cases.map(({ here }) => here?.why ?? ''))]
  return reasons.map((why) => {
    const rows = cases
      .filter(({ here }) => here?.why === why)
      .map(({ name, ansible, here }) => {
        const ours = here?.recap ? shown(here.recap) : 'the same counts'
        return `| ${name} | ${shown(ansible.recap)} | ${ours} |`
      })
    return ['| play | Ansible | here |', '| --- | --- | --- |', ...rows].reduce(
      (text, row) => `${text}${row}\n`,
      `### ${why[0]?.toUpperCase()}${why.slice(1)}\n\n`,
    )
  })
}

const shown = (recap: Recap): string =>
  Object.entries(recap)
    .map(
      ([host, counts]) =>
        `${host} ${Object.entries(counts)
          .map(([count, n]) => `${count}=${n}`)
          .join(' ')}`,
    )
    .join('<br>')

const table = (left: string, right: string, rows: readonly (readonly [string, string])[]): string =>
  [
    `| ${left} | ${right} |`,
    '| --- | --- |',
    ...rows.map(([word, hint]) => `| \`${word}\` | ${escaped(hint)} |`),
    '',
  ].join('\n')

const escaped = (text: string): string => text.replaceAll('|', '\\|')

/** What the program itself says of a task with each module. */
function modules(catalogue: Catalogue): readonly (readonly [string, string])[] {
  const inventory = loadInventory({ sources: ['crane[01-02]'] })
  if (!inventory.ok) return []
  return Object.keys(ANSIBLE_MODULES).map((module) => {
    const said = loadPlaybooks({
      paths: ['site.yml'],
      readFile: () => `- hosts: all\n  tasks:\n    - ${module}:\n`,
      catalogue,
      inventory: inventory.value,
      selectHosts: () => checked([]),
    })
    const found = said.ok ? [] : said.diagnostics
    return [module, found.find(({ code }) => code === 'ansible-module')?.hint ?? 'not yet'] as const
  })
}

function words(): readonly (readonly [string, string])[] {
  const all = { ...REFUSED_IN_TASK, ...REFUSED_IN_PLAY, ...LOOP_HABITS }
  return Object.entries(all).map(([word, hint]) => [word, hint.replace(/^not yet: ?/, `${NOT_YET}: `)] as const)
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/from-ansible.md', import.meta.url), await fromAnsible())
