// Loads a playbook and its inventory as the command does, for programs that drive the engine themselves.
import type { RunOptions } from '../src/engine/options.ts'
import { selectHosts } from '../src/inventory/hostPattern.ts'
import { loadInventory } from '../src/inventory/loadInventory.ts'
import type { Inventory } from '../src/model/inventory.ts'
import type { ValidPlaybook } from '../src/model/playbook.ts'
import { loadPlaybooks } from '../src/playbook/loadPlaybooks.ts'
import { loadTaskTypes } from '../src/run/loadTaskTypes.ts'
import type { TaskType } from '../src/task/defineTask.ts'

export type TaskTypes = ReadonlyMap<string, TaskType>

export interface RunFiles {
  readonly inventory: string
  readonly playbook: string
  readonly check?: boolean
  readonly limit?: string
}

export interface LoadedRun {
  readonly inventory: Inventory
  readonly playbook: ValidPlaybook
  readonly taskTypes: TaskTypes
}

export const ownTaskTypes = async (): Promise<TaskTypes> => need(await loadTaskTypes([]))

/** @throws Error with all diagnostics: the benchmark's own files are right */
export function loadRun(files: RunFiles, taskTypes: TaskTypes): LoadedRun {
  const inventory = need(loadInventory({ sources: [files.inventory] }))
  const playbook = need(
    loadPlaybooks({
      paths: [files.playbook],
      catalogue: taskTypes,
      inventory,
      check: files.check ?? false,
      selectHosts: (pattern, at) => selectHosts(pattern, inventory, at),
      ...(files.limit !== undefined && { limit: files.limit }),
    }),
  )
  return { inventory, playbook, taskTypes }
}

/** As the command line sets them. */
export const runOptions = (forks: number, check = false): RunOptions => ({
  check,
  forks,
  acceptNewHostKeys: false,
  connectDeadlineMs: 15_000,
  probeDeadlineMs: 60_000,
  trace: false,
})

function need<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly diagnostics: unknown },
): T {
  if (!result.ok) throw new Error(`the benchmark's own files are wrong: ${JSON.stringify(result.diagnostics, null, 1)}`)
  return result.value
}
