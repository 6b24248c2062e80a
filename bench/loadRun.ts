// Prepares a run as the command does, for programs that drive the engine themselves.
import type { RunOptions } from '../src/engine/options.ts'
import { loadTaskTypes } from '../src/run/loadTaskTypes.ts'
import { type PreparedRun, prepareRun } from '../src/run/prepareRun.ts'
import { runOptions as optionsOf } from '../src/run/runOptions.ts'
import { requestFor } from '../src/run/runRequest.ts'

export interface RunFiles {
  readonly inventory: string
  readonly playbook: string
  readonly check?: boolean
  readonly limit?: string
  readonly forks: number
}

export interface LoadedRun extends PreparedRun {
  readonly options: RunOptions
}

/** Reads the task types' files; runs that are loaded later find them in memory. */
export const warmTaskTypes = async (): Promise<void> => void need(await loadTaskTypes([]))

/** @throws Error with all diagnostics: the benchmark's own files are right */
export async function loadRun({ inventory, playbook, forks, check = false, limit }: RunFiles): Promise<LoadedRun> {
  const more = { check, forks, ...(limit !== undefined && { limit }) }
  const request = requestFor([playbook], [inventory], process.cwd(), more)
  const prepared = need(await prepareRun(request))
  return { ...prepared, options: need(optionsOf(request, prepared.playbook)) }
}

function need<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: unknown },
): T {
  if (!result.ok) throw new Error(`the benchmark's own files are wrong: ${JSON.stringify(result.diagnostics, null, 1)}`)
  return result.value
}
