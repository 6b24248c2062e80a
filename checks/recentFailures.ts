// What the logs of CraneSched's supervisors and of the runtime said within a day: why container jobs failed.
import { type Check, CRANE_CONFIG, defineChecks } from 'crane-play/container'
import { reading } from 'crane-play/task'

/** A line of a log → the fault. A job that failed is over: what is found here may be corrected by now. */
interface Trace {
  readonly name: string
  readonly says: RegExp
  readonly symptom: string
  readonly cause: string
  readonly fix: string
  readonly playbook?: string
}

const TRACES: readonly Trace[] = [
  { name: 'failedToReachRuntime', says: /\[gRPC:14\]/, symptom: 'a container job failed at once', cause: 'the socket of the runtime could not be reached', fix: 'start the runtime; compare RuntimeEndpoint with its socket', playbook: 'runtime.yml' },
  { name: 'podTooSlow', says: /\[gRPC:4\]/, symptom: 'a container job failed after 5 seconds', cause: 'the pod took longer: the pause image was pulled, or the network was slow', fix: 'pull the pause image before jobs come; see etcd and the network plug-ins' },
  { name: 'imageNotPulled', says: /Failed to pull image/, symptom: 'a container job failed with 323', cause: 'its image could not be pulled: a wrong name, no way to the registry, or no credentials', fix: 'pull it on the node by hand; use a mirror, `ccon login`, or an image that is already there' },
  { name: 'pullTooSlow', says: /Supervisor not responding/, symptom: 'a container job failed with 328', cause: 'its image took longer than 5 seconds to pull', fix: 'pull it before jobs come, and submit with --pull-policy IfNotPresent' },
  { name: 'criUnknown', says: /unknown service runtime\.v1/, symptom: 'a container job failed at once', cause: 'CRI is disabled in containerd', fix: 'enable it', playbook: 'runtime.yml' },
  { name: 'cgroupsPathRefused', says: /expected cgroupsPath to be of format|did not receive slice as parent/, symptom: 'a container job failed at once', cause: "the runtime uses systemd's cgroup driver", fix: 'set it to cgroupfs', playbook: 'runtime.yml' },
  { name: 'eventsLost', says: /[Cc]ontainer event stream disconnected/, symptom: 'a step stayed running after its container ended', cause: 'the runtime was restarted, or sends no events', fix: 'restart runtimes on drained nodes only; with CRI-O set enable_pod_events', playbook: 'runtime.yml' },
  { name: 'cniSwallowed', says: /unexpected end of JSON input/, symptom: 'a container job failed at once', cause: 'Meta CNI failed and kept the reason to itself', fix: "set its logLevel to debug and read the runtime's journal; check that its build reads its file", playbook: 'cni.yml' },
  { name: 'cniNotReady', says: /cni plugin not initialized|failed to find plugin/, symptom: 'a container job failed at once', cause: 'there was no network configuration, or one of its plug-ins was missing', fix: 'write it, and install the plug-ins', playbook: 'cni.yml' },
  { name: 'userNotMapped', says: /not covered by Container\.SubId|SubId mismatch|missing sub[ug]id/, symptom: "a user's container job failed", cause: 'the user has no subordinate ids, or others than CraneSched computes', fix: 'correct Container.SubId, or the lines of the user in /etc/subuid and /etc/subgid' },
  { name: 'bindFsFailed', says: /bindfs.*(spawn failed|rc: \d+)|(spawn failed|rc: \d+).*bindfs/i, symptom: 'a container with a mount did not start', cause: 'bindfs could not be started', fix: 'install bindfs and fuse3, and write absolute paths', playbook: 'bindfs.yml' },
  { name: 'mountRefused', says: /[Pp]ermission denied.*mount|mount.*[Pp]ermission denied|does not exist or permission/, symptom: 'a container with a mount failed with 323', cause: "the user may not read the source, or it is a symbolic link", fix: 'use the real path, or --userns=false; enable BindFs where the file system cannot map ids' },
  { name: 'portTaken', says: /Port \d+ is already in use|address already in use/, symptom: 'a container with a mapped port failed', cause: 'the port of the host is taken', fix: 'choose another, or leave it to the system' },
  { name: 'commandNotStarted', says: /Failed to start container/, symptom: 'a container job failed with 324', cause: 'the command is not in the image; a -- after the image counts as one', fix: 'write ccon -p PARTITION run IMAGE COMMAND, without --' },
  { name: 'cdiUnresolved', says: /unresolvable CDI devices/, symptom: 'a container job with a device failed', cause: 'the runtime does not know the CDI name', fix: 'take the names of DeviceCDIRegex from the specifications in /etc/cdi', playbook: 'gpu.yml' },
  { name: 'nodeDisabled', says: /Container is not enabled in this craned/, symptom: 'a container job failed with 324', cause: 'containers are enabled on the control node only', fix: 'give the node the configuration of the control node', playbook: 'configuration.yml' },
]

const LOGS = `base=$(sed -n 's/^CraneBaseDir: *//p' ${CRANE_CONFIG} | tr -d '"'); cd "\${base:-/var/crane/}" 2>/dev/null &&
find supervisor craned -maxdepth 1 -name '*.log' -mtime -1 -print 2>/dev/null | sort | tail -n 100 | while read -r log; do
  tail -c 65536 -- "$log" | grep -aE '${TRACES.map(({ says }) => portable(says)).join('|')}' | tail -n 3 | cut -c 1-300 | sed "s|^|$log: |"
done`

/** For grep -E, which has no \\d. */
function portable({ source }: RegExp): string {
  return source.replaceAll('\\d', '[0-9]').replaceAll("'", '.')
}

export default defineChecks({
  title: 'recent failures',
  on: ['compute'],
  observe: () => ({ logs: reading('doctor recent failures', LOGS) }),
  read: ({ logs }) => logs.split('\n').filter(Boolean),
  checks: TRACES.map(({ says, ...text }): Check<readonly string[]> => ({ ...text, find: (lines) => lines.findLast((line) => says.test(line)) })),
})
