// Plays drawn at random, as the text of a playbook: what is written around their tasks goes the whole way from the file.
import type { Json } from '../../src/model/inventory.ts'
import type { TaskType } from '../../src/task/defineTask.ts'
import { inventoryOf, load, told } from '../playbook/world.ts'
import { drawnFacts, type DrawnNode, type DrawnPlay, type DrawnTask, drawnTypes, HOSTS } from './generatedPlays.ts'

export type Words = Readonly<Record<string, Json>>

/** The drawn expressions are JavaScript on `scope`. */
const celOf = (text: string): string =>
  text
    .replace(/scope\.facts\.(\w+)\.at\(('\w+')\)/g, 'facts.$1[$2]')
    .replace(/scope\.(\w+)\.results\.length/g, 'size($1.results)')
    .replaceAll('?.', '.')
    .replaceAll('===', '==')
    .replaceAll('!==', '!=')
    .replaceAll('scope.', '')

const inBraces = (text: string): string => `{{ ${celOf(text)} }}`

/** `always` is a part of a block. */
const wordFor = (type: string): string => (type === 'always' ? 'repeat' : type)

function taskOf(drawn: DrawnTask): Words {
  const { name, type, params, reads, when, loop, until, failedWhen, changedWhen, delegateTo, register, notify } = drawn
  const read = Object.entries(reads).map(([key, text]) => [key, key === 'that' ? celOf(text) : inBraces(text)])
  return {
    name,
    [wordFor(type)]: { ...params, ...(Object.fromEntries(read) as Words) },
    ...(when.length > 0 && { when: when.map(celOf) }),
    ...(register !== undefined && { register }),
    ...(loop !== undefined && { loop: inBraces(loop) }),
    ...(until !== undefined && { until: celOf(until), retries: 1, delay: 1 }),
    ...(failedWhen !== undefined && { failed_when: celOf(failedWhen) }),
    ...(changedWhen !== undefined && { changed_when: celOf(changedWhen) }),
    ...(drawn.ignoreErrors && { ignore_errors: true }),
    ...(drawn.runOnce && { run_once: true }),
    ...(drawn.anyErrorsFatal && { any_errors_fatal: true }),
    ...(delegateTo !== undefined && { delegate_to: inBraces(delegateTo) }),
    ...(notify.length > 0 && { notify: [...notify] }),
  }
}

const nodesOf = (nodes: readonly DrawnNode[]): Words[] =>
  nodes.map((node) => {
    if (node.kind === 'task') return taskOf(node)
    const [block, rescue, always] = [node.body, node.rescue, node.always].map(nodesOf) as [Words[], Words[], Words[]]
    return { block, ...(rescue.length > 0 && { rescue }), ...(always.length > 0 && { always }) }
  })

/** Tasks and blocks of a file, which may be written in another way. */
export interface WrittenPlay {
  readonly vars: Words
  readonly tasks: readonly Words[]
  readonly handlers: readonly Words[]
  /** Files of tasks or of variables, by name. */
  readonly files: Readonly<Record<string, readonly Words[] | Words>>
  readonly varsFiles?: readonly string[]
}

export const writtenPlay = ({ nodes, handlers }: DrawnPlay): WrittenPlay => ({
  vars: { v: 'x', follows: '{{ inner }}', inner: '{{ facts.thing[which] }}', which: 'k3' },
  tasks: nodesOf(nodes),
  handlers: handlers.map(taskOf),
  files: {},
})

export const writtenTypes: ReadonlyMap<string, TaskType> = new Map(
  [...drawnTypes].map(([name, type]): [string, TaskType] => [
    wordFor(name),
    { ...type, name: wordFor(name), judgedByUser: true },
  ]),
)

/** As the loader makes it of the text; `check`: for check mode. */
export function loadWritten({ vars, tasks, handlers, files, varsFiles = [] }: WrittenPlay, check: boolean) {
  const text = (value: unknown) => JSON.stringify(value, null, 1)
  const loaded = load(
    {
      'site.yml': text([{ name: 'drawn', hosts: 'all', vars, vars_files: varsFiles, tasks, handlers }]),
      ...Object.fromEntries(Object.entries(files).map(([name, inside]) => [name, text(inside)])),
    },
    {
      catalogue: writtenTypes,
      facts: drawnFacts,
      inventory: inventoryOf(Object.fromEntries(HOSTS.map((name) => [name, {}]))),
      check,
    },
  )
  if (!loaded.ok) throw new Error(told(loaded.diagnostics).join('\n'))
  return loaded.value.plays
}
