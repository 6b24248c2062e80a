// Proves from one host that users reach the containers of other nodes: `ccon exec` into a job there, its own output by
// `ccon attach`, and its mapped port.
import { commandLine } from '../model/quoteShell.ts'
import { type ShellStep, script } from '../task/index.ts'
import { CCON_PROLOGUE, type CconProof } from './cconProof.ts'

/** Which nodes to prove; `nodes` is not empty. */
export interface ExecProof extends CconProof {
  /** The streams must be encrypted. */
  readonly tls: boolean
  /** What the containers print must be seen from here too. */
  readonly attach?: boolean
  /** A port of the nodes that is mapped into the containers, and must be reached from this host too. */
  readonly port?: number
}

// A firewall that drops makes ccon wait for minutes, so it has a limit of its own. What it writes about the stream and
// what the command prints come together; the token is a line of its own. An attachment shows only what is printed after
// it, and lasts until nobody reads it. The job ends at once when it is stopped: as pid 1, `sleep` itself would ignore it.
const PROVE_EXEC = `partition=$1 image=$2 timeout=$3 directory=$4 account=$5 tls=$6 attach=$7 port=$8; shift 8
${CCON_PROLOGUE}
ports=\${port:+$port:8080}
reach() {
  if command -v bash >/dev/null; then timeout 5 bash -c 'cat </dev/tcp/"$0"/"$1"' "$node" "$port"
  else nc -w 5 "$node" "$port" </dev/null; fi 2>&1
}
shows() { printf '%s\\n' "$said" | grep -qxF "$token"; }
work='trap exit TERM;'
[ "$attach" = no ] || work="$work while :; do echo $token; sleep 1; done &"
[ -z "$port" ] || work="$work while :; do echo $token | nc -l -p 8080; done &"
for node; do submit "$node" sh -c "$work sleep 300 & wait"; done
end=$(($(date +%s) + timeout))
for pair in $jobs; do
  await_job "$pair" running
  case $state in
    1) verb=exec said=$(timeout 20 ccon exec "$job.1" echo "$token" </dev/null 2>&1); status=$?
      if [ "$attach" = yes ] && shows; then
        verb=attach said=$(timeout 20 ccon attach --stdin=false --tty=false "$job.1" </dev/null 2>&1 | sed "/^$token$/q")
      fi
      if shows; then
        url=$(printf '%s\\n' "$said" | sed -n 's,.*\\(https*://[^/ ]*\\).*,\\1,p' | head -n 1)
        case $tls$url in
          yeshttp:*) failed stream "$said" "node=$node status=$status tls=$tls" ;;
          *)
            n=10 got=
            while [ "$port" ]; do
              got=$(reach); printf '%s\n' "$got" | grep -qxF "$token" && break
              n=$((n - 1)); [ "$n" -gt 0 ] || break
              sleep 0.5
            done
            if [ "$n" -gt 0 ]; then echo "$job $node \${url:--}"; else failed port "$got" "node=$node port=$port"; fi ;;
        esac
      else failed stream "$said" "node=$node status=$status tls=$tls verb=$verb"; fi ;;
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
export function proveExec(proof: ExecProof): ShellStep {
  const { partition, image, nodes, account, directory, timeoutSeconds, tls, attach = false, port } = proof
  const [encrypted, attached] = [tls, attach].map((on) => (on ? 'yes' : 'no'))
  const words = [partition, image, timeoutSeconds, directory, account, encrypted, attached, port ?? '', ...nodes]
  return script('ccon exec JOB.1 echo TOKEN', `prove_exec ${commandLine(words.map(String))}`, {
    functions: { prove_exec: PROVE_EXEC },
  })
}
