// Whatever a playbook, an inventory, the files of ssh and a host hold: the command ends with a status that means something,
// never with 70, and what one host says is no other host's affair. Inputs go through the command itself, and over SSH.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { everyTask, FUZZ_KINDS, taskFiles } from './fuzzKinds.ts'
import { FuzzSite } from './fuzzSite.ts'
import { stayOnLoopback } from './loopbackOnly.ts'

/** Of all kinds together; `npm run fuzz` gives more. */
const INPUTS = Number(process.env['CRANE_PLAY_FUZZ'] ?? 200)
/** Another one each time, unless one is given to be repeated. */
const SEED = Number(process.env['CRANE_PLAY_FUZZ_SEED'] ?? Date.now() % 1e9)
const FAILURES_SHOWN = 5
const MS_FOR_AN_INPUT = 1000
/** Every task of every type is asked of this machine once, which may have other things to do. */
const SETUP_MS = 600_000

let site: FuzzSite
beforeAll(async () => {
  stayOnLoopback()
  site = await FuzzSite.open(everyTask('true'), taskFiles)
}, SETUP_MS)
afterAll(() => site?.close())

it.each(FUZZ_KINDS)(
  `$name, of any content, from seed ${SEED}`,
  async ({ name, share, size, input, run }) => {
    let problem: string | undefined
    const property = fc.asyncProperty(input, async (given) => {
      problem = await run(site, given)
      return problem === undefined
    })
    const runs = Math.ceil((INPUTS * share) / 100 / size)
    const began = Date.now()
    const failures: string[] = []
    let done = 0
    for (let seed = SEED; done < runs && failures.length < FAILURES_SHOWN; seed++) {
      const result = await fc.check(property, { numRuns: runs - done, seed, endOnFailure: true })
      done += result.numRuns
      if (result.failed) failures.push(`seed ${seed}: ${problem}\n${JSON.stringify(result.counterexample)}`)
    }
    const took = ((Date.now() - began) / 1000).toFixed(1)
    process.stdout.write(
      `fuzz: ${name}: ${done * size} inputs from seed ${SEED} in ${took} s, ${failures.length} failed\n`,
    )
    expect(failures.join('\n\n')).toBe('')
  },
  60_000 + INPUTS * MS_FOR_AN_INPUT,
)

it('sees what throws', async () => {
  site.write('throws.yml', '- hosts: all\n  tasks:\n    - throwInDecide: {}\n')
  site.write('one', 'h1\n')
  const tasks = new URL('../fixtures/tasks', import.meta.url).pathname
  const argv = [site.path('throws.yml'), '-i', site.path('one'), '--tasks', tasks, ...site.reach]
  expect(await site.problem(argv)).toContain('something threw')
})
