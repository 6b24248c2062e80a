// From a task of the playbook to what is asked of one host: conditions judged, parameters evaluated.
import type { Evaluated, Scope } from '../model/playbook.ts'
import { type Attempt, dependsOn, failedBy, skipped } from './attempt.ts'
import type { Params, PreparedTask, Rendered } from './prepare.ts'

export type Ready = { readonly rendered: Rendered } | { readonly attempt: Attempt }

/** Evaluates `when` and the parameters. The scope is asked for only where something needs it. */
export function renderTask(task: PreparedTask, scope: () => Scope, watched: () => readonly string[]): Ready {
  for (const condition of task.spec.when) {
    const holds = condition.evaluate(scope())
    if (!holds.ok) return { attempt: why(holds) }
    if (!holds.value) return { attempt: skipped(`when: ${condition.at.text.trim().replace(/^-?\s*when:\s*/, '')}`) }
  }
  if (task.shared) return { rendered: task.shared }
  const params = task.spec.params.evaluate(scope())
  if (!params.ok) return { attempt: why(params) }
  const mistakes = task.spec.checkParams(params.value)
  if (mistakes.length) return { attempt: failedBy(mistakes) }
  return { rendered: render(task, params.value, watched()) }
}

export const render = (task: PreparedTask, params: Params, watched: readonly string[]): Rendered => ({
  params,
  watched,
  probes: task.type.observe(params, { watched }),
})

export const why = (evaluated: Exclude<Evaluated<unknown>, { ok: true }>): Attempt =>
  evaluated.unknown ? dependsOn(evaluated.because) : failedBy([evaluated.diagnostic])
