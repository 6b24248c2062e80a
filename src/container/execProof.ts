// Proves from one host that users reach the containers of other nodes: `ccon exec` into a job that runs there.
import { quoteShell } from '../model/quoteShell.ts'
import { type ShellStep, script } from '../task/index.ts'
import { CCON_PROLOGUE, type CconProof } from './cconProof.ts'

/** Which nodes to prove; `nodes` is not empty. */
export interface ExecProof extends CconProof {
  /** The streams must be encrypted. */
  readonly tls: boolean
}

// A firewall that drops makes ccon wait for minutes, so it has a limit of its own. What it writes about the stream and
// what the command prints come together; the token is a line of its own.
const PROVE_EXEC = `partition=$1 image=$2 timeout=$3 directory=$4 account=$5 tls=$6; shift 6
${CCON_PROLOGUE}
for node; do submit "$node" sleep 120; done
end=$(($(date +%s) + timeout))
for pair in $jobs; do
  await_job "$pair" running
  case $state in
    1) said=$(timeout 20 ccon exec "$job.1" echo "$token" </dev/null 2>&1); status=$?
      if printf '%s\\n' "$said" | grep -qxF "$token"; then
        url=$(printf '%s\\n' "$said" | sed -n 's,.*\\(https*://[^/ ]*\\).*,\\1,p' | head -n 1)
        case $tls$url in
          yeshttp:*) failed stream "$said" "node=$node status=$status tls=$tls" ;;
          *) echo "$job $node \${url:--}" ;;
        esac
      else failed stream "$said" "node=$node status=$status tls=$tls"; fi ;;
    2|3|4|5|6|11) failed end '' "$facts" ;;
    *) still_waits ;;
  esac
  ccon stop "$job.1" >/dev/null 2>&1
done
return "$failures"`

/**
 * Takes what to prove and returns one shell step that runs a job on each node and a command in it from this host. Its
 * stdout has a line for each node that is proved: the job, the node and where its stream was. Its stderr is for
 * `cconLogs` and `explainCconFailure`.
 */
export const proveExec = ({ partition, image, nodes, account, directory, timeoutSeconds, tls }: ExecProof): ShellStep =>
  script(
    'ccon exec JOB.1 echo TOKEN',
    `prove_exec ${[partition, image, String(timeoutSeconds), directory, account, tls ? 'yes' : 'no', ...nodes].map(quoteShell).join(' ')}`,
    { functions: { prove_exec: PROVE_EXEC } },
  )
