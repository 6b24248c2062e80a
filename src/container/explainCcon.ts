// Finds the layer at fault when a container job fails, from exit codes and from the logs of the node that ran it.
import type { CconFailure, Explanation } from './cconFailure.ts'
import { cconMessage } from './cconMessage.ts'
import { explainMissing } from './explainMissing.ts'
import { explainStream } from './explainStream.ts'

export function explainJob(failure: CconFailure): Explanation {
  const { facts, said } = failure
  switch (facts.get('stage')) {
    case 'command':
      return { cause: 'ccon is not on this host', hint: 'install the package cranesched-frontend' }
    case 'directory':
      return {
        cause: 'the working directory of the job does not exist',
        hint: 'set `directory` to one that all nodes share',
      }
    case 'submit':
      return explainSubmission(Number(facts.get('status')), cconMessage(said) || 'ccon prints no message')
    case 'wait':
      return explainWait(failure)
    case 'stream':
      return explainStream(failure)
    case 'mounts':
      return {
        cause: `no file can be made in ${facts.get('path')}: ${said}`,
        hint: 'name a directory that this host and the nodes share, and that you may write to',
      }
    case 'port':
      return {
        cause: `port mapping: nothing answers at ${facts.get('node')}:${facts.get('port')}`,
        hint: 'check that the plug-in portmap is in the CNI configuration with its capability at the top level, and that a firewall lets the port in',
      }
    case 'log':
      return {
        cause: `the container ran, but its line is not in its log: ${cconMessage(said) || 'the log is empty'}`,
        hint: `the node writes it below ${facts.get('directory')}: check that the host with ccon shares that directory`,
      }
    default:
      return explainEnd(failure)
  }
}

/** By ccon's exit status: 1 its flags, 2 its arguments or configuration, 3 the control daemon, 4 refused by it. */
function explainSubmission(status: number, message: string): Explanation {
  const cause = `submission: ${message}`
  if (/CRI support is disabled/i.test(message)) {
    return {
      cause: 'submission: containers are not enabled in cranectld',
      hint: 'set `Container: { Enabled: true }` in /etc/crane/config.yaml of the control node and restart cranectld',
    }
  }
  if (status === 0) return { cause: `submission: ccon accepted no job: ${message}`, hint: 'check the version of ccon' }
  if (status === 1) return { cause, hint: 'check the version of ccon: it does not know its flags' }
  if (status === 2) return { cause, hint: 'check the arguments and /etc/crane/config.yaml on this host' }
  if (status === 3) return { cause, hint: 'check that cranectld runs: systemctl status cranectld' }
  if (/partition|account|user|qos/i.test(message)) {
    return { cause, hint: 'check the partition and the account (cinfo, cacctmgr)' }
  }
  return { cause, hint: 'check the nodes (cinfo) and the log of cranectld' }
}

function explainWait(failure: CconFailure): Explanation {
  const { facts, said } = failure
  const state = facts.get('state')
  if (state === '1') {
    return {
      cause: 'end of the container: the job is still running long after its command ended',
      hint: 'check that the runtime sends container events: containerd from 1.7, or CRI-O with enable_pod_events',
    }
  }
  if (state === '0' || state === undefined) {
    const reason = /"PendingReason": "([^"]*)"/.exec(said)?.[1] ?? cconMessage(said).replace(/^[{}].*/, '')
    return {
      cause: `node: the job did not start in time${reason && ` (${reason})`}`,
      hint: 'check that the node is up and free: cinfo; systemctl status craned',
    }
  }
  const found = reasonIn(failure.logs ?? [])
  return {
    cause: `node: the job hung while it started${found ? ` (${found.line})` : ''}`,
    hint: found?.hint ?? SUPERVISOR_HINT,
  }
}

const SUPERVISOR_HINT = "on the node, read craned's log, and JOB.0.log and JOB.1.log in the supervisor's log directory"

/** CraneSched's own exit codes, and what they mean for a container. */
const CODES: Readonly<Record<string, Explanation>> = {
  '320': {
    cause: 'job: it was ended from outside',
    hint: 'find out who cancelled it: cacct, and the log of cranectld',
  },
  '321': { cause: 'node: permission denied', hint: SUPERVISOR_HINT },
  '322': { cause: 'node: its cgroup could not be created', hint: SUPERVISOR_HINT },
  '323': {
    cause: 'pod or image: it could not be prepared',
    hint: `check that the image is on the node and that a pod gets a network; ${SUPERVISOR_HINT}`,
  },
  '324': {
    cause: 'start of the container: the command could not be started',
    hint: `check that containers are enabled in the node's /etc/crane/config.yaml; ${SUPERVISOR_HINT}`,
  },
  '325': {
    cause: 'end of the container: the time limit passed',
    hint: 'check that the runtime sends container events: containerd from 1.7, or CRI-O with enable_pod_events',
  },
  '326': { cause: 'node: craned went down', hint: 'check craned: systemctl status craned' },
  '327': { cause: 'node: craned could not execute the step', hint: SUPERVISOR_HINT },
  '328': {
    cause: 'image: pulling it took longer than 5 seconds',
    hint: 'pull the image on the node before, or import it there',
  },
  '329': {
    cause: 'node: the prolog failed',
    hint: 'check JobLifecycleHook in /etc/crane/config.yaml, and run the prolog there',
  },
  '330': { cause: 'job: its deadline passed', hint: 'check that the node is free: cinfo' },
}

const REASONS: readonly (readonly [pattern: RegExp, cause: string, hint: string])[] = [
  [
    /not enabled in this craned/i,
    'node: containers are not enabled in its craned',
    'set `Container: { Enabled: true }` in its /etc/crane/config.yaml and restart craned',
  ],
  [
    /sub[ug]?id\b/i,
    'user namespace: the user has no subordinate ids, or others than CraneSched wants',
    'check `Container.SubId` and /etc/subuid and /etc/subgid on the node, or set UserNsEnabledByDefault: false',
  ],
  [
    /unknown service runtime/i,
    'runtime: it does not speak CRI v1',
    "check that the CRI plug-in is on: `disabled_plugins` in containerd's configuration must not name 'cri'",
  ],
  [
    /gRPC:14/,
    "runtime endpoint: craned cannot reach the runtime's socket",
    'check that RuntimeEndpoint is the plain path of the socket, without unix://, and that the runtime runs',
  ],
  [
    /gRPC:4\b/,
    'sandbox: it took longer than 5 seconds',
    'check that the pause image is on the node and that the network plug-ins are quick',
  ],
  [
    /unexpected end of JSON input/i,
    'network: Meta CNI ended without a result, as it does when a plug-in takes longer than timeoutSeconds',
    'run the plug-in by hand to see why it is slow; if it is not, check that `generation` is that of Meta CNI',
  ],
  [
    /\bcni\b|network/i,
    'network: the pod got none',
    'check the first file by name in /etc/cni/net.d and the plug-ins it names',
  ],
  [
    /slice:prefix:name|SystemdCgroup|slice as parent/i,
    "sandbox: the runtime uses systemd's cgroup driver",
    'set `SystemdCgroup = false` for the default runtime: CraneSched needs the cgroupfs driver',
  ],
  [
    /id-?mapp?(ed)?\b/i,
    'user namespace: the runtime cannot map ids of mounts',
    'install runc 1.2 or newer, or crun 1.9 or newer, or use containerd 1.7',
  ],
  [
    /\bbindfs\b/i,
    'mount: bindfs cannot be run',
    'set BindfsBinary and FusermountBinary to absolute paths of installed programs, and check /dev/fuse',
  ],
  [
    /\bmount/i,
    'mount: a directory cannot be mounted',
    'check that it exists on the node, not as a symbolic link, and that the user may enter it',
  ],
  [/sandbox/i, 'sandbox: it could not be created', SUPERVISOR_HINT],
  [
    /pull image/i,
    'image: it is not on the node and cannot be pulled',
    'import it there (ctr -n k8s.io images import), or make its registry reachable',
  ],
  [
    /\.out\b|Cannot create/i,
    'log path: the directory for the log could not be created',
    'set `directory` to one that exists on the nodes',
  ],
  [/start container|create container/i, 'start of the container: the command could not be started', SUPERVISOR_HINT],
]

function explainEnd({ facts, said, logs = [] }: CconFailure): Explanation {
  const code = facts.get('code') ?? '0'
  const found = reasonIn(logs)
  if (found) return { cause: `${found.cause}: ${found.line}`, hint: found.hint }
  const known = CODES[code]
  if (known) return known
  const number = Number(code)
  if (number >= 256 && number < 320) {
    return { cause: `container: signal ${number - 256} ended it`, hint: SUPERVISOR_HINT }
  }
  if (number > 0 && said !== '') return explainMissing(said)
  if (number > 0) {
    return { cause: `container: its command exits with status ${code}`, hint: 'check that the image has `echo`' }
  }
  return { cause: `job: it ended in state ${facts.get('state')}`, hint: SUPERVISOR_HINT }
}

/** The first line of the logs that reports a failure with a known reason. */
function reasonIn(logs: readonly string[]): (Explanation & { readonly line: string }) | undefined {
  for (const log of logs) {
    const lines = log
      .split('\n')
      .filter((line) => /fail|error|not enabled|not covered|mismatch|missing|refused/i.test(line))
    for (const [pattern, cause, hint] of REASONS) {
      const line = lines.find((text) => pattern.test(text))
      if (line !== undefined) return { cause, hint, line: messageOf(line) }
    }
  }
  return undefined
}

/** Without the brackets in front: time stamp, level, thread. */
const messageOf = (line: string) => line.replace(/^(\s*\[[^\]]*\])+\s*/, '').trim()
