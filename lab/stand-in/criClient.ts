/** The calls of CRI v1 that CraneSched makes, over the runtime's unix socket, with CraneSched's deadlines. */
import { Client, credentials, type ServiceError } from '@grpc/grpc-js'
import { decode, encode, type Message, type Shape } from './protobuf.ts'

const idMapping = { host_id: [1, 'int'], container_id: [2, 'int'], length: [3, 'int'] } as const
const namespaces = {
  network: [1, 'int'],
  pid: [2, 'int'],
  ipc: [3, 'int'],
  userns_options: [5, { mode: [1, 'int'], uids: [2, [idMapping]], gids: [3, [idMapping]] }],
} as const satisfies Shape
const int64 = { value: [1, 'int'] } as const
const sandboxConfig = {
  metadata: [1, { name: [1, 'string'], uid: [2, 'string'], namespace: [3, 'string'] }],
  hostname: [2, 'string'],
  log_directory: [3, 'string'],
  dns_config: [4, { servers: [1, 'string[]'], searches: [2, 'string[]'], options: [3, 'string[]'] }],
  port_mappings: [5, [{ protocol: [1, 'int'], container_port: [2, 'int'], host_port: [3, 'int'] }]],
  labels: [6, 'map'],
  annotations: [7, 'map'],
  linux: [
    8,
    {
      cgroup_parent: [1, 'string'],
      security_context: [2, { namespace_options: [1, namespaces], run_as_user: [3, int64] }],
    },
  ],
} as const satisfies Shape
const image = { image: [1, 'string'] } as const
const containerConfig = {
  metadata: [1, { name: [1, 'string'] }],
  image: [2, image],
  command: [3, 'string[]'],
  args: [4, 'string[]'],
  working_dir: [5, 'string'],
  envs: [6, [{ key: [1, 'string'], value: [2, 'string'] }]],
  mounts: [7, [{ container_path: [1, 'string'], host_path: [2, 'string'] }]],
  labels: [9, 'map'],
  annotations: [10, 'map'],
  log_path: [11, 'string'],
  linux: [
    15,
    {
      security_context: [2, { namespace_options: [3, namespaces], run_as_user: [5, int64], run_as_group: [12, int64] }],
    },
  ],
} as const satisfies Shape
const podId = { pod_sandbox_id: [1, 'string'] } as const
const containerId = { container_id: [1, 'string'] } as const
const status = { state: [3, 'int'], exit_code: [7, 'int'], reason: [10, 'string'], message: [11, 'string'] } as const

const runtime = '/runtime.v1.RuntimeService'
const images = '/runtime.v1.ImageService'
/** Method → [path, request, reply, deadline in seconds]. */
const calls = {
  Version: [runtime, {}, { runtime_name: [2, 'string'], runtime_version: [3, 'string'] }, 5],
  RunPodSandbox: [runtime, { config: [1, sandboxConfig] }, podId, 5],
  StopPodSandbox: [runtime, podId, {}, 5],
  RemovePodSandbox: [runtime, podId, {}, 5],
  CreateContainer: [
    runtime,
    { ...podId, config: [2, containerConfig], sandbox_config: [3, sandboxConfig] },
    containerId,
    5,
  ],
  StartContainer: [runtime, containerId, {}, 5],
  // Past its own grace period this call cannot end within the 5 s of the others.
  StopContainer: [runtime, { ...containerId, timeout: [2, 'int'] }, {}, 20],
  RemoveContainer: [runtime, containerId, {}, 5],
  ContainerStatus: [runtime, containerId, { status: [1, status] }, 5],
  ImageStatus: [images, { image: [1, image] }, { image: [1, { id: [1, 'string'] }] }, 5],
  // The pull happens inside a call of craned's own, which waits 5 s.
  PullImage: [images, { image: [1, image] }, { image_ref: [1, 'string'] }, 5],
} as const satisfies Record<string, readonly [string, Shape, Shape, number]>

export type CriCall = keyof typeof calls
/** `CONTAINER_STOPPED` of CRI's event types. */
const stopped = 2
export const containerState = { created: 0, running: 1, exited: 2 } as const

/** A failed call in CraneSched's spelling: `[gRPC:14] …`. */
export class CriError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(`[gRPC:${code}] ${message}`)
    this.code = code
  }
}

export class CriClient {
  readonly #client: Client
  /** `endpoint` as CraneSched builds it: `unix://` and the configured text. */
  constructor(endpoint: string) {
    this.#client = new Client(endpoint, credentials.createInsecure(), {
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 2000,
    })
  }

  /** One unary call; rejects with a CriError. */
  call(name: CriCall, request: Message): Promise<Message> {
    const [service, ask, answer, seconds] = calls[name]
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<Message, Message>(
        `${service}/${name}`,
        (message) => encode(ask, message),
        (data) => decode(answer, data),
        request,
        { deadline: Date.now() + seconds * 1000 },
        (error: ServiceError | null, reply) =>
          error ? reject(new CriError(error.code, error.details)) : resolve(reply ?? {}),
      )
    })
  }

  /** Calls `onStop` with the id of each container that ends, and `onEnd` once when the stream breaks. */
  watch(onStop: (id: string) => void, onEnd: (error: CriError) => void): void {
    const shape = { container_id: [1, 'string'], type: [2, 'int'] } as const
    const stream = this.#client.makeServerStreamRequest<Message, Message>(
      `${runtime}/GetContainerEvents`,
      () => Buffer.alloc(0),
      (data) => decode(shape, data),
      {},
    )
    stream.on('data', (event: Message) => {
      if (event['type'] === stopped) onStop(String(event['container_id']))
    })
    let ended = false
    const end = (error: CriError) => {
      if (!ended) onEnd(error)
      ended = true
    }
    stream.on('error', (error: ServiceError) => end(new CriError(error.code, error.details)))
    stream.on('end', () => end(new CriError(14, 'stream closed')))
  }
}
