// What a container runtime reports about itself.
import type { RuntimeConfigResponse, StatusResponse, VersionResponse } from './cri_pb.ts'

/** A condition of the runtime, such as `RuntimeReady` or `NetworkReady`, as CRI's StatusResponse has it. */
export interface CriCondition {
  readonly type: string
  readonly status: boolean
  readonly reason: string
  readonly message: string
}

/** What a runtime says about itself, from VersionResponse and StatusResponse of CRI's `runtime.v1`. */
export interface CriReport {
  /** `containerd`, `cri-o`. */
  readonly runtime: string
  /** `1.7.24~ds1`, `v2.1.9`. */
  readonly version: string
  /** `v1`. */
  readonly api: string
  readonly conditions: readonly CriCondition[]
  /** Whether the default handler uses systemd's cgroup driver; null when the runtime does not report it. */
  readonly systemdCgroup: boolean | null
  /** The address of the streams of containers; null when the runtime does not report it. */
  readonly streamAddress: string | null
  /** Whether it sends the events of containers. */
  readonly events: boolean
}

/** The answers of a runtime. */
export interface CriAnswers {
  readonly version: VersionResponse
  /** Asked for with `verbose`. */
  readonly status: StatusResponse
  /** Undefined where the runtime has no such call. */
  readonly config: RuntimeConfigResponse | undefined
  readonly events: boolean
}

/** Takes a runtime's answers and returns what matters of them. */
export const readReport = ({ version, status: { status, info }, config, events }: CriAnswers): CriReport => ({
  runtime: version.runtimeName,
  version: version.runtimeVersion,
  api: version.runtimeApiVersion,
  conditions: (status?.conditions ?? []).map(({ type, status, reason, message }) => ({
    type,
    status,
    reason,
    message,
  })),
  ...readConfig(info.config ?? '', config),
  events,
})

/** The part of containerd's own settings that matters here; CRI-O reports none, but answers RuntimeConfig. */
interface RuntimeConfig {
  readonly streamServerAddress?: unknown
  readonly containerd?: {
    readonly defaultRuntimeName?: string
    readonly runtimes?: Readonly<Record<string, { readonly options?: { readonly SystemdCgroup?: unknown } }>>
  }
}

/** CRI's number of systemd's cgroup driver. */
const SYSTEMD = 0

function readConfig(
  json: string,
  asked: RuntimeConfigResponse | undefined,
): Pick<CriReport, 'systemdCgroup' | 'streamAddress'> {
  let config: RuntimeConfig | null = null
  try {
    config = JSON.parse(json) as RuntimeConfig | null
  } catch {
    // In another form, or absent.
  }
  const containerd = config?.containerd
  const options = containerd?.runtimes?.[containerd.defaultRuntimeName ?? 'runc']?.options
  const address = config?.streamServerAddress
  return {
    systemdCgroup: options
      ? options.SystemdCgroup === true
      : asked?.linux
        ? asked.linux.cgroupDriver === SYSTEMD
        : null,
    streamAddress: typeof address === 'string' ? address : null,
  }
}
