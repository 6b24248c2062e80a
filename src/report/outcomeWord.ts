// The words for outcomes: what was not made was not changed, it would be.
import type { TaskResult } from '../model/result.ts'

/** The longest word, `would change`, sets the column. */
export const OUTCOME_COLUMN = 12

export function outcomeWord({ outcome, predicted, ignored, rescued }: TaskResult): string {
  if (rescued) return 'rescued'
  if (ignored) return 'ignored'
  return predicted && outcome === 'changed' ? 'would change' : outcome
}
