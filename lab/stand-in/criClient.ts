/** The calls of CRI v1 that CraneSched makes, over the runtime's unix socket, with CraneSched's deadlines. */
import { connect } from 'node:net'
import { type Client, Code, ConnectError, createClient, type Interceptor } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { ImageService, RuntimeService } from './cri_pb.ts'

/** `CONTAINER_STOPPED` of CRI's event types. */
const stopped = 2
export const containerState = { created: 0, running: 1, exited: 2 } as const

const DEADLINE_MS = 5000
/** Past its own grace period this call cannot end within the deadline of the others. */
const STOP_DEADLINE_MS = 20_000
export const STOP_GRACE_SECONDS = 10n

/** A failed call in CraneSched's spelling: `[gRPC:14] …`. */
export function spellFailure(error: unknown): string {
  const { code, rawMessage } = ConnectError.from(error)
  return `[gRPC:${code}] ${rawMessage}`
}

/** As gRPC's own clients have it, a socket that nothing listens on is `UNAVAILABLE`; the library says `INTERNAL`. */
const unavailableSocket: Interceptor = (next) => async (request) => {
  try {
    return await next(request)
  } catch (error) {
    const failure = ConnectError.from(error)
    const { syscall } = (failure.cause ?? {}) as NodeJS.ErrnoException
    throw syscall === 'connect' ? new ConnectError(failure.rawMessage, Code.Unavailable) : failure
  }
}

/** CRI-O cancels a stream whose content type is another, `application/grpc+proto` too. */
const plainContentType: Interceptor = (next) => (request) => {
  request.header.set('content-type', 'application/grpc')
  return next(request)
}

export interface CriClient {
  readonly runtime: Client<typeof RuntimeService>
  readonly images: Client<typeof ImageService>
}

/** A client for an endpoint as CraneSched builds it: `unix://` and the configured text. */
export function criClient(endpoint: string): CriClient {
  // With the scheme written in the configuration too, the path is one that nothing listens on.
  const path = endpoint.replace(/^unix:\/\//, '')
  const transport = createGrpcTransport({
    baseUrl: 'http://localhost',
    nodeOptions: { createConnection: () => connect(path) },
    interceptors: [unavailableSocket, plainContentType],
    acceptCompression: [],
  })
  return { runtime: createClient(RuntimeService, transport), images: createClient(ImageService, transport) }
}

export const SOON = { timeoutMs: DEADLINE_MS } as const
export const AFTER_GRACE = { timeoutMs: STOP_DEADLINE_MS } as const

/** Calls `onStop` with the id of each container that ends, until `ended`; returns why the stream broke. */
export async function watchEvents(
  { runtime }: Pick<CriClient, 'runtime'>,
  ended: AbortSignal,
  onStop: (id: string) => void,
): Promise<string> {
  try {
    for await (const event of runtime.getContainerEvents({}, { signal: ended }))
      if (event.type === stopped) onStop(event.containerId)
    return 'stream closed'
  } catch (error) {
    return spellFailure(error)
  }
}
