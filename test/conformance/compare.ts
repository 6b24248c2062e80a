// npm run conformance [-- --ansible [COMMAND]]: the plays of the cases here, and by ansible-core itself, with what differs.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Command } from 'commander'
import { $ } from 'zx'
import { cacheDirectory } from '../../lab/machine.ts'
import { areas, type PlayCase } from './playCase.ts'
import { comparable, expectedHere, runAnsible, runHere } from './runCase.ts'

/** The release whose answers are recorded. */
const RELEASE = '2.19.*'

const program = new Command('conformance')
  .description('Runs the plays of test/conformance/cases/ here and compares them with what is recorded.')
  .option('--ansible [command]', 'run them by ansible-core too; without a command it is installed in a cache')
  .option('--only <text>', 'only the plays whose name holds it')
  .parse()
const { ansible, only = '' } = program.opts<{ readonly ansible?: string | true; readonly only?: string }>()

const command = ansible === true ? await installed() : ansible
const cases = areas.flatMap((area) => area.cases).filter(({ name }) => name.includes(only))
const counts = {
  plays: 0,
  'not as expected here': 0,
  'by Ansible not as recorded': 0,
  'recap the same in both': 0,
  'recap differs on purpose': 0,
}
for (const one of cases) {
  counts.plays++
  const ours = await runHere(one)
  tell('not as expected here', one, ours, { mistakes: [], ...expectedHere(one) })
  if (command === undefined) continue
  const theirs = await runAnsible(one, command)
  tell('by Ansible not as recorded', one, theirs, { ...one.ansible, log: comparable(one, one.ansible.log) })
  counts[isDeepStrictEqual(ours.recap, theirs.recap) ? 'recap the same in both' : 'recap differs on purpose']++
}
for (const [what, count] of Object.entries(counts))
  if (command !== undefined || !what.includes('both')) process.stdout.write(`${String(count).padStart(4)}  ${what}\n`)
process.exitCode = counts['not as expected here'] + counts['by Ansible not as recorded'] > 0 ? 1 : 0

function tell(what: keyof typeof counts, one: PlayCase, found: { readonly log: string }, wanted: object): void {
  const made = { ...found, log: comparable(one, found.log) }
  if (isDeepStrictEqual(made, wanted)) return
  counts[what]++
  process.stdout.write(`${one.name}: ${what}\n  ${JSON.stringify(made)}\n  ${JSON.stringify(wanted)}\n`)
}

/** In a Python environment of its own, as the benchmark installs its tools. */
async function installed(): Promise<string> {
  const directory = join(cacheDirectory(), `conformance-ansible-${RELEASE.replace('.*', '')}`)
  const found = join(directory, 'bin/ansible-playbook')
  if (!existsSync(found)) {
    process.stderr.write(`conformance: installing ansible-core ${RELEASE}\n`)
    await $({ quiet: true })`python3 -m venv ${directory}`
    await $({ quiet: true })`${directory}/bin/pip install --quiet ${`ansible-core==${RELEASE}`}`
  }
  return found
}
