// What a container runtime reports about itself.
import type { StatusResponse, VersionResponse } from './cri_pb.ts'

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
}

/** Takes the answers of Version and of Status (verbose) and returns what matters of them. */
export const readReport = (version: VersionResponse, { status, info }: StatusResponse): CriReport => ({
  runtime: version.runtimeName,
  version: version.runtimeVersion,
  api: version.runtimeApiVersion,
  conditions: (status?.conditions ?? []).map(({ type, status, reason, message }) => ({
    type,
    status,
    reason,
    message,
  })),
  ...readConfig(info.config ?? ''),
})

/** The part of containerd's own settings that matters here; CRI-O reports none. */
interface RuntimeConfig {
  readonly streamServerAddress?: unknown
  readonly containerd?: {
    readonly defaultRuntimeName?: string
    readonly runtimes?: Readonly<Record<string, { readonly options?: { readonly SystemdCgroup?: unknown } }>>
  }
}

function readConfig(json: string): Pick<CriReport, 'systemdCgroup' | 'streamAddress'> {
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
    systemdCgroup: options ? options.SystemdCgroup === true : null,
    streamAddress: typeof address === 'string' ? address : null,
  }
}
