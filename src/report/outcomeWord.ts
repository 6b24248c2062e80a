// The words for outcomes: in check mode nothing is changed, it would be.
import type { Outcome } from '../model/result.ts'

/** The longest word, `would change`, sets the column. */
export const OUTCOME_COLUMN = 12

export function outcomeWord(outcome: Outcome, check: boolean, ignored: boolean): string {
  if (ignored) return 'ignored'
  return check && outcome === 'changed' ? 'would change' : outcome
}
