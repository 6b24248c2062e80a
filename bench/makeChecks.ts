// Checks of what was measured: exact where it is a count, bounded where it is an amount.
import type { Check } from './result.ts'

/** The same in every run. */
export function exact(what: string, expected: number | string, ...values: readonly (number | string)[]): Check {
  const measured = [...new Set(values)].join(' / ')
  return { what, expected: String(expected), measured, passed: measured === String(expected) }
}

export function atMost(what: string, bound: number, value: number): Check {
  const measured = Number.isInteger(value) ? String(value) : value.toFixed(2)
  return { what, expected: `at most ${bound}`, measured, passed: value <= bound }
}
