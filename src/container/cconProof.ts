// Proves with container jobs that the cluster runs containers.
import { foldNodeSet } from '../model/nodeSet.ts'
import { quoteShell } from '../model/quoteShell.ts'
import { ENTER_FUNCTIONS, type ShellStep, script } from '../task/index.ts'
import type { CconFailure } from './cconFailure.ts'
import { explainJob } from './explainCcon.ts'

/** Which container jobs to submit, and how long to wait for them. */
export interface CconProof {
  readonly partition: string
  readonly image: string
  /** One job for each; empty: one job on a node that the partition chooses. */
  readonly nodes: readonly string[]
  readonly account: string
  /** Working directory of the jobs: their logs go below it. */
  readonly directory: string
  /** For all jobs together, from submission to end. */
  readonly timeoutSeconds: number
  /** What the jobs must find besides; absent: that they run is enough. */
  readonly must?: JobMust
}

/** What a container job needs, and must find in its container. Paths have no blanks, commas and colons. */
export interface JobMust {
  /** A user namespace, so that the job is root in it alone. */
  readonly userns?: boolean
  /** Resources as `ccon --gres` takes them, `gpu:1`. */
  readonly gres?: string
  /** Device files. */
  readonly devices?: readonly string[]
  /** Directories shared with this host: the job reads a file there that only the submitting user may read. */
  readonly mounts?: readonly string[]
}

// Crane's flags go between ccon and run, no `--` before the command, `=` after boolean flags: ccon reads anything else
// as something else. Detached, because an attached ccon asks for the stream every ten seconds and misses a short job.
// CRANE_JOB_ID would make it a step of the job that this runs in. A pending job has no step yet, so `inspect` fails for
// it. stdout has a line for each job that is proved; stderr a block for each that is not.
/**
 * What a proof with ccon begins with; it has set `partition`, `image`, `timeout`, `directory` and `account`, and sets `end`
 * once all jobs are submitted. `submit NODE COMMAND…` adds to `jobs`; `await_job PAIR [running]` waits until a job ended,
 * or runs. A failure is a block on stderr, which `readFailures` reads.
 */
export const CCON_PROLOGUE = `unset CRANE_JOB_ID
failures=0 jobs= userns=false gres= volumes= ports=
failed() {
  failures=1 stage=$1 said=$2; shift 2
  echo "FAILED stage=$stage $*"; [ -z "$said" ] || printf '%s\\n' "$said" | head -n 12 | sed 's/^/| /'; echo END
} >&2
field() { printf '%s\\n' "$info" | sed -n "s/^  \\"$1\\": \\"*\\([^\\",]*\\)\\"*,*$/\\1/p" | head -n 1; }
submit() {
  node=$1; shift
  said=$(ccon -p "$partition" \${account:+-A "$account"} \${node:+-w "$node"} \${gres:+--gres "$gres"} -t 0:05:00 run -d --pull-policy IfNotPresent --userns=$userns \${volumes:+-v "$volumes"} \${ports:+-p "$ports"} "$image" "$@" 2>&1); status=$?
  job=$(printf '%s\\n' "$said" | sed -n 's/.*Job ID: \\([0-9][0-9]*\\), Step ID: [0-9].*/\\1/p' | head -n 1)
  if [ "$status" -eq 0 ] && [ "$job" ]; then jobs="$jobs $job:$node"; else failed submit "$said" "status=$status node=$node"; fi
}
await_job() {
  job=\${1%%:*} node=\${1#*:}
  while :; do
    info=$(ccon inspect "$job.1" 2>&1); asked=$?
    state=$(field status)
    case $state$2 in 1running|[2-6]*|11*) break ;; esac
    [ "$(date +%s)" -lt "$end" ] || break
    sleep 0.5
  done
  place=$(field craned_list) code=$(field exit_code)
  facts="job=$job node=\${place:-$node} state=\${state:-0} code=\${code:-0} status=$asked"
}
still_waits() {
  [ "$state" ] || info=$(ccon inspectp "$job" 2>&1)
  reason=$(printf '%s\\n' "$info" | grep '"PendingReason"')
  failed wait "\${reason:-$info}" "$facts"
}
command -v ccon >/dev/null || { failed command ''; return 1; }
cd "$directory" 2>/dev/null || { failed directory ''; return 1; }
token=crane-play-$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')`

/** Runs in the container and prints what is missing. None of its arguments is `true` or `false`, which ccon refuses. */
const LOOK = `token=$1 mounts=$2 userns=$3; shift 3; \
for device; do [ -c "$device" ] || { echo "$device is missing"; exit 3; }; done; \
[ "$userns" = no ] || { read -r _ outside _ </proc/self/uid_map; [ "$outside" -ne 0 ] || { echo "there is no user namespace"; exit 3; }; }; \
while [ "$mounts" -gt 0 ]; do grep -qxF "$token" "/crane-play/$mounts/token" || exit 3; mounts=$((mounts - 1)); done; \
echo "$token"`

const PROVE_CCON = `partition=$1 image=$2 timeout=$3 directory=$4 account=$5; shift 5
${CCON_PROLOGUE}
devices= mounts=0 kept= look=
while :; do
  case \${1-} in
    --userns) userns=true look=yes; shift; continue ;;
    --gres) gres=$2 ;;
    --device) devices="$devices $2" look=yes ;;
    --mount)
      # By relative names from inside: another user may own the directory, and put a link in the place of any name.
      if own=$(enter_directory "$2/." '' '' '' 2>&1 && enter_private 2>&1 && echo "$token" >token && echo "$private"); then
        own=$2/$own mounts=$((mounts + 1)) look=yes
        kept="$kept $own" volumes="$volumes\${volumes:+,}$own:/crane-play/$mounts"
      else failed mounts "$own" "path=$2"; fi ;;
    *) break ;;
  esac
  shift 2
done
[ $# -gt 0 ] || set -- ''
[ "$failures" = 0 ] || set --
for node; do
  if [ "$look" ]; then submit "$node" sh -c ${quoteShell(LOOK)} sh "$token" "$mounts" "$([ "$userns" = false ] && echo no || echo yes)" $devices
  else submit "$node" echo "$token"; fi
done
end=$(($(date +%s) + timeout))
for pair in $jobs; do
  await_job "$pair"
  case $state in
    2|3) ;;
    4|5|6|11) failed end '' "$facts"; continue ;;
    *) still_waits; ccon stop "$job.1" >/dev/null 2>&1; continue ;;
  esac
  if [ "$state\${code:-0}" != 20 ]; then
    said=; [ -z "$look" ] || said=$(ccon logs -n "$place" "$job.1" 2>&1)
    failed end "$said" "$facts"; continue
  fi
  n=10
  while :; do
    log=$(ccon logs -n "$place" "$job.1" 2>&1); status=$?
    printf '%s\\n' "$log" | grep -qxF "$token" && break
    n=$((n - 1)); [ "$n" -gt 0 ] || break
    sleep 0.5
  done
  if [ "$n" -gt 0 ]; then echo "$job $place $token"; else failed log "$log" "$facts directory=$directory"; fi
done
[ -z "$kept" ] || rm -rf -- $kept
return "$failures"`

/**
 * Takes what to prove and returns one shell step that submits a container job for each node, waits for its end and looks
 * for its line in its log. The step fails unless all jobs are proved. Its stdout is for `readProvedJobs`, its stderr for
 * `cconLogs` and `explainCconFailure`.
 */
export const proveCcon = (proof: CconProof): ShellStep => {
  const { partition, image, nodes, account, directory, timeoutSeconds, must = {} } = proof
  const options = [
    ...(must.userns ? ['--userns'] : []),
    ...(must.gres === undefined ? [] : ['--gres', must.gres]),
    ...(must.devices ?? []).flatMap((path) => ['--device', path]),
    ...(must.mounts ?? []).flatMap((path) => ['--mount', path]),
  ]
  const words = [partition, image, String(timeoutSeconds), directory, account, ...options, ...nodes]
  return script(
    `ccon -p ${quoteShell(partition)} run ${quoteShell(image)} echo TOKEN`,
    `prove_ccon ${words.map(quoteShell).join(' ')}`,
    { functions: { ...ENTER_FUNCTIONS, prove_ccon: PROVE_CCON } },
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
  [...stdout.matchAll(/^(\d+) (\S+) (\S+)$/gm)].map(([, job, node = '', line = '']) => ({
    job: Number(job),
    node,
    line,
  }))

function readFailures(stderr: string): CconFailure[] {
  return [...stderr.matchAll(/^FAILED (.*)\n((?:\| .*\n|\|\n)*)END$/gm)].map(([, head = '', said = '']) => ({
    facts: new Map(head.split(' ').map((pair) => pair.split('=') as [string, string])),
    said: said.replace(/^\| ?/gm, '').trim(),
  }))
}

/** Where a node keeps what explains a failed job. */
export interface CraneLogs {
  /** The directory of the supervisor's logs: JOB.0.log of the pod and JOB.1.log of the container. */
  readonly supervisor: string
  /** craned's own log file. */
  readonly craned: string
}

/** A file of a node whose last lines explain a failed job. */
export interface NodeFile {
  readonly host: string
  readonly path: string
}

/** Nodes whose logs are read after a failure: with more, the first of them say enough. */
const NODES_ASKED = 16

/** Takes the stderr of the failed step of `proveCcon` and returns the files to read on the nodes that ran its jobs. */
export function cconLogs(stderr: string, logs: CraneLogs): readonly NodeFile[] {
  return readFailures(stderr)
    .filter(({ facts }) => facts.get('job') && facts.get('node') && ['end', 'wait'].includes(facts.get('stage') ?? ''))
    .slice(0, NODES_ASKED)
    .flatMap(({ facts }) => {
      const host = facts.get('node') ?? ''
      const job = facts.get('job')
      return [`${logs.supervisor}/${job}.1.log`, `${logs.supervisor}/${job}.0.log`, logs.craned].map((path) => ({
        host,
        path,
      }))
    })
}

/**
 * Takes the stderr of the failed step of `proveCcon` and the text of the files that `cconLogs` named, as far as they
 * could be read. Returns which layer is at fault and what to do about it, with the nodes that share a cause folded into
 * one node set; undefined when the step did not report a job.
 */
export function explainCconFailure(
  stderr: string,
  read: readonly (NodeFile & { readonly text: string })[] = [],
): { readonly cause: string; readonly hint?: string } | undefined {
  const groups = new Map<string, { readonly nodes: string[]; readonly hint: string }>()
  for (const failure of readFailures(stderr)) {
    const node = failure.facts.get('node')
    const job = failure.facts.get('job')
    const ofJob = read.filter(({ host, path }) => host === node && (!/\.[01]\.log$/.test(path) || isOf(path, job)))
    const { cause, hint } = explainJob({ ...failure, logs: ofJob.map(({ text }) => text) })
    const group = groups.get(cause) ?? { nodes: [], hint }
    groups.set(cause, group)
    if (node) group.nodes.push(node)
  }
  const [first] = groups.values()
  if (!first) return undefined
  const causes = [...groups].map(([cause, { nodes }]) => (nodes.length ? `${foldNodeSet(nodes)}: ${cause}` : cause))
  return { cause: causes.join('; '), hint: first.hint }
}

const isOf = (path: string, job: string | undefined) => path.endsWith(`/${job}.0.log`) || path.endsWith(`/${job}.1.log`)
