// What a play, a block or an import sets for the tasks inside; a task’s own setting wins.
import type { ParsedNode, ParsedShared, ParsedTask } from './parsed.ts'

export function handDown(outer: ParsedShared, nodes: readonly ParsedNode[]): readonly ParsedNode[] {
  return nodes.map((node) =>
    node.kind === 'task'
      ? toTask(outer, node)
      : {
          ...node,
          body: handDown(outer, node.body),
          rescue: handDown(outer, node.rescue),
          always: handDown(outer, node.always),
        },
  )
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
function flagsOf(outer: ParsedShared): Partial<ParsedShared> {
  const {
    ignoreErrors,
    ignoreUnreachable,
    checkMode,
    diff,
    timeoutSeconds,
    runOnce,
    anyErrorsFatal,
    throttle,
    delegateTo,
  } = outer
  const flags = {
    ignoreErrors,
    ignoreUnreachable,
    checkMode,
    diff,
    timeoutSeconds,
    runOnce,
    anyErrorsFatal,
    throttle,
    delegateTo,
  }
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined))
}
