// Asks a container runtime for its version, status and events, or to pull an image, over gRPC. Import it only when a socket is
// spoken to.
import { connect } from 'node:http2'
import type { Duplex } from 'node:stream'
import { type Client, Code, ConnectError, createClient, type Interceptor, type Transport } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { ImageService, RuntimeService, type RuntimeConfigResponse } from './cri_pb.ts'
import { type CriReport, readReport } from './criReport.ts'

/** The limit of gRPC's own clients. containerd's verbose status is about 20 KiB. */
const READ_MAX_BYTES = 4 * 1024 * 1024

/** Milliseconds after which a stream of events that is still open counts as one. */
const EVENTS_MS = 300

/** No server is looked up: the stream is there already. */
const BASE_URL = 'http://localhost'

/** CRI-O cancels a stream with another content type, `application/grpc+proto` too. */
const plainContentType: Interceptor = (next) => (request) => {
  request.header.set('content-type', 'application/grpc')
  return next(request)
}

/**
 * Takes a stream to a runtime's socket and a deadline in milliseconds for each of its calls; returns the report.
 * Rejects with the error of the library, a ConnectError for what the server answers. Destroys the stream in any case.
 */
export const askCri = (stream: Duplex, timeoutMs: number): Promise<CriReport> =>
  speaking(stream, async (transport) => {
    const client = createClient(RuntimeService, transport)
    const version = await client.version({}, { timeoutMs })
    const status = await client.status({ verbose: true }, { timeoutMs })
    const [config, events] = await Promise.all([askConfig(client, timeoutMs), sendsEvents(client)])
    return readReport({ version, status, config, events })
  })

/** An image to pull, and the credentials of its registry. */
export interface ImageToPull {
  readonly image: string
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** Lets a runtime pull an image within `timeoutMs` milliseconds; returns the id that it gives the image. Otherwise as `askCri`. */
export const pullByCri = (
  stream: Duplex,
  { image, username, password }: ImageToPull,
  timeoutMs: number,
): Promise<string> =>
  speaking(stream, async (transport) => {
    const auth = username === undefined ? {} : { auth: { username, password: password ?? '' } }
    const { imageRef } = await createClient(ImageService, transport).pullImage(
      { image: { image }, ...auth },
      { timeoutMs },
    )
    return imageRef
  })

async function speaking<T>(stream: Duplex, talk: (transport: Transport) => Promise<T>): Promise<T> {
  const session = connect(BASE_URL, { createConnection: () => stream })
  // The calls report it; without a listener it would end the whole run, also after the last call.
  session.on('error', () => {})
  const transport = createGrpcTransport({
    baseUrl: BASE_URL,
    sessionManager: {
      authority: BASE_URL,
      request: async (method, path, headers, options) =>
        session.request({ ...headers, ':method': method, ':path': path }, options),
      notifyResponseByteRead: () => {},
    },
    interceptors: [plainContentType],
    acceptCompression: [],
    readMaxBytes: READ_MAX_BYTES,
  })
  try {
    return await talk(transport)
  } finally {
    session.destroy()
    stream.destroy()
  }
}

/** Undefined where the runtime is older than the call. */
async function askConfig(
  client: Client<typeof RuntimeService>,
  deadlineMs: number,
): Promise<RuntimeConfigResponse | undefined> {
  try {
    return await client.runtimeConfig({}, { timeoutMs: deadlineMs })
  } catch (error) {
    if (ConnectError.from(error).code === Code.Unimplemented) return undefined
    throw error
  }
}

/** A runtime that sends no events ends the stream or refuses it at once; others keep it open. */
async function sendsEvents(client: Client<typeof RuntimeService>): Promise<boolean> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), EVENTS_MS)
  try {
    for await (const _ of client.getContainerEvents({}, { signal: stop.signal })) return true
    return false
  } catch {
    return stop.signal.aborted
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}
