// What the other tools print, and what it is taken to mean.
import { expect, test } from 'vitest'
import { readRecap } from '../../bench/peers/contenders/ansible.ts'
import { readSummary } from '../../bench/peers/contenders/pyinfra.ts'
import type { Measured } from '../../bench/peers/measureCommand.ts'

const printed = (stdout: string, status = 0): Measured => ({
  status,
  stdout,
  stderr: '',
  wallMs: 1,
  cpuMs: 1,
  peakBytes: 1,
})

const recap = (...counts: readonly [changed: number, unreachable: number, failed: number][]) =>
  counts
    .map(
      ([changed, unreachable, failed], i) =>
        `crane0${i + 1}                    : ok=11   changed=${changed}    unreachable=${unreachable}    failed=${failed}    skipped=0\n`,
    )
    .join('')

test.each<[string, Measured, string]>([
  ['nothing to do', printed(recap([0, 0, 0], [0, 0, 0])), 'unchanged'],
  ['one host changed', printed(recap([0, 0, 0], [2, 0, 0])), 'changed'],
  ['a host is missing from the recap', printed(recap([0, 0, 0])), 'failed'],
  ['a host failed', printed(recap([0, 0, 0], [0, 0, 1]), 2), 'failed'],
  ['a host could not be reached', printed(recap([0, 1, 0], [0, 0, 0])), 'failed'],
])("Ansible's recap: %s", (_, measured, outcome) => {
  const said = readRecap(measured, 2)
  expect(typeof said === 'object' ? 'failed' : said).toBe(outcome)
})

const total = (success: string, error: string, none: string) => `--> Results:
    Operation                                        Hosts   Success   Error   No Change   
    Packages jq and tree                             20      -         -       20          
    Grand total                                      220     ${success}     ${error}       ${none}         
`

const dry = (...changes: readonly string[]) => `--> Detected changes:
    Operation                                        Change   Conditional Change   
${changes.map((change) => `    File /etc/cluster/limits.conf                    ${change}        -                    \n`).join('')}
    Detected changes may not include every change pyinfra will execute.
`

test.each<[string, Measured, string]>([
  ['nothing to do', printed(total('-', '-', '220')), 'unchanged'],
  ['some changed', printed(total('20', '-', '200')), 'changed'],
  ['some failed', printed(total('20', '1', '199')), 'failed'],
  ['it ended badly', printed(total('20', '-', '200'), 1), 'failed'],
  ['--dry: nothing to do', printed(dry('-', '-')), 'unchanged'],
  ['--dry: one would change', printed(dry('-', '20 (crane01, crane02, ...)')), 'changed'],
  ['something else', printed('--> pyinfra error: No hosts remaining!\n'), 'failed'],
])("pyinfra's tables: %s", (_, measured, outcome) => {
  const said = readSummary(measured)
  expect(typeof said === 'object' ? 'failed' : said).toBe(outcome)
})
