// Asking runtimes: over a stream from the controller, and on the host with what hosts have, against a server that
// answers as containerd does.
import { createServer, type Http2Server } from 'node:http2'
import { connect, type Server } from 'node:net'
import { spawn } from 'node:child_process'
import { createServer as createNetServer } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { askCriOnHost, awaitCri, type CriDemands } from 'crane-play/container'
import { StepFailed } from 'crane-play/task'
import { afterAll, describe, expect, it } from 'vitest'
import { isOlder } from '../../src/container/cri.ts'
import { grpcFrame, readReport } from '../../src/container/criMessages.ts'
import { temporaryDirectory } from '../task/runShell.ts'

const field = (number: number, value: string | Buffer) => {
  const bytes = Buffer.from(value)
  const size = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return Buffer.concat([Buffer.from([number * 8 + 2, ...size]), bytes])
}

const versionOf = (runtime: string, version: string, api = 'v1') =>
  Buffer.concat([field(1, '0.1.0'), field(2, runtime), field(3, version), field(4, api)])

const condition = (type: string, status: boolean, reason = '', message = '') =>
  field(
    1,
    Buffer.concat([
      field(1, type),
      ...(status ? [Buffer.from([0x10, 1])] : []),
      ...(reason ? [field(3, reason), field(4, message)] : []),
    ]),
  )

const statusOf = (conditions: Buffer[], config = '') =>
  Buffer.concat([
    field(1, Buffer.concat(conditions)),
    ...(config ? [field(2, Buffer.concat([field(1, 'config'), field(2, config)]))] : []),
  ])

const READY = statusOf([condition('RuntimeReady', true), condition('NetworkReady', true)])
const NO_NETWORK = statusOf([
  condition('RuntimeReady', true),
  condition('NetworkReady', false, 'NetworkPluginNotReady', 'cni plugin not initialized'),
])
const containerd = versionOf('containerd', '1.7.24~ds1')
const withCgroup = (systemd: boolean) =>
  statusOf(
    [condition('RuntimeReady', true), condition('NetworkReady', true)],
    JSON.stringify({
      containerd: { defaultRuntimeName: 'runc', runtimes: { runc: { options: { SystemdCgroup: systemd } } } },
    }),
  )

const folder = temporaryDirectory()
const servers: (Http2Server | Server)[] = []
afterAll(() => {
  for (const server of servers) server.close()
})

/** Each question is answered with the next of its answers, the last one again and again; a number is a gRPC status. */
async function runtime(version: Buffer | number, ...statuses: (Buffer | number)[]): Promise<string> {
  const server = createServer()
  let asked = 0
  server.on('stream', (stream, headers) => {
    const isVersion = headers[':path'] === '/runtime.v1.RuntimeService/Version'
    const answer = isVersion ? version : (statuses[Math.min(asked++, statuses.length - 1)] ?? READY)
    const trailers = {
      'grpc-status': Buffer.isBuffer(answer) ? '0' : String(answer),
      'grpc-message': 'unknown%20service',
    }
    stream.on('data', () => {})
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers(trailers))
      stream.end(Buffer.isBuffer(answer) ? grpcFrame(answer) : undefined)
    })
  })
  return listen(server)
}

async function listen(server: Http2Server | Server): Promise<string> {
  const path = join(folder, `${servers.length}.sock`)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return path
}

const dialer = (path: string) => (): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(socket))
    socket.once('error', reject)
  })

type Ask = (socket: string, demands?: Partial<CriDemands>, patienceSeconds?: number) => Promise<unknown>

const demandsOf = (socket: string, demands: Partial<CriDemands> = {}): CriDemands => ({
  socket,
  minimum: { containerd: '1.7' },
  network: true,
  ...demands,
})

const fromController: Ask = (socket, demands, patience = 0) =>
  awaitCri(dialer(socket), demandsOf(socket, demands), patience * 1000)

/** The script, with only the given programs to be found. */
const onHost =
  (...hidden: string[]): Ask =>
  async (socket, demands, patience = 0) => {
    const { script, functions, read } = askCriOnHost(demandsOf(socket, demands), patience)
    const blind = `command() { case $2 in ${[...hidden, 'none'].join('|')}) return 1 ;; esac; builtin command "$@"; }\n`
    const text = `${blind}ask_cri() {\n${functions.ask_cri}\n}\n( ${script} )`
    const child = spawn('bash', ['--norc', '-c', text], { stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const status = await new Promise((resolve) => child.on('close', resolve))
    if (status !== 0) throw new StepFailed(stderr)
    return read(Buffer.concat(chunks))
  }

describe.each<[string, Ask]>([
  ['from the controller', fromController],
  ['on the host with perl', onHost()],
  ['on the host with python', onHost('perl')],
  ['on the host with curl', onHost('perl', 'python3', '/usr/libexec/platform-python')],
])('%s', (_, ask) => {
  it('a runtime that is ready', async () => {
    expect(await ask(await runtime(containerd, READY))).toEqual({
      runtime: 'containerd',
      version: '1.7.24~ds1',
      api: 'v1',
      conditions: [
        { type: 'RuntimeReady', status: true, reason: '', message: '' },
        { type: 'NetworkReady', status: true, reason: '', message: '' },
      ],
      systemdCgroup: null,
      streamAddress: null,
    })
  })

  it('one that becomes ready', async () => {
    expect(await ask(await runtime(containerd, NO_NETWORK, READY), {}, 5)).toMatchObject({ runtime: 'containerd' })
  })

  it('one without a network, where none is asked for', async () => {
    expect(await ask(await runtime(containerd, NO_NETWORK), { network: false })).toMatchObject({
      runtime: 'containerd',
    })
  })

  it.each<[string, Buffer | number, Buffer, string]>([
    [
      'has no network',
      containerd,
      NO_NETWORK,
      'NetworkReady is false (NetworkPluginNotReady: cni plugin not initialized)',
    ],
    ['is too old', versionOf('containerd', '1.6.20~ds1'), READY, 'containerd 1.6.20~ds1 is too old: 1.7 or newer'],
    ['speaks an older CRI', versionOf('containerd', '1.7.0', 'v1alpha2'), READY, 'v1alpha2'],
    ['leaves cgroups to systemd', containerd, withCgroup(true), 'cgroupfs'],
    ['does not know the service', 12, READY, 'does not speak CRI v1'],
  ])('says that it %s', async (_why, version, status, says) => {
    await expect(ask(await runtime(version, status))).rejects.toThrow(says)
  })

  it('says that its streams are elsewhere', async () => {
    const there = statusOf(
      [condition('RuntimeReady', true), condition('NetworkReady', true)],
      '{"streamServerAddress":"127.0.0.1"}',
    )
    const socket = await runtime(containerd, there)
    await expect(ask(socket, { streamAddress: '10.77.0.12' })).rejects.toThrow('at 127.0.0.1, not at 10.77.0.12')
    expect(await ask(socket, { streamAddress: '127.0.0.1' })).toMatchObject({ streamAddress: '127.0.0.1' })
  })

  it('says that nothing is there', async () => {
    await expect(ask(join(folder, 'none.sock'))).rejects.toThrow(`nothing answers at ${join(folder, 'none.sock')}`)
  })
})

it('gives up on one that never answers', async () => {
  const silent = await listen(createNetServer((socket) => void socket.on('error', () => {})))
  await expect(fromController(silent, {}, 0.1)).rejects.toThrow('in time')
})

it('is not fooled by one that says something else', async () => {
  const chatty = await listen(
    createNetServer((socket) => void socket.on('error', () => {}).end('220 mail.example ESMTP\r\n')),
  )
  await expect(fromController(chatty)).rejects.toBeInstanceOf(StepFailed)
})

it('says what a host lacks to ask with', async () => {
  const ask = onHost('perl', 'python3', '/usr/libexec/platform-python', 'curl')
  await expect(ask('/x')).rejects.toThrow('neither perl, python3 nor curl is here')
})

it('reads the cgroup driver of the default handler', () => {
  expect(readReport(containerd, withCgroup(false)).systemdCgroup).toBe(false)
  expect(readReport(containerd, withCgroup(true)).systemdCgroup).toBe(true)
})

it.each([
  ['1.7.24~ds1', '1.7', false],
  ['v2.1.9', '1.7', false],
  ['1.6.20', '1.7', true],
  ['1.7', '1.7.2', true],
  ['1.10.0', '1.9', false],
  ['unknown', '1.7', true],
])('%s older than %s: %s', (version, floor, older) => expect(isOlder(version, floor)).toBe(older))
