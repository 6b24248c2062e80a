// The two answers of the Container Runtime Interface that say whether a runtime is fit, read from protobuf by hand.

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
  /** Whether the default handler leaves cgroups to systemd; null when the runtime does not tell. */
  readonly systemdCgroup: boolean | null
  /** Where the streams of containers are offered; null when the runtime does not tell. */
  readonly streamAddress: string | null
}

/** A protobuf message as field number → values, in order: texts and messages as bytes, numbers as numbers. */
type Fields = ReadonlyMap<number, readonly (Buffer | number)[]>

/** Throws RangeError when the bytes are no message. */
function readFields(bytes: Buffer): Fields {
  const fields = new Map<number, (Buffer | number)[]>()
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++]
      if (byte === undefined || factor > 2 ** 56) throw new RangeError('a number has no end')
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }
  const take = (length: number) => {
    if (at + length > bytes.length) throw new RangeError('a field goes past the end')
    at += length
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = varint()
    const kind = tag % 8
    const value = kind === 0 ? varint() : kind === 2 ? take(varint()) : take(kind === 1 ? 8 : 4)
    const number = Math.floor(tag / 8)
    fields.set(number, [...(fields.get(number) ?? []), value])
  }
  return fields
}

const textIn = (fields: Fields, number: number): string => {
  const value = fields.get(number)?.at(-1)
  return Buffer.isBuffer(value) ? value.toString('utf8') : ''
}

const messagesIn = (fields: Fields, number: number): Fields[] =>
  (fields.get(number) ?? []).flatMap((value) => (Buffer.isBuffer(value) ? [readFields(value)] : []))

export const VERSION_REQUEST = Buffer.alloc(0)
/** `verbose: true`: the runtime's own settings come with it. */
export const STATUS_REQUEST = Buffer.from([0x08, 0x01])

/** From VersionResponse and StatusResponse of runtime.v1; throws RangeError when they are none. */
export function readReport(versionResponse: Buffer, statusResponse: Buffer): CriReport {
  const version = readFields(versionResponse)
  const status = readFields(statusResponse)
  const conditions = messagesIn(status, 1)
    .flatMap((runtimeStatus) => messagesIn(runtimeStatus, 1))
    .map((condition) => ({
      type: textIn(condition, 1),
      status: condition.get(2)?.at(-1) === 1,
      reason: textIn(condition, 3),
      message: textIn(condition, 4),
    }))
  const info = new Map(messagesIn(status, 2).map((entry) => [textIn(entry, 1), textIn(entry, 2)]))
  return {
    runtime: textIn(version, 2),
    version: textIn(version, 3),
    api: textIn(version, 4),
    conditions,
    ...readConfig(info.get('config') ?? ''),
  }
}

/** What of containerd's own settings matters here; CRI-O tells none. */
interface RuntimeConfig {
  readonly streamServerAddress?: string
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
    // Told in another form, or not at all.
  }
  const containerd = config?.containerd
  const options = containerd?.runtimes?.[containerd.defaultRuntimeName ?? 'runc']?.options
  return {
    systemdCgroup: options ? options.SystemdCgroup === true : null,
    streamAddress: config?.streamServerAddress ?? null,
  }
}

/** Length-prefixed, not compressed: how gRPC sends one message. */
export const grpcFrame = (message: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** The first message in what a gRPC stream brought; undefined when it brought none. */
export function firstMessage(body: Buffer): Buffer | undefined {
  if (body.length < 5 || body[0] !== 0) return undefined
  const length = body.readUInt32BE(1)
  return body.length < 5 + length ? undefined : body.subarray(5, 5 + length)
}
