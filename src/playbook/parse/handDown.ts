// What a play, a block or an import sets for the tasks inside; a task’s own setting wins.
import type { ParsedNode, ParsedShared, ParsedTask } from './parsed.ts'

export function handDown(outer: ParsedShared, nodes: readonly ParsedNode[]): readonly ParsedNode[] {
  return nodes.map((node) => {
    switch (node.kind) {
      case 'task':
        return toTask(outer, node)
      case 'block':
        return {
          ...node,
          body: handDown(outer, node.body),
          rescue: handDown(outer, node.rescue),
          always: handDown(outer, node.always),
        }
      case 'choice': {
        const branches = [...node.branches].map(([file, inner]) => [file, handDown(outer, inner)] as const)
        return { ...node, task: toTask(forChoosing(outer), node.task), branches: new Map(branches) }
      }
    }
  })
}

/** Choosing a file asks no host and changes nothing: words about that are for the tasks in the file. */
export function forChoosing({
  runOnce: _,
  throttle: _throttle,
  delegateTo: _to,
  ...outer
}: ParsedShared): ParsedShared {
  return { ...outer, environments: [], notify: [] }
}

export function toTask(outer: ParsedShared, task: ParsedTask): ParsedTask {
  return {
    ...flagsOf(outer),
    ...task,
    when: [...outer.when, ...task.when],
    tags: [...outer.tags, ...task.tags],
    vars: [...outer.vars.filter((one) => !task.vars.some((own) => own.key === one.key)), ...task.vars],
    become: { ...outer.become, ...task.become },
    environments: [...outer.environments, ...task.environments],
    notify: [...outer.notify, ...task.notify],
  }
}

/** Words of which the innermost counts. */
const FLAGS = [
  'ignoreErrors',
  'ignoreUnreachable',
  'checkMode',
  'diff',
  'timeoutSeconds',
  'runOnce',
  'anyErrorsFatal',
  'throttle',
  'delegateTo',
] as const satisfies readonly (keyof ParsedShared)[]

const flagsOf = (outer: ParsedShared): Partial<ParsedShared> =>
  Object.fromEntries(FLAGS.flatMap((flag) => (outer[flag] === undefined ? [] : [[flag, outer[flag]]])))
