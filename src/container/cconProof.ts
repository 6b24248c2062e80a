// Proves with a container job that the cluster runs containers, and says which layer is at fault when it does not.
import { quoteShell } from '../model/quoteShell.ts'
import { foldNodeSet } from '../model/nodeSet.ts'
import { type ShellStep, script } from '../task/index.ts'

/** Which container jobs to submit, and how long to wait for them. */
export interface CconProof {
  readonly partition: string
  readonly image: string
  /** One job for each; empty: one job wherever the partition puts it. */
  readonly nodes: readonly string[]
  readonly account: string
  /** Working directory of the jobs: their logs go below it. */
  readonly directory: string
  /** For all jobs together, from submission to end. */
  readonly timeoutSeconds: number
}

// Crane's flags stand between ccon and run, no `--` before the command, `=` after boolean flags: ccon reads anything
// else as something else. Detached, because an attached ccon asks for the stream every ten seconds and misses a short
// job. CRANE_JOB_ID would make a step of the job one is in. A line for each job that is proved; one that begins with
// FAILED and what ccon said for each that is not.
const PROVE_CCON = `partition=$1 image=$2 timeout=$3 directory=$4 account=$5; shift 5
unset CRANE_JOB_ID
failures=0 jobs=
failed() {
  failures=1 stage=$1 said=$2; shift 2
  echo "FAILED stage=$stage $*"; [ -z "$said" ] || printf '%s\\n' "$said" | tail -n 8; echo END
} >&2
field() { printf '%s\\n' "$info" | sed -n "s/^ *\\"$1\\": *//p" | head -n 1 | sed 's/,$//; s/^"\\(.*\\)"$/\\1/; s/\\\\"/"/g'; }
command -v ccon >/dev/null || { failed command ''; return 1; }
cd "$directory" 2>/dev/null || { failed directory ''; return 1; }
token=crane-play-$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
[ $# -gt 0 ] || set -- ''
for node; do
  said=$(ccon -p "$partition" \${account:+-A "$account"} \${node:+-w "$node"} -t 0:05:00 run -d --pull-policy IfNotPresent --userns=false "$image" echo "$token" 2>&1); status=$?
  job=$(printf '%s\\n' "$said" | sed -n 's/.*Job ID: \\([0-9][0-9]*\\), Step ID: [0-9].*/\\1/p' | head -n 1)
  if [ "$status" -eq 0 ] && [ "$job" ]; then jobs="$jobs $job:$node"; else failed submit "$said" "status=$status node=$node"; fi
done
end=$(($(date +%s) + timeout))
for pair in $jobs; do
  job=\${pair%%:*} node=\${pair#*:} state=
  while :; do
    info=$(ccon inspect "$job.1" 2>&1)
    state=$(field status)
    case $state in 2|3|4|5|6|11|Completed|Failed|ExceedTimeLimit|Cancelled|OutOfMemory|Deadline) break ;; esac
    [ "$(date +%s)" -lt "$end" ] || break
    sleep 0.5
  done
  where=$(ccon ps -a 2>/dev/null | sed -n "s/^$job\\\\.1 .* \\([^ ]*\\) *$/\\1/p" | head -n 1)
  place=\${node:-$where}
  code=$(field exit_code) reason=$(field reason)
  case $state in
    2|Completed) ;;
    3|4|5|6|11|[A-Z]*) failed end "$reason" "job=$job node=$place state=$state code=\${code:-0}"; continue ;;
    *) failed wait "$reason$(field pending_reason)" "job=$job node=$place state=\${state:-0}"; ccon stop "$job.1" >/dev/null 2>&1; continue ;;
  esac
  [ "\${code:-0}" = 0 ] || { failed end "$reason" "job=$job node=$place state=2 code=$code"; continue; }
  n=10
  while :; do
    log=$(ccon logs -n "$place" "$job.1" 2>&1); status=$?
    printf '%s\\n' "$log" | grep -qxF "$token" && break
    n=$((n - 1)); [ "$n" -gt 0 ] || break
    sleep 0.5
  done
  if [ "$n" -gt 0 ]; then echo "$job $place $token"; else failed log "$log" "job=$job node=$place status=$status directory=$directory"; fi
done
return "$failures"`

/**
 * Takes what to prove and returns one shell step that submits a container job for each node, waits for its end and looks
 * for its line in its log. The step fails unless all jobs are proved. Its stdout is for `readProvedJobs`, its stderr for
 * `explainCconFailure`.
 */
export const proveCcon = ({ partition, image, nodes, account, directory, timeoutSeconds }: CconProof): ShellStep => {
  const words = [partition, image, String(timeoutSeconds), directory, account, ...nodes]
  return script(
    `ccon -p ${quoteShell(partition)} run ${quoteShell(image)} echo TOKEN`,
    `prove_ccon ${words.map(quoteShell).join(' ')}`,
    {
      functions: { prove_ccon: PROVE_CCON },
    },
  )
}

/** A container job that ended well: its id, the node that ran it, and the line that it printed. */
export interface ProvedJob {
  readonly job: number
  readonly node: string
  readonly line: string
}

/** Takes the stdout of the step of `proveCcon` and returns the jobs that it proved, also where others failed. */
export const readProvedJobs = (stdout: string): ProvedJob[] =>
  [...stdout.matchAll(/^(\d+) (\S*) (\S+)$/gm)].map(([, job, node = '', line = '']) => ({
    job: Number(job),
    node,
    line,
  }))

interface Failure {
  readonly facts: ReadonlyMap<string, string>
  readonly said: string
}

interface Explanation {
  readonly cause: string
  readonly hint: string
}

/**
 * Takes the stderr of the failed step of `proveCcon` and returns which layer is at fault and what to do about it, with
 * the nodes that share a cause folded into one node set; undefined when the step did not report a job.
 */
export function explainCconFailure(stderr: string): { readonly cause: string; readonly hint?: string } | undefined {
  const groups = new Map<string, { readonly nodes: string[]; readonly hint: string }>()
  for (const [, head = '', said = ''] of stderr.matchAll(/^FAILED (.*)\n([\s\S]*?)^END$/gm)) {
    const facts = new Map(head.split(' ').map((pair) => pair.split('=') as [string, string]))
    const { cause, hint } = explainOne({ facts, said: said.trim() })
    const group = groups.get(cause) ?? { nodes: [], hint }
    groups.set(cause, group)
    const node = facts.get('node')
    if (node) group.nodes.push(node)
  }
  const [first] = groups.values()
  if (!first) return undefined
  const causes = [...groups].map(([cause, { nodes }]) => (nodes.length ? `${foldNodeSet(nodes)}: ${cause}` : cause))
  return { cause: causes.join('; '), hint: first.hint }
}

function explainOne(failure: Failure): Explanation {
  const { facts, said } = failure
  switch (facts.get('stage')) {
    case 'command':
      return { cause: 'ccon is not on this host', hint: 'it comes with the cranesched-frontend package' }
    case 'directory':
      return {
        cause: 'the working directory of the job does not exist',
        hint: 'give `directory` one that all nodes have',
      }
    case 'submit':
      return explainSubmission(Number(facts.get('status')), said)
    case 'wait':
      return explainWait(facts.get('state') ?? '0', said)
    case 'log':
      return {
        cause: `the container ran, but its log was not found: ${lastLine(said)}`,
        hint: `the log is below ${facts.get('directory')} on the node: is that directory shared with this host?`,
      }
    default:
      return explainEnd(failure)
  }
}

function explainSubmission(status: number, said: string): Explanation {
  const because = `submission: ${lastLine(said)}`
  if (/CRI support is disabled/i.test(said)) {
    return {
      cause: 'submission: containers are not enabled in cranectld',
      hint: '`Container: { Enabled: true }` in /etc/crane/config.yaml of the control node, then restart cranectld',
    }
  }
  if (status === 3) return { cause: because, hint: 'is cranectld running? systemctl status cranectld' }
  if (status === 2) return { cause: because, hint: 'ccon does not accept its arguments or /etc/crane/config.yaml' }
  if (/partition|account|user|qos/i.test(said)) {
    return {
      cause: because,
      hint: 'look at the partition and the account that the job is submitted with (cinfo, cacctmgr)',
    }
  }
  return { cause: because, hint: 'look at the nodes (cinfo) and at the log of cranectld' }
}

function explainWait(state: string, said: string): Explanation {
  const why = said ? ` (${lastLine(said)})` : ''
  if (state === '1' || state === 'Running') {
    return {
      cause: 'end of the container: the job is still running long after its command ended',
      hint: 'the runtime sends no container events: containerd before 1.7, or CRI-O without enable_pod_events',
    }
  }
  if (state === '0' || state === 'Pending' || state === '') {
    return {
      cause: `node: the job was not started in time${why}`,
      hint: 'is the node up and free? cinfo; systemctl status craned',
    }
  }
  return { cause: `node: the job hung while it was being started${why}`, hint: supervisorHint }
}

const supervisorHint = "on the node: the log of craned, and JOB.0.log and JOB.1.log in the supervisor's log folder"

/** CraneSched's own exit codes, and what they mean for a container. */
const CODES: Readonly<Record<string, Explanation>> = {
  '321': { cause: 'node: permission denied', hint: supervisorHint },
  '322': { cause: 'node: its cgroup could not be made', hint: supervisorHint },
  '323': {
    cause: 'pod or image: it could not be prepared',
    hint: `is the image on the node, does a pod get a network? ${supervisorHint}`,
  },
  '324': { cause: 'start of the container: the command could not be started', hint: supervisorHint },
  '325': { cause: 'end of the container: the time limit passed', hint: 'the runtime sends no container events' },
  '326': { cause: 'node: craned went down', hint: 'systemctl status craned' },
  '328': { cause: 'image: pulling it took longer than 5 seconds', hint: 'bring the image to the node before' },
}

const REASONS: readonly (readonly [RegExp, string, string])[] = [
  [
    /not enabled in this craned/i,
    'node: containers are not enabled in its craned',
    'its /etc/crane/config.yaml has no `Container: { Enabled: true }`, or craned was not restarted since',
  ],
  [
    /gRPC:14/,
    "runtime endpoint: craned cannot reach the runtime's socket",
    'is RuntimeEndpoint the plain path of the socket (without unix://), and does the runtime run?',
  ],
  [
    /gRPC:4\b/,
    'sandbox: it took longer than 5 seconds',
    'is the pause image on the node, and is the network plug-in quick?',
  ],
  [
    /cni|network/i,
    'network: the pod got none',
    'look at the first file by name in /etc/cni/net.d, and at the plug-ins it names',
  ],
  [
    /slice:prefix:name|SystemdCgroup|slice as parent/i,
    'sandbox: the runtime leaves cgroups to systemd',
    'CraneSched needs the cgroupfs driver: SystemdCgroup = false',
  ],
  [/sandbox/i, 'sandbox: it could not be made', supervisorHint],
  [
    /pull image|image/i,
    'image: it is not on the node and cannot be pulled',
    'import it there (ctr -n k8s.io images import), or reach its registry',
  ],
  [
    /sub[ug]id/i,
    'user namespace: the user has no subordinate ids',
    '`Container.SubId`, or UserNsEnabledByDefault: false',
  ],
  [
    /\.out|Cannot create/i,
    'log path: the folder for the log could not be made',
    'give `directory` one that exists on the nodes',
  ],
  [/start container|create container/i, 'start of the container: the command could not be started', supervisorHint],
]

function explainEnd({ facts, said }: Failure): Explanation {
  const code = facts.get('code') ?? '0'
  const because = said ? `: ${lastLine(said)}` : ''
  for (const [pattern, cause, hint] of REASONS) if (pattern.test(said)) return { cause: cause + because, hint }
  const known = CODES[code]
  if (known) return { cause: known.cause + because, hint: known.hint }
  const number = Number(code)
  if (number >= 256 && number < 320)
    return { cause: `container: it was ended by signal ${number - 256}`, hint: supervisorHint }
  if (number > 0)
    return { cause: `container: its command exits with status ${code}${because}`, hint: 'does the image have `echo`?' }
  return { cause: `job: it ended in state ${facts.get('state')}${because}`, hint: supervisorHint }
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.trim() || 'it does not say why'
