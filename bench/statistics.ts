// Sums several runs of one thing up to its median and spread.
import type { Figure, Unit } from './result.ts'

/** The middle value; of an even number of values the mean of the two in the middle. @throws RangeError without values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const [low, high] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]]
  if (low === undefined || high === undefined) throw new RangeError('there is no median of no values')
  return (low + high) / 2
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** The samples, all in `unit`, summed up. @throws RangeError without samples */
export const figure = (unit: Unit, samples: readonly number[]): Figure => ({
  unit,
  median: median(samples),
  least: Math.min(...samples),
  most: Math.max(...samples),
  quickest: mean(samples.toSorted((a, b) => a - b).slice(0, Math.max(2, Math.round(samples.length / 3)))),
})
