// Asks a container runtime who it is and whether it is ready, over a stream to its socket.
import type { ClientHttp2Session } from 'node:http2'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { type CriReport, firstMessage, grpcFrame, readReport, STATUS_REQUEST, VERSION_REQUEST } from './criMessages.ts'
import { StepFailed } from '../task/index.ts'

export const VERSION_PATH = '/runtime.v1.RuntimeService/Version'
export const STATUS_PATH = '/runtime.v1.RuntimeService/Status'

/** What is required of a container runtime. */
export interface CriDemands {
  readonly socket: string
  /** Lowest version by runtime name; a runtime that is not named may be of any version. */
  readonly minimum: Readonly<Record<string, string>>
  /** Whether pods must have a network. */
  readonly network: boolean
  /** Where the streams of its containers must be offered; undefined: anywhere. */
  readonly streamAddress?: string | undefined
}

/** Milliseconds between two questions to a runtime that is still starting. */
const PAUSE_MS = 250

/**
 * Asks a runtime for its version and status until it meets the demands, for at most `patienceMs` milliseconds.
 * `dial` opens a new stream to its socket for each try. Returns the runtime's last report; rejects with a `StepFailed`
 * that names what is wrong and a hint, at once where waiting cannot help.
 */
export async function awaitCri(
  dial: () => Promise<Duplex>,
  demands: CriDemands,
  patienceMs: number,
): Promise<CriReport> {
  const until = Date.now() + patienceMs
  for (;;) {
    const answer = await askOnce(dial, demands.socket, Math.max(until - Date.now(), MINIMUM_DEADLINE_MS))
    const wrong = answer instanceof StepFailed ? answer : judge(answer, demands)
    if (!wrong && !(answer instanceof StepFailed)) return answer
    if (wrong && (!mayPass(wrong) || Date.now() + PAUSE_MS > until)) throw wrong
    await pause(PAUSE_MS)
  }
}

const MINIMUM_DEADLINE_MS = 2_000

/** Something that a runtime grows out of while it starts. */
class NotYet extends StepFailed {}

const mayPass = (failure: StepFailed) => failure instanceof NotYet

async function askOnce(
  dial: () => Promise<Duplex>,
  socket: string,
  deadlineMs: number,
): Promise<CriReport | StepFailed> {
  const { connect } = await import('node:http2')
  const ended = new AbortController()
  const timer = setTimeout(() => ended.abort(), deadlineMs)
  let session: ClientHttp2Session | undefined
  let stream: Duplex | undefined
  try {
    stream = await within(dial(), ended.signal)
    const wire = stream
    session = connect('http://localhost', { createConnection: () => wire })
    const broken = new Promise<never>((_, reject) => session?.once('error', reject))
    broken.catch(() => {})
    const call = (path: string, message: Buffer) =>
      within(Promise.race([callGrpc(session as ClientHttp2Session, path, message), broken]), ended.signal)
    return readReport(await call(VERSION_PATH, VERSION_REQUEST), await call(STATUS_PATH, STATUS_REQUEST))
  } catch (error) {
    return explain(error, socket)
  } finally {
    clearTimeout(timer)
    session?.destroy()
    stream?.destroy()
  }
}

class TooLate extends Error {}

function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new TooLate()), { once: true })
    promise.then(resolve, reject)
  })
}

/** gRPC's own word for what went wrong. */
class GrpcRefusal extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

function callGrpc(session: ClientHttp2Session, path: string, message: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const call = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    let status: string | undefined
    let said = ''
    const note = (headers: Readonly<Record<string, unknown>>) => {
      if (headers['grpc-status'] === undefined) return
      status = String(headers['grpc-status'])
      said = decodeURIComponent(String(headers['grpc-message'] ?? ''))
    }
    call.on('response', note)
    call.on('trailers', note)
    call.on('data', (chunk: Buffer) => chunks.push(chunk))
    call.on('error', reject)
    call.on('end', () => {
      const answer = firstMessage(Buffer.concat(chunks))
      if (status === '0' && answer) resolve(answer)
      else reject(new GrpcRefusal(Number(status ?? 2), said || 'the answer is empty'))
    })
    call.end(grpcFrame(message))
  })
}

const UNIMPLEMENTED = 12

const CRI_OFF_HINT = "is the CRI plug-in on? `disabled_plugins` in /etc/containerd/config.toml must not name 'cri'"

function explain(error: unknown, socket: string): StepFailed {
  if (error instanceof GrpcRefusal && error.status === UNIMPLEMENTED) return speaksNoCri(socket)
  if (error instanceof GrpcRefusal) return new NotYet(`the runtime at ${socket} answers: ${error.message}`)
  if (error instanceof TooLate)
    return new NotYet(`nothing answers at ${socket} in time`, 'look at the unit: systemctl status')
  if (error instanceof RangeError) return new StepFailed(`what answers at ${socket} does not speak CRI`)
  const why = error instanceof Error ? error.message : String(error)
  return new NotYet(
    `nothing answers at ${socket}: ${why}`,
    'does the runtime run, is this its socket, and may the user one logs in as use it? otherwise add `become: true`',
  )
}

/** The runtime is there, but not the interface. */
export const speaksNoCri = (socket: string): StepFailed =>
  new StepFailed(`the runtime at ${socket} does not speak CRI v1`, CRI_OFF_HINT)

/** What is wrong with the runtime, if anything. */
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
      'CraneSched learns that a container ended from events, which older runtimes do not send',
    )
  }
  if (report.systemdCgroup) {
    return new StepFailed(
      `${runtime} leaves cgroups to systemd; CraneSched needs the cgroupfs driver`,
      'set `SystemdCgroup = false` in the options of the default handler, and restart the runtime',
    )
  }
  if (streamAddress !== undefined && report.streamAddress !== null && report.streamAddress !== streamAddress) {
    return new StepFailed(
      `${runtime} offers the streams of containers at ${report.streamAddress}, not at ${streamAddress}`,
      'look at stream_server_address in its configuration, also in files that it imports',
    )
  }
  for (const type of ['RuntimeReady', ...(network ? ['NetworkReady'] : [])]) {
    const condition = conditions.find((one) => one.type === type)
    if (condition?.status) continue
    const why = [condition?.reason, condition?.message].filter(Boolean).join(': ') || 'it does not say why'
    return new NotYet(`${runtime} at ${socket} is not ready: ${type} is false (${why})`, HINTS[type])
  }
  return undefined
}

const HINTS: Readonly<Record<string, string>> = {
  NetworkReady: 'look at the first file by name in /etc/cni/net.d, and at the plug-ins that it names',
  RuntimeReady: "look at the runtime's journal",
}

/** By the numbers at the front, as many as the floor has: `1.7.24~ds1` and `v1.7` are not older than `1.7`. */
export function isOlder(version: string, floor: string): boolean {
  const numbers = (text: string) => (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? '0').split('.').map(Number)
  const actual = numbers(version)
  for (const [i, wanted] of numbers(floor).entries()) {
    const have = actual[i] ?? 0
    if (have !== wanted) return have < wanted
  }
  return false
}
