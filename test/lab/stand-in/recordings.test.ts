/** Each stand-in command beside a recording of the real one: the same shape, whatever the numbers, names and times are. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listFlagsJson, logFlagsJson, runFlagsJson } from '../../../lab/stand-in/cconJson.ts'
import { usageText } from '../../../lab/stand-in/cconFlags.ts'
import { Failure, messageOf, UsageError } from '../../../lab/stand-in/cconOutput.ts'
import type { Job } from '../../../lab/stand-in/jobTypes.ts'
import { type CconCommand, parseCcon } from '../../../lab/stand-in/parseCcon.ts'
import { inspectJob, inspectStep, psTable } from '../../../lab/stand-in/showJobs.ts'

const directory = join(import.meta.dirname, '../../fixtures/ccon')

/** A recording: the words after `ccon`, what it printed, and its exit status. */
function recording(name: string): { argv: string[]; printed: string; exit: number } {
  const text = readFileSync(join(directory, `${name}.txt`), 'utf8')
  const [, line = '', printed = '', exit] = /^\$ ccon(.*)\n([\s\S]*)\[exit (\d+)\]\n$/.exec(text) ?? []
  return { argv: line.slice(1).split(' '), printed, exit: Number(exit) }
}

const SUBMITTED = 1795731439.125
const COMMAND_LINE =
  '-p CPU -w cn15 -t 0:05:00 run -d --pull-policy IfNotPresent --userns=false alpine:latest echo hello'

function job(id: number, more: Partial<Job> = {}): Job {
  return {
    id,
    request: {
      partition: 'CPU',
      nodelist: ['cn15'],
      exclude: [],
      nodes: 1,
      ntasks: 1,
      cpus: 1,
      gres: '',
      timeLimit: 300,
      comment: '',
      hold: false,
      cwd: '/home/shared',
      cmdLine: `/usr/bin/ccon ${COMMAND_LINE}`,
      username: 'root',
      uid: 0,
      gid: 0,
      container: {
        name: '',
        image: 'docker.io/library/alpine:latest',
        entrypoint: [],
        command: ['echo', 'hello'],
        env: {},
        ports: [],
        volumes: [],
        workdir: '',
        userns: false,
        network: 'default',
        dns: [],
        user: undefined,
        pullPolicy: 'IfNotPresent',
        detached: true,
      },
    },
    nodes: ['cn15'],
    devices: {},
    status: 'COMPLETED',
    exitCode: 0,
    reason: 'never shown',
    submitted: SUBMITTED,
    started: SUBMITTED + 0.25,
    ended: SUBMITTED + 2.5,
    results: {},
    ...more,
  }
}

/** A value with its times and elapsed seconds taken out, keys in their order. */
const timeless = (text: string): string =>
  text.replaceAll(/"(seconds|nanos)": \d+/g, '"$1": N').replaceAll(/"time_limit": \{\n\s+"seconds": N/g, 'limit')

test.each<[string, (one: Job) => object, Job]>([
  ['inspect-completed', inspectStep, job(2)],
  ['inspect-failed323', inspectStep, job(6, { status: 'FAILED', exitCode: 323 })],
  ['inspectp-completed', inspectJob, job(2)],
  ['inspectp-pending', inspectJob, job(5, { status: 'PENDING', nodes: [], started: 0, ended: 0 })],
])('%s', (name, inspect, one) => {
  const account = (text: string) => text.replace('"account": "ROOT"', '"account": A')
  expect(account(timeless(`${JSON.stringify(inspect(one), null, 2)}\n`))).toBe(
    account(timeless(recording(name).printed)),
  )
})

test.each<[string, Job[]]>([
  ['ps-a-completed', [job(2, { submitted: 98 }), job(1, { submitted: 75 })]],
  ['ps-a-failed', [2, 4, 4, 4, 7, 30].map((age, i) => job(6 - i, { status: 'FAILED', submitted: 100 - age }))],
  ['ps-a-pending', []],
])('%s, byte for byte', (name, jobs) => {
  expect(`${psTable(jobs, 100)}\n`).toBe(recording(name).printed)
})

const NOT_FOUND = (step: string) => new Failure(`container step ${step} not found`, 4)
test.each<[string, Failure]>([
  ['inspect-no-such', NOT_FOUND('9999.1')],
  ['inspect-pending', NOT_FOUND('5.1')],
  ['run-disabled', new Failure('Container job submission failed: CRI support is disabled in the cluster.', 4)],
  ['run-ctld-down', new Failure('Failed to submit the container job: Connection to CraneCtld is broken.', 3)],
  [
    'run-no-partition',
    new Failure('Container job submission failed: The entered account or user does not include this partition', 4),
  ],
  [
    'logs-missing-file',
    new Failure('log file does not exist: /home/shared/2.out/1.cn99.log. Do you have shared storage?', 4),
  ],
])('%s, with its stamp and colours', (name, failure) => {
  const { printed, exit } = recording(name)
  const stamp = (text: string) => text.replace(/^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d\.\d{3}/, 'STAMP')
  expect(stamp(messageOf(failure, ''))).toBe(stamp(printed))
  expect(stamp(printed)).toMatch(/^STAMP/)
  expect(failure.exit).toBe(exit)
})

const refusalOf = (argv: string[]): unknown => {
  try {
    parseCcon(argv)
  } catch (error) {
    return error
  }
  return undefined
}

test.each(['bad-time', 'guide-own-line', 'inspect-bad-id', 'missing-value', 'unknown-flag'])(
  '%s: the cause, then the usage text, and the exit status',
  (name) => {
    const { argv, printed, exit } = recording(name)
    const error = refusalOf(argv)
    expect(error).toBeInstanceOf(UsageError)
    if (!(error instanceof UsageError)) return
    const [cause, usage] = messageOf(error, usageText('run')).split('\n')
    expect([cause, usage]).toEqual(printed.split('\n').slice(0, 2))
    expect(error.exit).toBe(exit)
  },
)

test.each([
  'logs-empty-node',
  'logs-without-node',
  'logs-with-node',
  'logs-json',
  'ps-json',
  'run-json',
  'run-detached',
])('%s: the command line is taken', (name) => {
  expect(parseCcon(recording(name).argv)).toMatchObject({ command: { kind: expect.stringMatching(/^(logs|ps|run)$/) } })
})

test.each<[string, string, (command: never) => object]>([
  ['ps-json', 'ps', listFlagsJson],
  ['run-json', 'run', runFlagsJson],
  ['logs-json', 'logs', logFlagsJson],
])('%s: the flags', (name, action, flagsJson) => {
  const { argv, printed } = recording(name)
  const parsed = parseCcon(argv) as { command: CconCommand }
  const shown = JSON.parse(printed) as { flags: object }
  expect({ action, flags: flagsJson(parsed.command as never) }).toEqual({ action, flags: shown.flags })
})

test('the usage text is as long as the real one', () => {
  for (const name of [undefined, 'run', 'inspect', 'logs'])
    expect(usageText(name).split('\n').length).toBeGreaterThanOrEqual(20)
})

test('every recording is held against the stand-in', () => {
  const here = readFileSync(import.meta.filename, 'utf8')
  // Submissions print one line, which the lab's own end-to-end test matches.
  const submissions = ['run-pending', 'run-failed323']
  const names = readdirSync(directory).map((file) => file.replace(/\.txt$/, ''))
  expect(names.filter((name) => !here.includes(`'${name}'`))).toEqual([])
  for (const name of [...submissions, 'run-detached'])
    expect(recording(name).printed).toMatch(/^Container submitted successfully\. Job ID: \d+, Step ID: 1\n$/)
})
