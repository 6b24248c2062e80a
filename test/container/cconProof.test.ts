// The proof by container jobs, with a ccon of the test's: what it is asked, and which layer is named when it fails.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cconLogs, cconMessage, craneLogs, explainCconFailure, proveCcon, readProvedJobs } from 'crane-play/container'
import { describe, expect, it } from 'vitest'
import { DASH, makeCommands, runScript, SHELLS, temporaryDirectory } from '../task/runShell.ts'

const directory = temporaryDirectory()

interface Fake {
  /** Shell text for each subcommand; `$job`, `$node` and `$token` are set as far as they are known. */
  readonly run?: string
  readonly inspect?: string
  readonly inspectp?: string
  readonly logs?: string
  /** Files of the node that ran the job. */
  readonly files?: Readonly<Record<string, string>>
}

const inspected = (fields: object) =>
  `cat <<'END'\n${JSON.stringify({ job_id: 7, step_id: 1, ...fields }, null, 2)}\nEND`

/** What the real ccon printed, without the command above it and the exit status below. */
const recorded = (name: string) =>
  readFileSync(new URL(`../fixtures/ccon/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .slice(1, -2)
    .join('\n')

/** Prints it again and exits as it did. */
const replay = (name: string) => {
  const status = /\[exit (\d+)\]\s*$/.exec(
    readFileSync(new URL(`../fixtures/ccon/${name}.txt`, import.meta.url), 'utf8'),
  )
  return `cat <<'END'\n${recorded(name)}\nEND\nexit ${status?.[1]}`
}

const ccon = ({
  run,
  inspect = inspected({ status: 2, craned_list: 'crane02' }),
  inspectp = 'exit 4',
  logs = 'cat "$LOG.token"',
}: Fake) => `
echo "$*" >>"$LOG"
case " $* " in
  *" run "*) for token; do :; done; echo "$token" >"$LOG.token"; [ -z "$CRANE_JOB_ID" ] || exit 9
    ${run ?? `n=$(grep -c ' run ' "$LOG"); echo "Container submitted successfully. Job ID: $((6 + n)), Step ID: 1"`} ;;
  *" inspect "*) ${inspect}
    ;;
  *" inspectp "*) ${inspectp}
    ;;
  *" logs "*) ${logs}
    ;;
esac`

const places = { supervisor: '/var/crane/supervisor', craned: '/var/crane/craned/craned.log' }

function prove(
  fake: Fake,
  more: Partial<Parameters<typeof proveCcon>[0]> = {},
  shell = DASH,
  others: Readonly<Record<string, string>> = {},
) {
  const logs = (stderr: string) =>
    cconLogs(stderr, places).flatMap((file) => {
      const text = fake.files?.[file.path]
      return text === undefined ? [] : [{ ...file, text }]
    })
  const commands = makeCommands({ ccon: ccon(fake), sleep: 'exit 0', ...others })
  writeFileSync(`${commands}/log`, '')
  const proof = {
    partition: 'CPU',
    image: 'alpine:latest',
    nodes: [],
    account: '',
    directory,
    timeoutSeconds: 0,
    ...more,
  }
  const step = proveCcon(proof)
  const ran = runScript({ ...step, script: `CRANE_JOB_ID=3; export CRANE_JOB_ID; ${step.script}` }, { shell, commands })
  const calls = readFileSync(`${commands}/log`, 'utf8').trim().split('\n')
  return {
    ...ran,
    calls,
    jobs: readProvedJobs(ran.stdout.toString()),
    explained: explainCconFailure(ran.stderr, logs(ran.stderr)),
  }
}

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  it('a job that ran', () => {
    const { status, stderr, calls, jobs } = prove({}, {}, shell)
    const token = /echo (crane-play-[0-9a-f]{16})$/.exec(calls[0] ?? '')?.[1]
    expect({ status, stderr, jobs }).toEqual({
      status: 0,
      stderr: '',
      jobs: [{ job: 7, node: 'crane02', line: token }],
    })
    expect(calls).toEqual([
      `-p CPU -t 0:05:00 run -d --pull-policy IfNotPresent --userns=false alpine:latest echo ${token}`,
      'inspect 7.1',
      'logs -n crane02 7.1',
    ])
  })

  it('one job for each node, and an account', () => {
    const onNode = (node: string) => inspected({ status: 2, craned_list: node })
    const inspect = `case "$*" in\n*7.1*)\n${onNode('crane02')}\n;;\n*)\n${onNode('crane03')}\n;;\nesac`
    const { status, calls, jobs } = prove({ inspect }, { nodes: ['crane02', 'crane03'], account: 'hpc' }, shell)
    expect(status).toBe(0)
    expect(jobs.map(({ job, node }) => [job, node])).toEqual([
      [7, 'crane02'],
      [8, 'crane03'],
    ])
    expect(calls[0]).toContain('-p CPU -A hpc -w crane02 -t')
    expect(calls[1]).toContain('-w crane03')
  })

  it('a name that is not known right after the submission, and a state that comes later', () => {
    const inspect = `n=$(grep -c inspect "$LOG"); case $n in 1) echo 'Container 7.1 not found' >&2; exit 4 ;; 2) ${inspected({})} ;; *) ${inspected({ status: 2 })} ;; esac`
    expect(
      prove(
        { inspect: inspect.replaceAll('END ;;', 'END\n;;').replaceAll('END esac', 'END\nesac') },
        { timeoutSeconds: 60 },
        shell,
      ).status,
    ).toBe(0)
  })
})

/** A job that ended, with what its node wrote. */
const ended = (fields: object, log = '', file = 'supervisor/7.0.log'): Fake => ({
  inspect: inspected({ status: 3, craned_list: 'crane02', ...fields }),
  files: log === '' ? {} : { [`/var/crane/${file}`]: `[2026-11-26 22:17:19] [info] starts\n${log}\n` },
})

describe.each<[string, Fake, cause: string, hint: string]>([
  [
    'containers are off',
    { run: replay('run-disabled') },
    'submission: containers are not enabled in cranectld',
    'restart cranectld',
  ],
  [
    'the control daemon is down',
    { run: replay('run-ctld-down') },
    'submission: Failed to submit the container job: Connection to CraneCtld is broken.',
    'systemctl status cranectld',
  ],
  [
    'the account lacks the partition',
    { run: replay('run-no-partition') },
    'submission: Container job submission failed: The entered account or user does not include this partition',
    'cinfo',
  ],
  ['ccon lacks a flag', { run: replay('unknown-flag') }, 'submission: unknown flag: --nosuch', 'version of ccon'],
  [
    'ccon refuses an argument',
    { run: replay('bad-time') },
    "submission: failed to build container job: failed to apply scheduling options: invalid time specification '5'",
    'arguments',
  ],
  ['ccon prints its help', { run: 'echo "Container job client"; exit 0' }, 'ccon accepted no job', 'version'],
  [
    'the node is busy or down',
    { inspect: replay('inspect-pending'), inspectp: replay('inspectp-pending') },
    'node: the job did not start in time (Resource)',
    'craned',
  ],
  ['it hangs while it starts', ended({ status: 7 }), 'crane02: node: the job hung while it started', 'supervisor'],
  ['its end is never noticed', ended({ status: 1 }), 'crane02: end of the container', 'events'],
  [
    'craned does not have containers on',
    ended({ exit_code: 324 }, '[E] Container is not enabled in this craned.', 'craned/craned.log'),
    'crane02: node: containers are not enabled in its craned',
    'restart craned',
  ],
  [
    'the socket is dead',
    ended({ exit_code: 323 }, '[T] [error] Failed to run pod sandbox: [gRPC:14] connect: no such file'),
    "runtime's socket: Failed to run pod sandbox: [gRPC:14] connect: no such file",
    'RuntimeEndpoint',
  ],
  [
    'the sandbox takes too long, as with a pause image that is not there',
    ended({ exit_code: 323 }, 'Failed to run pod sandbox: [gRPC:4] Deadline Exceeded'),
    'sandbox: it took longer than 5 seconds: Failed to run pod sandbox: [gRPC:4] Deadline Exceeded',
    'pause image',
  ],
  [
    'the runtime has its CRI plug-in off',
    ended({ exit_code: 323 }, 'Failed to run pod sandbox: [gRPC:12] unknown service runtime.v1.RuntimeService'),
    'crane02: runtime: it does not speak CRI v1',
    'disabled_plugins',
  ],
  [
    'what is to be mounted is not there',
    ended(
      { exit_code: 323 },
      '[error] Mount source /data/x does not exist or is not accessible: missing',
      'supervisor/7.1.log',
    ),
    'mount: a directory cannot be mounted: Mount source /data/x',
    'exists on the node',
  ],
  [
    'bindfs is not installed',
    ended({ exit_code: 323 }, '[error] Failed to mount /home with bindfs: spawn failed', 'supervisor/7.1.log'),
    'mount: bindfs cannot be run',
    'BindfsBinary',
  ],
  ...[
    'uid 1000 is not covered by Container.SubId.UidMappings',
    'SubId mismatch for user',
    'missing subuid/subgid ranges for user 1000',
  ].map((said): [string, Fake, string, string] => [
    `a user without subordinate ids: ${said}`,
    ended({ exit_code: 323 }, `[error] ${said}`),
    `crane02: user namespace: the user has no subordinate ids, or others than CraneSched wants: ${said}`,
    '/etc/subuid',
  ]),
  [
    'ccon finds no configuration',
    { run: 'echo "[ERRO] Failed to read /etc/crane/config.yaml: no such file or directory" >&2; exit 2' },
    'submission: Failed to read /etc/crane/config.yaml: no such file or directory',
    '/etc/crane/config.yaml on this host',
  ],
  ['it is cancelled', ended({ status: 5, exit_code: 320 }), 'crane02: job: it was ended from outside', 'cacct'],
  ['the prolog fails', ended({ exit_code: 329 }), 'crane02: node: the prolog failed', 'JobLifecycleHook'],
  ['its deadline passes', ended({ status: 4, exit_code: 330 }), 'job: its deadline passed', 'cinfo'],
  [
    'there is no network',
    ended({ exit_code: 323 }, 'Failed to run pod sandbox: [gRPC:2] cni plugin not initialized'),
    'network: the pod got none',
    '/etc/cni/net.d',
  ],
  [
    'Meta CNI keeps its error to itself',
    ended({ exit_code: 323 }, 'Failed to run pod sandbox: [gRPC:2] unexpected end of JSON input'),
    'network: Meta CNI ended without a result, as it does when a plug-in takes longer than timeoutSeconds',
    'generation',
  ],
  [
    'the image is missing',
    ended({ exit_code: 323 }, 'Failed to pull image x for container step #7.1', 'supervisor/7.1.log'),
    'image: it is not on the node and cannot be pulled',
    'import it',
  ],
  [
    'the logs of the node cannot be read',
    { inspect: replay('inspect-failed323') },
    'cn15: pod or image: it could not be prepared',
    'JOB.0.log',
  ],
  [
    'the log of another job is the last',
    ended({ exit_code: 323 }, 'Failed to run pod sandbox: [gRPC:14] x', 'supervisor/17.0.log'),
    'pod or image: it could not be prepared',
    'JOB.0.log',
  ],
  ['only the code is known', ended({ exit_code: 328 }), 'image: pulling it took longer', 'before'],
  [
    'the command cannot be started',
    ended({ exit_code: 324 }, 'Failed to start container abc: exec: "--": not found', 'supervisor/7.1.log'),
    'start of the container',
    'supervisor',
  ],
  ['the command fails', ended({ exit_code: 5 }), 'crane02: container: its command exits with status 5', 'echo'],
  ['the command is killed', ended({ exit_code: 265 }), 'container: signal 9 ended it', 'supervisor'],
  [
    'the log is not shared',
    { logs: replay('logs-missing-file') },
    'the container ran, but its line is not in its log: log file does not exist: /home/shared/2.out/1.cn99.log',
    directory,
  ],
  ['the log holds something else', { logs: 'echo hello' }, 'not in its log: hello', 'shares'],
])('%s', (_, fake, cause, hint) => {
  it('is named', () => {
    const { status, explained } = prove(fake)
    expect(status).toBe(1)
    expect(explained?.cause).toContain(cause)
    expect(explained?.hint).toContain(hint)
  })
})

describe('what a job must find', () => {
  const must = { userns: true, gres: 'gpu:1', devices: ['/dev/nvidia0'], mounts: [directory] }

  it.each(SHELLS.map((shell) => ({ shell })))('asks ccon for it, and removes its files again: $shell', ({ shell }) => {
    const look = `for word; do case $word in */.crane-play.*) cp "\${word%%:*}/token" "$LOG.token" ;; esac; done`
    const run = `${look}; echo "Container submitted successfully. Job ID: 7, Step ID: 1"`
    const { status, stderr, calls } = prove({ run }, { must, nodes: ['crane02'] }, shell)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(calls[0]).toMatch(
      /^-p CPU -w crane02 --gres gpu:1 -t 0:05:00 run -d --pull-policy IfNotPresent --userns=true -v \S+\/\.crane-play\.\w{8}:\/crane-play\/1 alpine:latest sh -c token=.* sh crane-play-[0-9a-f]{16} 1 yes \/dev\/nvidia0$/,
    )
    expect(readdirSync(directory).filter((name) => name.startsWith('.crane-play'))).toEqual([])
  })

  it.each([
    ['/dev/nvidia0 is missing', 'device: /dev/nvidia0 is missing in the container', 'CDI names'],
    ['there is no user namespace', 'user namespace: the container got none', 'containerd 1.7'],
    [
      'grep: /crane-play/1/token: Permission denied',
      'mount: the container cannot read a file of its own user',
      'bindfs=true',
    ],
    ['sh: grep: not found', 'container: sh: grep: not found', 'image'],
  ])('names what a job misses that says %s', (says, cause, hint) => {
    const { status, explained } = prove({ ...ended({ exit_code: 3 }), logs: `echo '${says}'` }, { must })
    expect(status).toBe(1)
    expect(explained?.cause).toBe(`crane02: ${cause}${cause.startsWith('mount') ? `: ${says}` : ''}`)
    expect(explained?.hint).toContain(hint)
  })

  it('writes nothing where another user puts a link in the place of its directory', () => {
    const victim = temporaryDirectory()
    const mktemp = `d=$(/usr/bin/mktemp "$@"); rmdir "$d"; ln -s ${victim} "$d"; echo "$d"`
    const { status, calls, explained } = prove({}, { must: { mounts: [directory] } }, DASH, { mktemp })
    expect({ status, calls }).toEqual({ status: 1, calls: [''] })
    expect(explained?.cause).toMatch(/no file can be made in .*: the private directory .* was replaced/)
    expect(readdirSync(victim)).toEqual([])
    for (const name of readdirSync(directory)) if (name.startsWith('.crane-play')) rmSync(`${directory}/${name}`)
  })

  it('says that a file cannot be made in a directory, and submits nothing', () => {
    const { status, calls, explained } = prove({}, { must: { mounts: ['/proc'] } })
    expect({ status, calls }).toEqual({ status: 1, calls: [''] })
    expect(explained?.cause).toContain('no file can be made in /proc: ')
  })
})

it('names nodes with the same trouble together', () => {
  const { explained } = prove(
    { inspect: inspected({ status: 3, exit_code: 5 }) },
    { nodes: ['crane02', 'crane04', 'crane03'] },
  )
  expect(explained?.cause).toBe('crane[02-04]: container: its command exits with status 5')
})

it('says that ccon is not there, or the directory', () => {
  const step = proveCcon({
    partition: 'CPU',
    image: 'x',
    nodes: [],
    account: '',
    directory: '/none',
    timeoutSeconds: 0,
  })
  expect(explainCconFailure(runScript(step).stderr)?.cause).toBe('ccon is not on this host')
  const withCcon = runScript(step, { commands: makeCommands({ ccon: 'exit 0' }) })
  expect(explainCconFailure(withCcon.stderr)?.cause).toBe('the working directory of the job does not exist')
})

it('asks the node that ran a job for its logs, and no more than sixteen nodes', () => {
  const block = (n: number) => `FAILED stage=end job=${n} node=crane${n} state=3 code=323 status=0\nEND\n`
  expect(cconLogs(block(7), places)).toEqual(
    ['supervisor/7.1.log', 'supervisor/7.0.log', 'craned/craned.log'].map((file) => ({
      host: 'crane7',
      path: `/var/crane/${file}`,
    })),
  )
  expect(cconLogs(Array.from({ length: 100 }, (_, n) => block(n)).join(''), places)).toHaveLength(48)
  expect(cconLogs('FAILED stage=submit status=4 node=crane02\nEND\n', places)).toEqual([])
})

it.each([
  ['run-ctld-down', 'Failed to submit the container job: Connection to CraneCtld is broken.'],
  ['guide-own-line', "failed to build container job: invalid port mapping 'CPU': invalid port number: strconv"],
  ['missing-value', "flag needs an argument: 'p' in -p"],
  ['logs-with-node', 'hello'],
])('reads the message of %s', (name, message) => {
  expect(cconMessage(recorded(name))).toContain(message)
  expect(cconMessage(recorded(name))).not.toContain('[ERRO]')
})

it.each([
  [null, '/var/crane/supervisor', '/var/crane/craned/craned.log'],
  ['CraneBaseDir: /srv/crane', '/srv/crane/supervisor', '/srv/crane/craned/craned.log'],
  ['CraneBaseDir: /srv/\nSupervisor: { LogDir: logs/ }', '/srv/logs', '/srv/craned/craned.log'],
  ['Supervisor: { LogDir: /log/sup }\nCranedLogFile: /log/craned.log', '/log/sup', '/log/craned.log'],
  ['Supervisor: 5\nCraneBaseDir: [', '/var/crane/supervisor', '/var/crane/craned/craned.log'],
])('knows where a node logs: %j', (config, supervisor, craned) => {
  expect(craneLogs(config)).toEqual({ supervisor, craned })
})
