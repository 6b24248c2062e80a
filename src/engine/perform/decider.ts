// Asks a task type for its decision, with the files of the controller and the times that it may need.
import { refuse } from '../../task/decision.ts'
import type { TaskType } from '../../task/defineTask.ts'
import type { Resolved } from '../prepare.ts'
import { type FileContents, Unreadable } from './fileContents.ts'
import type { WorkItem } from './workItem.ts'

/** Microseconds; later than any clock of a host, and still an exact number after many ticks. */
const FUTURE = 2 ** 52

export class Decider {
  readonly #files: FileContents
  readonly #clock: () => number
  #ticks = 0

  constructor({ files, clock }: { readonly files: FileContents; readonly clock: () => number }) {
    this.#files = files
    this.#clock = clock
  }

  ask(
    { task, on }: WorkItem,
    { params, watched }: Resolved,
    observed: Readonly<Record<string, unknown>>,
    notified: boolean,
  ): ReturnType<TaskType['decide']> {
    const files = this.#files.of(task, params)
    if (files instanceof Unreadable) return refuse(files.cause, 'it could be read when the run began')
    const kept = this.#files.kept(task, params)
    if (kept instanceof Unreadable) return refuse(kept.cause)
    const now = this.#clock() * 1000
    const context = { host: on.host.name, watched, notified, predictedTime: FUTURE + this.#ticks++, now, files, kept }
    return task.type.decide({ params, observed, context })
  }
}
