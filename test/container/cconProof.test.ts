// The proof by container jobs, with a ccon of the test's: what it is asked, and which layer is named when it fails.
import { readFileSync, writeFileSync } from 'node:fs'
import { explainCconFailure, proveCcon, readProvedJobs } from 'crane-play/container'
import { describe, expect, it } from 'vitest'
import { DASH, makeCommands, runScript, SHELLS, temporaryDirectory } from '../task/runShell.ts'

const directory = temporaryDirectory()

interface Fake {
  /** Shell text for each subcommand; `$job`, `$node` and `$token` are set as far as they are known. */
  readonly run?: string
  readonly inspect?: string
  readonly logs?: string
}

const inspected = (fields: object) =>
  `cat <<'END'\n${JSON.stringify({ job_id: 7, step_id: 1, ...fields }, null, 2)}\nEND`

const ccon = ({ run, inspect = inspected({ status: 2, craned_list: 'crane02' }), logs = 'cat "$LOG.token"' }: Fake) => `
echo "$*" >>"$LOG"
case " $* " in
  *" run "*) for token; do :; done; echo "$token" >"$LOG.token"; [ -z "$CRANE_JOB_ID" ] || exit 9
    ${run ?? `n=$(grep -c ' run ' "$LOG"); echo "Container submitted successfully. Job ID: $((6 + n)), Step ID: 1"`} ;;
  *" inspect "*) ${inspect}
    ;;
  *" ps "*) printf 'CONTAINER IMAGE COMMAND CREATED STATUS NODELIST\\n17.1 x y 3 seconds ago FAILED crane09\\n7.1       docker.io/x echo  3 seconds ago COMPLETED crane02\\n' ;;
  *" logs "*) ${logs}
    ;;
esac`

function prove(fake: Fake, more: Partial<Parameters<typeof proveCcon>[0]> = {}, shell = DASH) {
  const commands = makeCommands({ ccon: ccon(fake), sleep: 'exit 0' })
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
  return { ...ran, calls, jobs: readProvedJobs(ran.stdout.toString()), explained: explainCconFailure(ran.stderr) }
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
      'ps -a',
      'logs -n crane02 7.1',
    ])
  })

  it('one job for each node, and an account', () => {
    const { status, calls, jobs } = prove({}, { nodes: ['crane02', 'crane03'], account: 'hpc' }, shell)
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

const supervisor = 'supervisor'

describe.each<[string, Fake, string, string]>([
  [
    'containers are off',
    { run: "echo 'Container job submission failed: CRI support is disabled in the cluster.' >&2; exit 4" },
    'submission: containers are not enabled in cranectld',
    'restart cranectld',
  ],
  [
    'the control daemon is down',
    { run: "echo 'Failed to submit the container job: Connection to CraneCtld is broken.' >&2; exit 3" },
    'submission: Failed to submit the container job: Connection to CraneCtld is broken.',
    'systemctl status cranectld',
  ],
  [
    'the partition is not the account’s',
    {
      run: "echo 'Container job submission failed: The entered account or user does not include this partition' >&2; exit 4",
    },
    'does not include this partition',
    'cinfo',
  ],
  [
    'the node is busy or down',
    { inspect: inspected({ pending_reason: 'Resource' }) },
    'crane02: node: the job was not started in time (Resource)',
    'craned',
  ],
  [
    'it hangs while it starts',
    { inspect: inspected({ status: 7 }) },
    'crane02: node: the job hung while it was being started',
    supervisor,
  ],
  ['its end is never noticed', { inspect: inspected({ status: 1 }) }, 'end of the container', 'events'],
  [
    'craned does not have containers on',
    { inspect: inspected({ status: 3, exit_code: 324, reason: 'Container is not enabled in this craned.' }) },
    'node: containers are not enabled in its craned',
    'craned was not restarted',
  ],
  [
    'the socket is dead',
    {
      inspect: inspected({
        status: 3,
        exit_code: 323,
        reason: 'Failed to run pod sandbox: [gRPC:14] connect: no such file, or "so"',
      }),
    },
    "runtime endpoint: craned cannot reach the runtime's socket",
    'RuntimeEndpoint',
  ],
  [
    'there is no network',
    {
      inspect: inspected({
        status: 3,
        exit_code: 323,
        reason: 'Failed to run pod sandbox: [gRPC:2] cni plugin not initialized',
      }),
    },
    'network: the pod got none',
    '/etc/cni/net.d',
  ],
  [
    'the image is missing',
    { inspect: inspected({ status: 3, exit_code: 323, reason: 'Failed to pull image x for container step #7.1' }) },
    'image: it is not on the node and cannot be pulled',
    'import it',
  ],
  [
    'no reason is told, only a code',
    { inspect: inspected({ status: 3, exit_code: 328 }) },
    'image: pulling it took longer',
    'before',
  ],
  [
    'the command cannot be started',
    {
      inspect: inspected({ status: 3, exit_code: 324, reason: 'Failed to start container abc: exec: "--": not found' }),
    },
    'start of the container',
    supervisor,
  ],
  [
    'the command fails',
    { inspect: inspected({ status: 3, exit_code: 5 }) },
    'crane02: container: its command exits with status 5',
    'echo',
  ],
  [
    'the command is killed',
    { inspect: inspected({ status: 3, exit_code: 265 }) },
    'container: it was ended by signal 9',
    supervisor,
  ],
  [
    'the log is not seen',
    { logs: "echo 'no such file' >&2; exit 1" },
    'the container ran, but its log was not found: no such file',
    directory,
  ],
  ['the log holds something else', { logs: 'echo hello' }, 'its log was not found: hello', 'shared'],
])('%s', (_, fake, cause, hint) => {
  it('is named', () => {
    const { status, explained } = prove(fake)
    expect(status).toBe(1)
    expect(explained?.cause).toContain(cause)
    expect(explained?.hint).toContain(hint)
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
