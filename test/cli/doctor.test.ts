// `crane-play doctor` as a command: its options, its exit statuses, and what it prints.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, test } from 'vitest'
import { EXIT } from '../../src/cli/exitStatus.ts'
import { diagnosisJson, renderDiagnosis } from '../../src/cli/renderDiagnosis.ts'
import { COLOURLESS } from '../../src/report/palette.ts'
import { runCommand } from './runCommand.ts'

const directory = mkdtempSync(join(tmpdir(), 'doctor-'))
afterAll(() => rmSync(directory, { recursive: true }))

function inventory(text: string): string {
  const path = join(directory, 'hosts')
  writeFileSync(path, text)
  return path
}

test.each([
  ['a host in none of its groups', 'other\n', [], 'none of these hosts is in a group control, compute or login'],
  ['--yes alone', '[compute]\nhere\n', ['--yes'], '--yes goes with --fix'],
  ['--json with --fix', '[compute]\nhere\n', ['--json', '--fix'], '--json and --fix cannot be combined'],
  ['two patterns', '[compute]\nhere\n', ['compute', 'all'], 'doctor takes one pattern'],
])('refuses %s', async (_, text, options, says) => {
  const { status, err } = await runCommand('doctor', ...options, '-i', inventory(text))
  expect(status).toBe(EXIT.mistake)
  expect(err).toContain(says)
})

it('leaves with 4 where no host can be reached, and says so', async () => {
  const hosts = inventory('[compute]\naway ansible_host=127.0.0.1 ansible_port=1\n')
  const { status, out } = await runCommand('doctor', '-i', hosts)
  expect(status).toBe(EXIT.unreachable)
  expect(out).toMatch(/^not checked away: /)
})

const CHECK = {
  name: 'systemdCgroup',
  symptom: 'jobs fail',
  cause: 'the wrong driver',
  fix: 'set it',
  playbook: 'runtime.yml',
}
const DIAGNOSIS = {
  findings: [
    {
      check: CHECK,
      evidence: new Map([
        ['crane02', 'SystemdCgroup of runc is true'],
        ['crane03', 'SystemdCgroup of runc is true'],
        ['crane05', 'SystemdCgroup of \u001b[31mnvidia is true'],
      ]),
    },
  ],
  unanswered: [{ host: 'crane04', cause: 'no answer', outcome: 'unreachable' as const }],
  checks: 120,
  hosts: 5,
}

it('folds hosts with the same evidence, and shows nothing of a host unescaped', () => {
  expect(
    renderDiagnosis(DIAGNOSIS, { palette: COLOURLESS, width: 100 }),
  ).toBe(`crane[02-03,05]: the wrong driver  systemdCgroup
  symptom  jobs fail
  seen     crane[02-03]: SystemdCgroup of runc is true
  seen     crane05: SystemdCgroup of \\x1b[31mnvidia is true
  fix      set it (runtime.yml does)

not checked crane04: no answer
120 checks on 5 hosts: 1 finding
`)
})

it('is one JSON object for programs', () => {
  expect(JSON.parse(diagnosisJson(DIAGNOSIS))).toMatchObject({
    version: 1,
    findings: [
      { check: 'systemdCgroup', hosts: 'crane[02-03,05]', evidence: { crane02: 'SystemdCgroup of runc is true' } },
    ],
    unanswered: [{ host: 'crane04', cause: 'no answer' }],
  })
})
