// The controller as its own process, with one thread or several that share the hosts: commands in, measurements out.
import { type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type ControllerFigures, type ControllerOrder, readyController } from './controller.ts'

/** The last line it prints, as JSON. */
export interface ControllerWord {
  /** One of each thread. */
  readonly threads: readonly ControllerFigures[]
  /** Of the run without the loading before it, milliseconds: processor time without the looks at the memory, and wall time. */
  readonly cpuMs: number
  readonly wallMs: number
}

type Go = () => Promise<ControllerFigures>

/** A thread says `ready`, waits for the start signal, and reports its measurements. */
async function readyThread(order: ControllerOrder): Promise<Go> {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: order })
  await once(worker, 'message')
  return async () => {
    worker.postMessage('go')
    const [figures] = await once(worker, 'message')
    return figures as ControllerFigures
  }
}

async function measure(orders: readonly ControllerOrder[]): Promise<void> {
  const [first] = orders
  const ready: Go[] =
    orders.length === 1 && first ? [await readyController(first)] : await Promise.all(orders.map(readyThread))
  const cpu = process.cpuUsage()
  const wall = performance.now()
  const threads = await Promise.all(ready.map((go) => go()))
  const { user, system } = process.cpuUsage(cpu)
  const looksMs = threads.reduce((sum, figures) => sum + figures.looksMs, 0)
  const word: ControllerWord = {
    threads,
    cpuMs: (user + system) / 1000 - looksMs,
    wallMs: performance.now() - wall,
  }
  process.stdout.write(`${JSON.stringify(word)}\n`)
}

async function serve(port: MessagePort, order: ControllerOrder): Promise<void> {
  const go = await readyController(order)
  port.postMessage('ready')
  await once(port, 'message')
  port.postMessage(await go())
  port.close()
}

void (parentPort ? serve(parentPort, workerData) : measure(JSON.parse(process.argv[2] ?? '[]')))
