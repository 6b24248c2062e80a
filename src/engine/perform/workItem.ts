// One task on one host while it is worked on: what is decided for it, and what becomes of it where something throws.
import type { Scope } from '../../model/computed.ts'
import type { ChangeDecision, VerifyDecision } from '../../task/decision.ts'
import type { TaskType } from '../../task/defineTask.ts'
import type { Identity } from '../../transport/session.ts'
import { identityOf } from '../hostRun.ts'
import type { ObserveItem } from '../observe/observeItem.ts'
import { TaskTypeThrew } from '../../model/taskTypeThrew.ts'
import { errorOf } from './guardTaskType.ts'
import { failed, type TaskOutcome } from './taskOutcome.ts'

export interface WorkItem extends ObserveItem {
  /** Of the loop's item. */
  readonly loopVariables?: Scope
  /** `attempt 2 of 4`, where it is made again. */
  readonly attempt?: string
}

/** The user as which it is made, on its delegate where it has one. */
export const identityFor = ({ play, task, on }: Pick<WorkItem, 'play' | 'task' | 'on'>): Identity =>
  identityOf(on.host, task.spec.become, play.spec.become)

/** What is to be made. */
export type Due =
  | ChangeDecision<Readonly<Record<string, unknown>>, unknown>
  | VerifyDecision<Readonly<Record<string, unknown>>, unknown>

export const onlyLooks = (decision: Due): boolean => decision.kind === 'verify' && decision.readOnly === true

/** Thrown by a task type, a probe or a step: the run goes on, and the failure says where. */
export function threw({ task, on: run }: WorkItem, error: unknown): TaskOutcome {
  const method = run.running === undefined ? 'observe' : 'apply'
  run.running = undefined
  run.observing = undefined
  return failed({ cause: thrownBy(task.type, method, error).message, hint: 'fix the task type' })
}

export const thrownBy = ({ name }: Pick<TaskType, 'name'>, method: string, error: unknown): TaskTypeThrew =>
  error instanceof TaskTypeThrew ? error : errorOf(name, method, error)
