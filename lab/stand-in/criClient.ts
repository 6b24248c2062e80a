/** The calls of CRI v1 that CraneSched makes, over the runtime's unix socket, with CraneSched's deadlines. */
import { connect } from 'node:net'
import { type Client, ConnectError, createClient, type Interceptor } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { ImageService, RuntimeService } from './cri_pb.ts'

/** `CONTAINER_STOPPED` of CRI's event types. */
const stopped = 2
export const containerState = { created: 0, running: 1, exited: 2 } as const

/** gRPC's number for a call that took too long. */
export const DEADLINE_EXCEEDED = 4

const DEADLINE_MS = 5000
/** Past its own grace period this call cannot end within the deadline of the others. */
const STOP_DEADLINE_MS = 20_000
export const STOP_GRACE_SECONDS = 10n

/** A failed call in CraneSched's spelling: `[gRPC:14] …`. */
export class CriError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(`[gRPC:${code}] ${message}`)
    this.code = code
  }
}

const asCriError = (error: unknown): CriError => {
  const { code, rawMessage } = ConnectError.from(error)
  return new CriError(code, rawMessage)
}

/** CRI-O cancels a stream whose content type is another, `application/grpc+proto` too. */
const plainContentType: Interceptor = (next) => (request) => {
  request.header.set('content-type', 'application/grpc')
  return next(request)
}

/** Makes every failure of a call a CriError. */
const inCraneSchedsWay: Interceptor = (next) => async (request) => {
  try {
    return await next(request)
  } catch (error) {
    throw asCriError(error)
  }
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
    interceptors: [inCraneSchedsWay, plainContentType],
    acceptCompression: [],
  })
  return { runtime: createClient(RuntimeService, transport), images: createClient(ImageService, transport) }
}

export const SOON = { timeoutMs: DEADLINE_MS } as const
export const AFTER_GRACE = { timeoutMs: STOP_DEADLINE_MS } as const

/** Calls `onStop` with the id of each container that ends, and `onEnd` once when the stream breaks. */
export async function watchEvents(
  runtime: CriClient['runtime'],
  onStop: (id: string) => void,
  onEnd: (error: CriError) => void,
): Promise<void> {
  try {
    for await (const event of runtime.getContainerEvents({})) if (event.type === stopped) onStop(event.containerId)
    onEnd(new CriError(14, 'stream closed'))
  } catch (error) {
    onEnd(error instanceof CriError ? error : asCriError(error))
  }
}
