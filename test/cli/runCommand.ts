// Runs the command in this process, with streams and signals of the test's own.
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { main } from '../../src/cli/main.ts'
import type { StopSignal } from '../../src/cli/signals.ts'
import type { Sized } from '../../src/report/terminalSize.ts'

export interface CommandRun {
  readonly status: number
  readonly out: string
  readonly err: string
  /** What the process would have left with at once, if it would. */
  readonly left: readonly number[]
}

export interface RunningCommand {
  readonly done: Promise<CommandRun>
  readonly text: { out: string; err: string }
  readonly left: readonly number[]
  signal(name: StopSignal): void
}

export const startCommand = (...argv: string[]): RunningCommand => startCommandOn({}, ...argv)

/** With streams that say they are so large. */
export function startCommandOn(size: Sized, ...argv: string[]): RunningCommand {
  const text = { out: '', err: '' }
  const left: number[] = []
  const signals = new EventEmitter()
  const done = main(argv, {
    stdout: Object.assign(new PassThrough(), size),
    stderr: Object.assign(new PassThrough(), size),
    stdin: new PassThrough(),
    env: {},
    signals,
    sink: { out: (more) => void (text.out += more), err: (more) => void (text.err += more) },
    atBug: () => {},
    leave: (status) => void left.push(status),
  }).then((status) => ({ status, left, ...text }))
  return { done, text, left, signal: (name) => void signals.emit(name, name) }
}

export const runCommand = (...argv: string[]): Promise<CommandRun> => startCommand(...argv).done
