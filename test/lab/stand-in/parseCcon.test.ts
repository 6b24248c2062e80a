/** ccon's command line, with the traps of the real one. */
import { expect, test } from 'vitest'
import { defaultPullPolicy, normaliseImage, parseCcon, parseTimeLimit } from '../../../lab/stand-in/parseCcon.ts'

const runs: [line: string, image: string, command: string[]][] = [
  ['-p CPU run alpine:latest echo hi', 'alpine:latest', ['echo', 'hi']],
  ['-p CPU run -d alpine:latest -- echo hi', 'alpine:latest', ['--', 'echo', 'hi']],
  ['-p CPU run -d -- alpine:latest echo hi', 'alpine:latest', ['echo', 'hi']],
  ['-p CPU run alpine ls -p -d --userns', 'alpine', ['ls', '-p', '-d', '--userns']],
  ['-pCPU run -dit alpine', 'alpine', []],
  ['--partition=CPU -w crane02,crane03 -t 0:05:00 run --pull-policy IfNotPresent alpine', 'alpine', []],
  ['-p CPU run alpine true', 'alpine', ['true']],
  ['-p CPU run --json -v a:b,c:d -v /a:/b:ro --dns 10.0.0.1,10.0.0.2 alpine', 'alpine', []],
]

function refusalOf(argv: string[], env = {}): unknown {
  try {
    return parseCcon(argv, env)
  } catch (error) {
    return error
  }
}

test.each(runs)('ccon %s', (line, image, command) => {
  const parsed = parseCcon(line.split(' '))
  expect(parsed).toMatchObject({ command: { kind: 'run', image, command } })
})

const refusals: [line: string, exit: number, message: string][] = [
  [
    'run -p CPU alpine:latest -- echo hi',
    2,
    "failed to build container job: invalid port mapping 'CPU': invalid port number: ",
  ],
  [
    '-p CPU run -p 80:99999 alpine',
    2,
    "failed to build container job: invalid port mapping '80:99999': invalid port number: ",
  ],
  ['-p CPU -w crane[02-04] run alpine', 2, 'invalid format for --nodelist'],
  ['-p CPU run --cpus 2 alpine', 2, '--cpus and --cpus-per-task are mutually exclusive'],
  ['-p CPU run --gpus 1 alpine', 2, 'use --gres instead'],
  ['-p CPU run -u root alpine', 2, "invalid user 'root'"],
  ['-p CPU run --pull-policy Sometimes alpine', 2, "invalid pull policy 'Sometimes'"],
  ['-p CPU run --network bridge alpine', 2, "invalid network mode 'bridge'"],
  ['-p CPU run', 1, 'requires at least 1 arg(s), only received 0'],
  ['-p', 1, "flag needs an argument: 'p' in -p"],
  ['-N two run alpine', 1, 'invalid argument "two"'],
  ['-N -1 run alpine', 1, 'invalid argument "-1"'],
  ['-c x run alpine', 1, 'invalid argument "x"'],
  ['-p CPU run -m 1G alpine', 1, "unknown shorthand flag: 'm' in -m"],
  ['-p CPU run -p 80:90/udp alpine', 2, "invalid port mapping '80:90/udp'"],
  ['-p CPU run --network host -p 80:80 alpine', 2, '--ports cannot be used with --network host'],
  ['-p CPU run Alpine', 2, "invalid image 'Alpine'"],
  ['-p CPU run --userns false alpine', 2, 'write a boolean flag as --flag=false'],
  ['-p CPU run alpine true x', 2, 'write a boolean flag as --flag=true'],
  ['-p CPU -t 5:00 run alpine', 2, "invalid time specification '5:00'"],
  ['-p CPU -t 0:0:0 run alpine', 2, "invalid time specification '0:0:0'"],
  ['--frob run alpine', 1, 'unknown flag: --frob'],
  ['-p CPU ps', 2, "flag 'partition' is only valid for the 'run' command"],
  ['stop 12', 1, 'CONTAINER must be in JOBID.STEPID format'],
  ['logs 12.0', 1, 'invalid step ID: 0'],
  ['attach 12', 1, 'CONTAINER must be in JOBID.STEPID format'],
  ['attach 12.0', 2, 'step 0 is reserved for pods'],
  ['attach 12.1 12.2', 2, 'attach requires exactly one argument'],
  ['attach --stderr 12.1', 2, 'Cannot use --stderr with --tty'],
  ['rm 12.1', 1, "'rm' is not supported"],
]

test.each(refusals)('ccon %s is refused', (line, exit, message) => {
  expect(refusalOf(line.split(' '))).toMatchObject({ exit, message: expect.stringContaining(message) })
})

test.each(['', 'frobnicate', '-p CPU', '-p CPU -- run alpine'])('ccon %s prints help', (line) => {
  expect(parseCcon(line.split(' ').filter(Boolean))).toEqual({ command: 'help' })
})

test('inside a job, flags of the pod are refused', () => {
  const words = 'run --userns=false alpine'.split(' ')
  expect(parseCcon(words)).toMatchObject({ command: { userns: false } })
  expect(refusalOf(words, { CRANE_JOB_ID: '7' })).toMatchObject({
    exit: 2,
    message: expect.stringContaining('--userns is not allowed'),
  })
})

test('flags of the other subcommands may stand on either side of the id', () => {
  const command = { kind: 'logs', job: 12, step: 1, node: 'crane02', tail: 5 }
  for (const line of ['logs -n crane02 --tail 5 12.1', 'logs 12.1 --tail=5 -n crane02'])
    expect(parseCcon(line.split(' '))).toMatchObject({ command })
  expect(parseCcon(['--json', 'ps', '-aq'])).toMatchObject({
    global: { json: true },
    command: { kind: 'ps', all: true, quiet: true },
  })
})

test.each([
  ['attach 12.1', { stdin: true, stdout: true, stderr: false, tty: true }],
  ['attach --tty=false --stderr --stdin=false 12.1', { stdin: false, stdout: true, stderr: true, tty: false }],
])('%s', (line, streams) => {
  expect(parseCcon(line.split(' '))).toMatchObject({ command: { kind: 'attach', job: 12, step: 1, streams } })
})

test.each([
  ['alpine', 'docker.io/library/alpine:latest', 'Always'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20', 'IfNotPresent'],
  ['team/app', 'docker.io/team/app:latest', 'Always'],
  ['registry.site:5000/app:1', 'registry.site:5000/app:1', 'IfNotPresent'],
  ['localhost/app', 'localhost/app:latest', 'Always'],
  ['alpine@sha256:00ff', 'docker.io/library/alpine@sha256:00ff', 'IfNotPresent'],
])('image %s', (image, full, policy) => {
  expect(normaliseImage(image)).toBe(full)
  expect(defaultPullPolicy(full)).toBe(policy)
})

test.each([
  ['0:05:00', 300],
  ['1-02:00:00', 93600],
  ['10:30', undefined],
  ['15', undefined],
  ['0:0:0', undefined],
  ['soon', undefined],
])('time limit %s', (text, seconds) => {
  expect(parseTimeLimit(text)).toBe(seconds)
})
