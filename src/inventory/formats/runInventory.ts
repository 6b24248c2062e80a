// An executable inventory: runs it with --list and reads the JSON that it prints.
import { spawnSync, type SpawnSyncOptions } from 'node:child_process'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import type * as Zx from 'zx/core'
import { programOptions } from '../../model/programOptions.ts'
import type { Draft } from '../draft.ts'
import { readInventoryOutput } from './readInventoryOutput.ts'

const MOST_OUTPUT_BYTES = 64 * 1024 * 1024

/** Runs the file itself. It is run once, not once for each host. */
export function runInventory(path: string, deadlineMs: number, draft: Draft): void {
  const directory = dirname(path)
  // Loaded here because most inventories run nothing.
  const { $ } = createRequire(import.meta.url)('zx/core') as typeof Zx
  const bounded = (shell: string, args: readonly string[], options: SpawnSyncOptions) =>
    spawnSync(shell, args, { ...options, timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT_BYTES })
  const run = $.sync({
    ...programOptions,
    stdio: ['ignore', 'pipe', 'pipe'],
    spawnSync: bounded as typeof spawnSync,
  })`${join(resolve(directory), basename(path))} --list`
  const lastLine = run.stderr.trimEnd().split('\n').at(-1)
  const hint = lastLine ? `it printed: ${lastLine.slice(0, 200)}` : undefined
  const fail = (message: string, why = hint) =>
    draft.findings.error('inventory-script', `the inventory ${path} ${message}`, undefined, why)
  const error = run.cause as NodeJS.ErrnoException | undefined
  if (error?.code === 'ETIMEDOUT') return fail(`did not finish within ${deadlineMs / 1000} s and was killed`)
  if (error?.code === 'ENOBUFS') return fail('printed more than 64 MiB')
  // The statuses of a shell that cannot start a program, such as one whose first line names no interpreter.
  if (error || run.exitCode === 126 || run.exitCode === 127) return fail('cannot be executed')
  if (run.exitCode !== 0) return fail(run.signal ? `was ended by ${run.signal}` : `exited with status ${run.exitCode}`)
  readInventoryOutput(run.stdout, path, draft)
}
