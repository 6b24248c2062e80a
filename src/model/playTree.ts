// A play as a tree: blocks, and the tasks that are its leaves. What a block states for its tasks is compiled into them.
import type { Diagnostic, SourceSpan } from './diagnostic.ts'
import type { Become, Json } from './inventory.ts'
import type { Computed } from './computed.ts'

export type PlayNode = TaskSpec | BlockSpec | ChoiceSpec

export interface LoopSpec {
  readonly items: Computed<readonly Json[]>
  /** `loop_control.loop_var`, default `item`. */
  readonly as: string
  /** `loop_control.index_var`. */
  readonly indexAs?: string
  /** `loop_control.label`: what is shown in place of the item. It sees the loop's variables. */
  readonly label?: Computed<Json>
  /** `loop_control.pause`: seconds between two items. */
  readonly pauseSeconds?: number
}

/** `until`, `retries`, `delay`: the task is made again until all conditions hold. */
export interface RetrySpec {
  /** They read the task's own result, see `RESULT_NAME`. Empty: until it does not fail. */
  readonly until: readonly Computed<boolean>[]
  /** Attempts after the first one. */
  readonly retries: Computed<number>
  readonly delaySeconds: Computed<number>
}

/** The name by which `until`, `changed_when` and `failed_when` read the task's own result, beside its `register`. */
export const RESULT_NAME = 'result'

/** The name by which the tasks of a `rescue` read what failed: a `FailureFacts`. */
export const FAILURE_NAME = 'failure'

export interface TaskSpec {
  /** Absent: a task. */
  readonly kind?: 'task'
  /** `0/3`, `0/h1`: see TaskRef. */
  readonly id: string
  readonly at: SourceSpan
  /** As it is written, its `{{ … }}` too: their values differ between hosts, and may be secret. */
  readonly name: string
  /** A task type, or one of `LANGUAGE_TASKS`. */
  readonly type: string
  /** Already checked for every host where nothing in it waits for a registered result. */
  readonly params: Computed<Readonly<Record<string, Json>>>
  /** Checks parameters that were only known at run time (a registered result, a loop over one). */
  checkParams(params: Readonly<Record<string, Json>>): readonly Diagnostic[]
  /** All must hold; those of the blocks around it come first. Evaluated for each item of a loop. */
  readonly when: readonly Computed<boolean>[]
  readonly loop?: LoopSpec
  readonly register?: string
  /** For `setVars`: the names that it sets. */
  readonly sets?: readonly string[]
  /** Names of handlers or of `listen` topics; known to exist. */
  readonly notify: readonly string[]
  /** For handlers. */
  readonly listen: readonly string[]
  /** With those of its play, blocks and imports. */
  readonly tags: readonly string[]
  /** For handlers: neither its own tags nor those of a task that notifies it are selected. Facts alone do not make it due. */
  readonly onlyNotified?: boolean
  /**
   * Those of the blocks around it first, in an order in which each reads only those before it. They are evaluated before
   * the loop and see no loop variable.
   */
  readonly vars: Readonly<Record<string, Computed<Json>>>
  /** Absent: as the play or the host says. */
  readonly become?: Partial<Become>
  readonly ignoreErrors: boolean
  /** A host that cannot be reached is left out of this task only; the next one tries again. */
  readonly ignoreUnreachable?: boolean
  /** Absent: as the command line says. */
  readonly checkMode?: boolean
  /** Whether its diffs are shown. Absent: as the command line says. */
  readonly diff?: boolean
  /** `timeout:` in seconds, for its probes and for each attempt; absent: the task type's own. */
  readonly timeoutSeconds?: number
  readonly environment: Computed<Readonly<Record<string, string>>>
  readonly retry?: RetrySpec
  /** All must hold, or the task is not `changed`. They read the task's own result. Absent: as the task type says. */
  readonly changedWhen?: readonly Computed<boolean>[]
  /** All must hold for the task to be `failed`. They read the task's own result. Absent: as the task type says. */
  readonly failedWhen?: readonly Computed<boolean>[]
  /** Made on the first host that is left in the batch; its result is everyone's. */
  readonly runOnce?: boolean
  /** The host that is connected to and looked at, by its inventory name. Variables and counts stay those of the play's host. */
  readonly delegateTo?: Computed<string>
  /** At most so many hosts at once. */
  readonly throttle?: number
  /** A failure ends the play for all hosts of the batch; their rescues and always still run. */
  readonly anyErrorsFatal?: boolean
}

/**
 * Tasks that share what is done when one of them fails. `rescue` is for hosts on which the body failed, `always` for all
 * that are not lost. A host that was rescued goes on behind the block.
 */
export interface BlockSpec {
  readonly kind: 'block'
  /** Unique in a run, as a task's. */
  readonly id: string
  readonly at: SourceSpan
  readonly name?: string
  readonly body: readonly PlayNode[]
  readonly rescue: readonly PlayNode[]
  readonly always: readonly PlayNode[]
}

/**
 * A file of tasks that each host names: it does the tasks of its branch only. Where `task` is skipped or fails it does none
 * of them, and the task is reported.
 */
export interface ChoiceSpec {
  readonly kind: 'choice'
  /** Its parameter `file` is a key of `branches`. */
  readonly task: TaskSpec
  readonly branches: ReadonlyMap<string, readonly PlayNode[]>
}

/** The tasks of a tree in the order in which they are written. */
export function leavesOf(nodes: readonly PlayNode[]): readonly TaskSpec[] {
  return nodes.flatMap((node) => {
    switch (node.kind) {
      case 'block':
        return [node.body, node.rescue, node.always].flatMap(leavesOf)
      case 'choice':
        return [node.task, ...[...node.branches.values()].flatMap(leavesOf)]
      default:
        return [node]
    }
  })
}
