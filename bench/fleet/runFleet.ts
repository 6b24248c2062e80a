// One run of the real loader, engine and reporters on simulated hosts, and what it cost the controller.
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startRun } from '../../src/engine/run.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { jsonlReporter } from '../../src/report/jsonlReporter.ts'
import { COLOURLESS } from '../../src/report/palette.ts'
import type { Reporter, Sink } from '../../src/report/reporter.ts'
import { terminalReporter } from '../../src/report/terminalReporter.ts'
import { loadRun, warmTaskTypes } from '../loadRun.ts'
import { type FleetSize, fleetPlaybook } from './fleetPlaybook.ts'
import { SimulatedHost } from './simulatedHost.ts'
import { type Fault, SimulatedTransport } from './simulatedTransport.ts'

export interface FleetRun extends FleetSize {
  readonly forks: number
  readonly latencyMs: number
  /** `none`: the engine alone. `records`: the event stream on disk. `terminal`: live rows too, and the records. */
  readonly report: 'none' | 'records' | 'terminal'
  readonly check?: boolean
  /** Every so many hosts one cannot be reached or is lost at its first request, in turns. */
  readonly oneFaultIn?: number
}

export interface FleetFigures {
  readonly hosts: number
  readonly tasks: number
  /** Task results by outcome. */
  readonly outcomes: Readonly<Record<string, number>>
  readonly events: number
  readonly roundTrips: { readonly least: number; readonly most: number }
  readonly connections: number
  readonly mostOpen: number
  /** Processor time, milliseconds: to load inventory and playbook; of the run without the hosts' side. */
  readonly loadMs: number
  readonly runMs: number
  /** Of the run, for one task on one host. */
  readonly microsecondsPerTask: number
  /** Held, above what the process held before the run, at its highest. */
  readonly heapBytesPerHost: number
  /** The same of the process, what is free again included. */
  readonly residentBytesPerHost: number
  readonly recordBytes: number
  /** Frames that the terminal drew in the fullest second, and in all. */
  readonly framesInASecond: number
  readonly frames: number
  /** The longest time in which nothing else could run, milliseconds of wall time. */
  readonly longestBlockMs: number
}

export async function runFleet(run: FleetRun): Promise<FleetFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'crane-play-fleet-'))
  try {
    return await runIn(directory, run)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function runIn(directory: string, run: FleetRun): Promise<FleetFigures> {
  const fleet = fleetPlaybook(run)
  const hosts = new Map(fleet.hosts.map((name, i) => [name, new SimulatedHost(name, i, fleet.image)]))
  const [hostsFile, playbookFile] = [join(directory, 'hosts'), join(directory, 'site.yml')]
  writeFileSync(hostsFile, fleet.inventory)
  writeFileSync(playbookFile, fleet.playbook)
  if (fleet.groupVars !== undefined) {
    mkdirSync(join(directory, 'group_vars'))
    writeFileSync(join(directory, 'group_vars/compute.yml'), fleet.groupVars)
  }
  await warmTaskTypes()

  globalThis.gc?.()
  const before = process.memoryUsage()
  const loading = process.cpuUsage()
  const loaded = await loadRun({
    inventory: hostsFile,
    playbook: playbookFile,
    check: run.check ?? false,
    forks: 1,
  })
  const loadMs = spent(loading)

  const transport = new SimulatedTransport({
    hosts,
    latencyMs: run.latencyMs,
    faults: faultsOf(fleet.hosts, run.oneFaultIn ?? Number.POSITIVE_INFINITY),
  })
  const watch = new Watch(Math.ceil((run.hosts * run.tasks) / 5))
  const records = new Records(join(directory, 'events.jsonl'))
  const reporter = makeReporter(run.report, records, watch)
  const outcomes: Record<string, number> = {}
  let events = 0
  let trips: readonly number[] = []
  const running = process.cpuUsage()
  const { done } = startRun({
    ...loaded,
    transport,
    options: { ...loaded.options, forks: run.forks, connectDeadlineMs: 60_000 },
    emit: (event: RunEvent) => {
      events++
      watch.look()
      if (event.type === 'task-result') outcomes[event.result.outcome] = (outcomes[event.result.outcome] ?? 0) + 1
      if (event.type === 'run-ended') trips = Object.values(event.roundTrips)
      for (const one of reporter) one.event(event)
    },
    readFile: () => new Uint8Array(),
    clock: Date.now,
  })
  await done
  for (const one of reporter) await one.end()
  const runMs = spent(running) - transport.hostMicroseconds / 1000 - watch.spentMs
  const peak = watch.stop()
  records.close()
  return {
    hosts: run.hosts,
    tasks: run.tasks,
    outcomes,
    events,
    roundTrips: { least: Math.min(...trips), most: Math.max(...trips) },
    connections: transport.connections,
    mostOpen: transport.mostOpen,
    loadMs,
    runMs,
    microsecondsPerTask: (runMs * 1000) / (run.hosts * run.tasks),
    heapBytesPerHost: (peak.heap - before.heapUsed) / run.hosts,
    residentBytesPerHost: (peak.resident - before.rss) / run.hosts,
    recordBytes: records.bytes,
    framesInASecond: watch.framesInASecond,
    frames: watch.frames,
    longestBlockMs: peak.longestBlock,
  }
}

const FAULTS: readonly Fault[] = ['unreachable', 'lost']

function faultsOf(hosts: readonly string[], every: number): ReadonlyMap<string, Fault> {
  const faulty = hosts.filter((_, i) => (i + 1) % every === 0)
  return new Map(faulty.map((name, i) => [name, FAULTS[i % FAULTS.length] as Fault]))
}

function makeReporter(report: FleetRun['report'], records: Records, watch: Watch): readonly Reporter[] {
  if (report === 'none') return []
  const onDisk = jsonlReporter(records)
  if (report === 'records') return [onDisk]
  const nowhere: Sink = { out: () => {}, err: () => {} }
  const options = { verbosity: 0, diff: true, palette: COLOURLESS, terminalPalette: COLOURLESS }
  const terminal = { columns: 100, rows: 40, write: (text: string) => watch.drawn(text) }
  return [onDisk, terminalReporter(nowhere, { ...options, terminal })]
}

/** The event stream in a file, written in pieces. */
class Records implements Sink {
  readonly #file: number
  #held: string[] = []
  #length = 0
  bytes = 0

  constructor(path: string) {
    this.#file = openSync(path, 'w')
  }

  out(text: string): void {
    this.#held.push(text)
    this.#length += text.length
    if (this.#length > 1 << 20) this.#write()
  }

  err(): void {}

  close(): void {
    this.#write()
    closeSync(this.#file)
  }

  #write(): void {
    this.bytes += writeSync(this.#file, this.#held.join(''))
    this.#held = []
    this.#length = 0
  }
}

/** Looks at memory now and then, counts frames, and notices how long nothing else could run. */
class Watch {
  readonly #every: number
  #heap = 0
  #resident = 0
  #looks = 0
  /** Processor time that the looks took, milliseconds. */
  spentMs = 0
  #longest = 0
  #turn = performance.now()
  readonly #drawn: number[] = []
  readonly #timer = setInterval(() => this.#tick(), 10)

  /** `every`: events between two looks at the memory. */
  constructor(every: number) {
    this.#every = every
  }

  look(): void {
    if (this.#looks++ % this.#every !== 0) return
    // Without this it would be counted what nobody holds any more; the resident size counts it all the same.
    const before = process.cpuUsage()
    globalThis.gc?.()
    const { heapUsed, rss } = process.memoryUsage()
    this.spentMs += spent(before)
    this.#heap = Math.max(this.#heap, heapUsed)
    this.#resident = Math.max(this.#resident, rss)
  }

  #tick(): void {
    const now = performance.now()
    this.#longest = Math.max(this.#longest, now - this.#turn)
    this.#turn = now
  }

  /** A frame is what holds text, not the erasing before it. */
  drawn(text: string): void {
    if (/[A-Za-z]{3}/.test(text)) this.#drawn.push(performance.now())
  }

  get frames(): number {
    return this.#drawn.length
  }

  get framesInASecond(): number {
    const counts = this.#drawn.map((at) => this.#drawn.filter((other) => other >= at && other < at + 1000).length)
    return Math.max(0, ...counts)
  }

  stop(): { readonly heap: number; readonly resident: number; readonly longestBlock: number } {
    this.#tick()
    clearInterval(this.#timer)
    globalThis.gc?.()
    this.#looks = 0
    this.look()
    return { heap: this.#heap, resident: this.#resident, longestBlock: this.#longest }
  }
}

const spent = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}
