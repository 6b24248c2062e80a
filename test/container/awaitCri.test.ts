// Asking container runtimes over gRPC: a server of the library answers as containerd does, a bare HTTP/2 server as a
// broken or hostile one would.
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { connect, createServer as createNetServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect'
import { connectNodeAdapter } from '@connectrpc/connect-node'
import { create, toBinary } from '@bufbuild/protobuf'
import { awaitCri, type CriDemands } from 'crane-play/container'
import { StepFailed } from 'crane-play/task'
import { afterAll, describe, expect, it } from 'vitest'
import { RuntimeService, StatusResponseSchema, VersionResponseSchema } from '../../src/container/cri_pb.ts'
import { isOlder } from '../../src/container/judgeCri.ts'
import { temporaryDirectory } from '../task/runShell.ts'

const versionOf = (runtimeName: string, runtimeVersion: string, runtimeApiVersion = 'v1') =>
  create(VersionResponseSchema, { runtimeName, runtimeVersion, runtimeApiVersion })

type Condition = readonly [type: string, status: boolean, reason?: string, message?: string]

const statusOf = (conditions: readonly Condition[], config?: object) =>
  create(StatusResponseSchema, {
    status: {
      conditions: conditions.map(([type, status, reason = '', message = '']) => ({ type, status, reason, message })),
    },
    info: config ? { config: JSON.stringify(config) } : {},
  })

const bothReady: Condition[] = [
  ['RuntimeReady', true],
  ['NetworkReady', true],
]
const READY = statusOf(bothReady)
const NO_NETWORK = statusOf([
  ['RuntimeReady', true],
  ['NetworkReady', false, 'NetworkPluginNotReady', 'cni plugin not initialized'],
])
const containerd = versionOf('containerd', '1.7.24')
const withCgroup = (SystemdCgroup: boolean) =>
  statusOf(bothReady, {
    containerd: { defaultRuntimeName: 'nvidia', runtimes: { nvidia: { options: { SystemdCgroup } } } },
  })

const directory = temporaryDirectory()
const servers: (Http2Server | Server)[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

async function listen(server: Http2Server | Server): Promise<string> {
  const path = join(directory, `${servers.length}.sock`)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return path
}

/** Status is answered with the next of its answers, the last one again and again. Keeps the content types it was sent. */
async function runtime(version: typeof containerd | Code, ...statuses: (typeof READY)[]) {
  return runtimeWith({}, version, ...statuses)
}

/** Nothing happens to its containers, for as long as it is listened to. */
async function* silence(_: unknown, { signal }: { signal: AbortSignal }): AsyncGenerator<Record<string, never>> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  yield* []
}

async function runtimeWith(
  more: Partial<ServiceImpl<typeof RuntimeService>>,
  version: typeof containerd | Code,
  ...statuses: (typeof READY)[]
) {
  let asked = 0
  const contentTypes = new Set<string | undefined>()
  const handler = connectNodeAdapter({
    routes: (router) =>
      router.service(RuntimeService, {
        version: () => {
          if (typeof version === 'number') throw new ConnectError('unknown service', version)
          return version
        },
        status: () => statuses[Math.min(asked++, statuses.length - 1)] ?? READY,
        getContainerEvents: silence,
        ...more,
      }),
  })
  const server = createServer((request, response) => {
    contentTypes.add(request.headers['content-type'])
    handler(request, response)
  })
  return { socket: await listen(server), contentTypes }
}

const dialer = (path: string) => (): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })

const ask = (socket: string, demands: Partial<CriDemands> = {}, patienceSeconds = 0) =>
  awaitCri(
    dialer(socket),
    { socket, minimum: { containerd: '1.7' }, network: true, ...demands },
    patienceSeconds * 1000,
  )

describe('a runtime', () => {
  it('that is ready', async () => {
    const { socket, contentTypes } = await runtime(containerd, READY)
    expect(await ask(socket)).toEqual({
      runtime: 'containerd',
      version: '1.7.24',
      api: 'v1',
      conditions: [
        { type: 'RuntimeReady', status: true, reason: '', message: '' },
        { type: 'NetworkReady', status: true, reason: '', message: '' },
      ],
      systemdCgroup: null,
      streamAddress: null,
      events: true,
    })
    expect([...contentTypes]).toEqual(['application/grpc'])
  })

  it.each<[string, Partial<ServiceImpl<typeof RuntimeService>>]>([
    ['ends the stream of events at once', { getContainerEvents: async function* () {} }],
    [
      'refuses the stream of events',
      {
        getContainerEvents: async function* () {
          yield* await Promise.reject<never[]>(new ConnectError('pod events are off', Code.Unknown))
        },
      },
    ],
  ])('that %s', async (_, more) => {
    const { socket } = await runtimeWith(more, versionOf('cri-o', '1.34.0'), READY)
    await expect(ask(socket)).rejects.toMatchObject({
      message: 'cri-o sends no events of containers: CraneSched would not notice that a container ended',
      hint: expect.stringContaining('enable_pod_events = true'),
    })
  })

  it.each([
    [1, undefined],
    [0, "cri-o uses systemd's cgroup driver; CraneSched needs cgroupfs"],
  ])('that reports the cgroup driver %s when it is asked', async (cgroupDriver, refusal) => {
    const runtimeConfig = () => ({ linux: { cgroupDriver } })
    const { socket } = await runtimeWith({ runtimeConfig }, versionOf('cri-o', '1.34.0'), READY)
    const answer = await ask(socket).catch((error: unknown) => (error as Error).message)
    expect(answer).toEqual(refusal ?? expect.objectContaining({ systemdCgroup: false }))
  })

  it('that becomes ready', async () => {
    const { socket } = await runtime(containerd, NO_NETWORK, READY)
    expect(await ask(socket, {}, 5)).toMatchObject({ runtime: 'containerd' })
  })

  it('without a network, where none is needed', async () => {
    const { socket } = await runtime(containerd, NO_NETWORK)
    expect(await ask(socket, { network: false })).toMatchObject({ runtime: 'containerd' })
  })

  it.each<[string, typeof containerd | Code, typeof READY, string]>([
    ['has no network', containerd, NO_NETWORK, 'NetworkReady is false (NetworkPluginNotReady: cni plugin not'],
    ['is too old', versionOf('containerd', '1.6.20~ds1'), READY, 'containerd 1.6.20~ds1 is too old: 1.7 or newer'],
    ['speaks an older CRI', versionOf('containerd', '1.7.0', 'v1alpha2'), READY, 'v1alpha2'],
    ['uses the driver of systemd', containerd, withCgroup(true), 'needs cgroupfs'],
    ['does not know the service', Code.Unimplemented, READY, 'does not speak CRI v1'],
    ['has an inner error', Code.Internal, READY, 'not that of a working runtime: unknown service'],
  ])('that %s', async (_why, version, status, says) => {
    const { socket } = await runtime(version, status)
    await expect(ask(socket)).rejects.toThrow(says)
  })

  it('whose default handler has the cgroupfs driver', async () => {
    const { socket } = await runtime(containerd, withCgroup(false))
    expect(await ask(socket)).toMatchObject({ systemdCgroup: false })
  })

  it('whose streams are elsewhere', async () => {
    const { socket } = await runtime(containerd, statusOf(bothReady, { streamServerAddress: '127.0.0.1' }))
    await expect(ask(socket, { streamAddress: '10.77.0.12' })).rejects.toThrow('at 127.0.0.1, not at 10.77.0.12')
    expect(await ask(socket, { streamAddress: '127.0.0.1' })).toMatchObject({ streamAddress: '127.0.0.1' })
  })

  it('that is not there', async () => {
    await expect(ask(join(directory, 'none.sock'))).rejects.toThrow(
      `nothing answers at ${join(directory, 'none.sock')}`,
    )
  })
})

/** A gRPC message behind its five bytes of prefix: compressed or not, length. */
function framed(message: Uint8Array, length = message.length, flags = 0): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt8(flags, 0)
  head.writeUInt32BE(length, 1)
  return Buffer.concat([head, message])
}

const GRPC = { ':status': 200, 'content-type': 'application/grpc' }
const version = framed(toBinary(VersionResponseSchema, containerd))

/** Answers with headers, bytes and trailers as they are. */
function answer(body: Buffer, trailers: Record<string, string>, headers: OutgoingHttpHeaders = GRPC) {
  return (stream: ServerHttp2Stream) => {
    stream.respond(headers, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers(trailers))
    stream.end(body)
  }
}

describe('an answer that no working runtime gives fails that host alone:', () => {
  const nothing = Buffer.alloc(0)
  it.each<[string, (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void, string]>([
    [
      'a message that is not percent-encoded',
      answer(nothing, { 'grpc-status': '13', 'grpc-message': '100% wrong' }),
      'URI malformed',
    ],
    ['a status that is not a number', answer(nothing, { 'grpc-status': 'ok' }), 'invalid grpc-status: ok'],
    ['a status that does not exist', answer(nothing, { 'grpc-status': '99' }), 'invalid grpc-status: 99'],
    ['no status', answer(version, {}), 'missing status'],
    ['no message', answer(nothing, { 'grpc-status': '0' }), 'not that of a working runtime'],
    [
      'two messages',
      answer(Buffer.concat([version, version]), { 'grpc-status': '0' }),
      'not that of a working runtime',
    ],
    ['a message cut short', answer(version.subarray(0, -3), { 'grpc-status': '0' }), 'incomplete envelope'],
    ['a compressed message', answer(framed(version.subarray(5), undefined, 1), { 'grpc-status': '0' }), 'compressed'],
    ['bytes that are not protobuf', answer(framed(Buffer.alloc(40, 0xff)), { 'grpc-status': '0' }), 'invalid varint'],
    ['text that is not UTF-8', answer(framed(Buffer.from([0x12, 2, 0xc3, 0x28])), { 'grpc-status': '0' }), 'utf-8'],
    ['a length of 4 GiB', answer(framed(nothing, 0xffffffff), { 'grpc-status': '0' }), 'too long'],
    ['a web page', answer(Buffer.from('<html>'), {}, { ':status': 200, 'content-type': 'text/html' }), 'text/html'],
    ['an error of HTTP', answer(nothing, {}, { ':status': 502 }), 'HTTP 502'],
    [
      'details that are not base64',
      answer(nothing, { 'grpc-status': '2', 'grpc-status-details-bin': '%%%' }),
      'base64',
    ],
    ['a stream that is reset', (stream) => stream.close(2), 'INTERNAL_ERROR'],
    ['a connection that is lost', (stream) => stream.session?.destroy(), 'not that of a working runtime'],
  ])('%s', async (_what, handle, says) => {
    const server = createServer()
    server.on('stream', (stream: ServerHttp2Stream, headers) => {
      stream.on('error', () => {})
      stream.resume()
      stream.on('end', () => handle(stream, headers))
    })
    server.on('session', (session) => session.on('error', () => {}))
    const socket = await listen(server)
    const failure = await ask(socket).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(StepFailed)
    expect(String(failure)).toContain(says)
  })

  it('an answer without end', async () => {
    const server = createServer()
    let sent = 0
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => {})
      stream.respond(GRPC)
      stream.write(framed(Buffer.alloc(0), 0x7fffffff))
      const pour = () => {
        while (!stream.destroyed && stream.write(Buffer.alloc(65536))) sent += 65536
      }
      stream.on('drain', pour)
      pour()
    })
    server.on('session', (session) => session.on('error', () => {}))
    await expect(ask(await listen(server))).rejects.toThrow('too long')
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['a greeting of another protocol', '220 mail.example ESMTP\r\n'],
    ['HTTP/1.1', 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'],
  ])('%s', async (_what, text) => {
    const socket = await listen(createNetServer((wire) => void wire.on('error', () => {}).end(text)))
    await expect(ask(socket)).rejects.toBeInstanceOf(StepFailed)
  })

  it('silence', async () => {
    const socket = await listen(createNetServer((wire) => void wire.on('error', () => {})))
    await expect(ask(socket, {}, 0.1)).rejects.toThrow('in time')
  })

  it('a stream that never opens', async () => {
    const socket = '/run/never.sock'
    const never = awaitCri(() => new Promise(() => {}), { socket, minimum: {}, network: true }, 0)
    await expect(never).rejects.toThrow(`no answer at ${socket} in time`)
  })
})

it.each([
  ['1.7.24~ds1', '1.7', false],
  ['v2.1.9', '1.7', false],
  ['1.6.20', '1.7', true],
  ['1.7', '1.7.2', true],
  ['1.10.0', '1.9', false],
  ['unknown', '1.7', true],
])('%s older than %s: %s', (version, floor, older) => expect(isOlder(version, floor)).toBe(older))
