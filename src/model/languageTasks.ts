// The task types that belong to the language: they ask nothing of a host, and the engine itself carries them out.
import type { TaskTypeInfo } from './catalogue.ts'

const object = (properties: Readonly<Record<string, object>>, ...required: readonly string[]) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length > 0 && { required }),
})

const text = (description: string) => ({ type: 'string', description })

/** Parameters as the author writes them; those named in `conditions` are compiled as conditions, see TaskTypeInfo. */
export const LANGUAGE_TASKS = [
  {
    name: 'setVars',
    summary: 'Sets variables of the host for the tasks that follow.',
    params: { type: 'object', minProperties: 1, description: 'names of variables, and their values.' },
  },
  {
    name: 'assert',
    summary: 'Fails unless all conditions hold, and reports every one that does not.',
    shorthand: 'that',
    conditions: ['that'],
    params: object(
      {
        that: {
          anyOf: [
            { type: 'string', minLength: 1 },
            { type: 'array', minItems: 1, items: { type: 'string' } },
          ],
          description: 'Conditions, as in `when`.',
        },
        message: text('What to say when one does not hold.'),
      },
      'that',
    ),
  },
  {
    name: 'fail',
    summary: 'Fails with a message.',
    shorthand: 'message',
    params: object({ message: text('The cause of the failure.'), hint: text('What to do about it.') }, 'message'),
  },
  {
    name: 'print',
    summary: 'Shows a value or a message.',
    shorthand: 'value',
    params: object({ value: { description: 'A message, or any value.' } }, 'value'),
  },
  {
    name: 'pause',
    summary: 'Waits some seconds, or for an answer on the terminal.',
    shorthand: 'seconds',
    params: object({
      seconds: { type: 'number', minimum: 0, description: 'How long to wait.' },
      prompt: text(
        'A question, asked on the terminal once for all hosts of a batch. Without a terminal the task fails; check mode does not ask.',
      ),
    }),
    result: object({ answer: { type: 'string', description: 'What was typed; empty without a prompt.' } }),
    check: ({ seconds, prompt }: { readonly seconds?: number; readonly prompt?: string }) =>
      seconds !== undefined && prompt !== undefined
        ? [{ path: '', message: 'needs seconds or prompt, not both', hint: 'write two tasks' }]
        : seconds === undefined && prompt === undefined
          ? [{ path: '', message: 'needs seconds or prompt', hint: "write `pause: { prompt: 'Continue?' }`" }]
          : [],
  },
  { name: 'flushHandlers', summary: 'Runs the handlers that are due now.', params: object({}) },
  { name: 'endHost', summary: 'Ends the play for this host, without a failure.', params: object({}) },
  { name: 'endPlay', summary: 'Ends the play for all its hosts, without a failure.', params: object({}) },
] as const satisfies readonly TaskTypeInfo[]

/** What stands for `include_tasks` where each host names its own file: `file` is its path. No playbook writes it as a type. */
export const INCLUDE_TASKS = {
  name: 'include_tasks',
  summary: 'Chooses a file of tasks.',
  shorthand: 'file',
  params: object({ file: text('Its path.') }, 'file'),
} as const satisfies TaskTypeInfo

export type LanguageTaskName = (typeof LANGUAGE_TASKS)[number]['name'] | typeof INCLUDE_TASKS.name

/** What a compiled condition parameter holds: one for each condition. */
export interface ConditionValue {
  readonly condition: string
  readonly holds: boolean
}
