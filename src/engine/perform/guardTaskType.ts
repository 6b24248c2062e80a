// Contains errors that a task type throws: the message names the type, the method and the place in its file.
import type { TaskType } from '../../task/defineTask.ts'

/** Ends as a failure of the task on that host. The message is for its author. */
export class TaskTypeThrew extends Error {
  constructor(type: string, method: string, error: unknown) {
    super(`${type} threw in ${method}: ${messageOf(error)}${placeOf(type, error)}`)
  }
}

const METHODS = ['writes', 'observe', 'decide', 'apply', 'collect', 'followUp', 'explain', 'deadlineSeconds'] as const

export function guardTaskType(type: TaskType): TaskType {
  const guarded: Record<string, unknown> = {}
  for (const name of METHODS) {
    const method = type[name] as ((...given: unknown[]) => unknown) | undefined
    if (!method) continue
    guarded[name] = (...given: unknown[]) => {
      try {
        return method.apply(type, given)
      } catch (error) {
        throw error instanceof TaskTypeThrew ? error : new TaskTypeThrew(type.name, name, error)
      }
    }
  }
  return { ...type, ...guarded }
}

/** One line. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message || error.name : String(error)).split('\n', 1)[0] ?? ''

/** ` (site/ensureLine.ts:24:11)`: the type's own file where the stack names it, else where it was thrown. */
export function placeOf(type: string, error: unknown): string {
  const frames =
    error instanceof Error ? [...(error.stack ?? '').matchAll(/([^\s(/]+\/)?([^\s(/]+:\d+:\d+)\)?$/gm)] : []
  const own = frames.find(([, , file = '']) => file.startsWith(`${type}.`)) ?? frames[0]
  return own ? ` (${own[1] ?? ''}${own[2]})` : ''
}
