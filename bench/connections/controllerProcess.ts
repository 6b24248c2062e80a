// Runs the controller in its own process, with a garbage collection before its memory is measured.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { ControllerOrder } from './controller.ts'
import type { ControllerWord } from './controllerProgram.ts'

/** Then something is wrong: a thousand hosts take seconds. */
const DEADLINE_MS = 300_000

/** `program`: controllerProgram.ts, built. One order for each thread. Rejects when it fails. */
export async function runController(program: string, orders: readonly ControllerOrder[]): Promise<ControllerWord> {
  const args = ['--expose-gc', program, JSON.stringify(orders)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], timeout: DEADLINE_MS })
  const [said, [status, signal]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (status !== 0) throw new Error(`the controller ended (${status ?? signal})`)
  return JSON.parse(said) as ControllerWord
}
