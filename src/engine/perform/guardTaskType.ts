// Contains errors that a task type throws or returns: the message names the type, the method and the place in its file.
import { TaskTypeThrew } from '../../model/taskTypeThrew.ts'
import type { TaskType } from '../../task/defineTask.ts'

/** The error of a method of a task type, with the method and the place. */
export const errorOf = (type: string, method: string, error: unknown): TaskTypeThrew =>
  new TaskTypeThrew(
    error instanceof WrongReturn
      ? `${type} is wrong in ${method}: ${error.message}`
      : `${type} threw in ${method}: ${messageOf(error)}${placeOf(type, error)}`,
  )

/** A method returned what its type does not allow; nothing but the author's editor has checked it before. */
class WrongReturn extends Error {}

const METHODS = [
  'check',
  'writes',
  'observe',
  'decide',
  'apply',
  'collect',
  'followUp',
  'explain',
  'deadlineSeconds',
] as const

export function guardTaskType(type: TaskType): TaskType {
  const guarded: Record<string, unknown> = {}
  for (const name of METHODS) {
    const method = type[name] as ((...given: unknown[]) => unknown) | undefined
    if (!method) continue
    guarded[name] = (...given: unknown[]) => {
      try {
        const returned = method.apply(type, given)
        const wrong = RETURNS[name]?.(returned)
        if (wrong !== undefined) throw new WrongReturn(wrong)
        return returned
      } catch (error) {
        throw error instanceof TaskTypeThrew ? error : errorOf(type.name, name, error)
      }
    }
  }
  return { ...type, ...guarded }
}

const DECISIONS = ['ok', 'change', 'verify', 'refuse']

/** What is wrong with what a method returned, or undefined. */
const RETURNS: Partial<Record<(typeof METHODS)[number], (returned: unknown) => string | undefined>> = {
  observe(returned) {
    if (!isMap(returned)) return 'it returns no map of probes'
    const name = Object.keys(returned).find((key) => returned[key] && !isProbe(returned[key]))
    return name === undefined ? undefined : `'${name}' is not a probe, such as commandOutput(…)`
  },
  decide(returned) {
    if (!isMap(returned) || !DECISIONS.includes(String(returned['kind'])))
      return 'it does not return ok(), change(…), verify(…) or refuse(…)'
    const needsAfter = returned['kind'] === 'change' || returned['kind'] === 'verify'
    return needsAfter && !isMap(returned['after']) ? `its ${returned['kind']}(…) has no \`after\`` : undefined
  },
  apply(returned) {
    if (!Array.isArray(returned)) return 'it does not return a list of steps'
    return returned.every((step) => isMap(step) && typeof step['label'] === 'string')
      ? undefined
      : 'its list has an entry that is not a step, such as command(…)'
  },
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isProbe = (value: unknown): boolean => isMap(value) && isMap(value['kind']) && typeof value['key'] === 'string'

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
