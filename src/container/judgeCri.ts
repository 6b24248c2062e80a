// Decides whether the reported version and status of a container runtime are sufficient for CraneSched.
import { StepFailed } from '../task/index.ts'
import type { CriReport } from './criReport.ts'

/** What is required of a container runtime. */
export interface CriDemands {
  readonly socket: string
  /** Lowest version by runtime name; a runtime that is not named may have any version. */
  readonly minimum: Readonly<Record<string, string>>
  /** Whether pods must have a network. */
  readonly network: boolean
  /** The address at which the streams of its containers must be offered; undefined: any. */
  readonly streamAddress?: string | undefined
}

/** Something that may pass while a runtime starts. */
export class NotReady extends StepFailed {}

/** Takes a report and the demands; returns what is wrong with the runtime, or undefined. */
export function judge(
  report: CriReport,
  { socket, minimum, network, streamAddress }: CriDemands,
): StepFailed | undefined {
  const { runtime, version, api, conditions } = report
  if (api !== 'v1') return new StepFailed(`${runtime} speaks CRI ${api}; CraneSched needs v1`)
  const floor = minimum[runtime]
  if (floor !== undefined && isOlder(version, floor)) {
    return new StepFailed(
      `${runtime} ${version} is too old: ${floor} or newer is needed`,
      'install a newer release: older ones send no events, by which CraneSched learns that a container ended',
    )
  }
  if (report.systemdCgroup) {
    return new StepFailed(
      `${runtime} uses systemd's cgroup driver; CraneSched needs cgroupfs`,
      runtime === 'cri-o'
        ? 'set `cgroup_manager = "cgroupfs"` and `conmon_cgroup = "pod"`, as configureCrio does, and restart the unit'
        : 'set `SystemdCgroup = false` in the options of the default runtime, and restart the unit',
    )
  }
  if (!report.events) {
    return new StepFailed(
      `${runtime} sends no events of containers: CraneSched would not notice that a container ended`,
      runtime === 'cri-o'
        ? 'set `enable_pod_events = true`, as configureCrio does, and restart the unit'
        : 'install a newer release of the runtime',
    )
  }
  if (streamAddress !== undefined && report.streamAddress !== null && report.streamAddress !== streamAddress) {
    return new StepFailed(
      `${runtime} offers the streams of containers at ${report.streamAddress}, not at ${streamAddress}`,
      'check stream_server_address in its configuration and in the files that it imports',
    )
  }
  for (const type of ['RuntimeReady', ...(network ? ['NetworkReady'] : [])]) {
    const condition = conditions.find((one) => one.type === type)
    if (condition?.status) continue
    const why = [condition?.reason, condition?.message].filter(Boolean).join(': ') || 'no reason given'
    return new NotReady(`${runtime} at ${socket} is not ready: ${type} is false (${why})`, HINTS[type])
  }
  return undefined
}

const HINTS: Readonly<Record<string, string>> = {
  NetworkReady: 'check the first file by name in /etc/cni/net.d and the plug-ins it names',
  RuntimeReady: "read the runtime's journal",
}

/** X.Y.Z with a suffix after `-` or `+`, as newer builds of craned read it. */
const VERSION = /^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.-]+)?$/

/** Takes a runtime's name and version; returns a warning where newer builds of craned refuse to start with it. */
export const versionWarning = (runtime: string, version: string): string | undefined =>
  VERSION.test(version)
    ? undefined
    : `newer builds of craned do not start with ${runtime} ${version}: they cannot read that version. Install ${runtime === 'containerd' ? 'containerd.io from its vendor' : `a release of ${runtime}`}, whose version is plain`

/** Compares the leading numbers, as many as the floor has: `1.7.24~ds1` and `v1.7` are not older than `1.7`. */
export function isOlder(version: string, floor: string): boolean {
  const numbers = (text: string) => (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number)
  const actual = numbers(version)
  for (const [i, wanted] of numbers(floor).entries()) {
    const have = actual[i] ?? 0
    if (have !== wanted) return have < wanted
  }
  return false
}
