// The task types of the language: they ask a host nothing. Those that affect the play do so in the schedule.
import type { Json } from '../../model/inventory.ts'
import { type ConditionValue, INCLUDE_TASKS, LANGUAGE_TASKS, type LanguageTaskName } from '../../model/languageTasks.ts'
import { ok, refuse } from '../../task/decision.ts'
import type { TaskType } from '../../task/defineTask.ts'

type Params = Readonly<Record<string, Json>>
type Decide = (params: Params) => ReturnType<TaskType['decide']>

const DECIDE: Readonly<Record<LanguageTaskName, Decide>> = {
  setVars: (params) => ok({ note: Object.keys(params).join(', '), data: params }),
  assert({ that, message }) {
    const conditions = that as unknown as readonly ConditionValue[]
    const wrong = conditions.filter(({ holds }) => !holds).map(({ condition }) => condition)
    if (wrong.length === 0) return ok()
    const found = `${wrong.length === 1 ? 'does not hold' : 'do not hold'}: ${wrong.join('; ')}`
    return refuse(typeof message === 'string' ? `${message} (${found})` : found)
  },
  fail: ({ message, hint }) => refuse(String(message), typeof hint === 'string' ? hint : undefined),
  print: ({ value }) => ok({ note: typeof value === 'string' ? value : JSON.stringify(value) }),
  pause: ({ seconds = 0 }) => ok({ note: `${String(seconds)} s`, data: { answer: '' } }),
  flushHandlers: () => ok(),
  endHost: () => ok(),
  endPlay: () => ok(),
  include_tasks: () => ok(),
}

export const LANGUAGE_TYPES: ReadonlyMap<string, TaskType> = new Map(
  [...LANGUAGE_TASKS, INCLUDE_TASKS].map((info): [string, TaskType] => [
    info.name,
    {
      ...info,
      dueByFacts: false,
      followsOthers: false,
      controllerFiles: [],
      writes: () => [],
      observe: () => ({}),
      decide: ({ params }) => DECIDE[info.name](params),
      apply: () => [],
      deadlineSeconds: () => 0,
    },
  ]),
)
