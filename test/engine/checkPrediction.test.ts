// What check mode predicts of a play is what the real run then does, on plays and hosts drawn at random.
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { firstDifference } from './comparePrediction.ts'
import { buildPlay, drawPlay, type DrawnPlay, fleetOf, HOSTS } from './generatedPlays.ts'

/** A host that breaks a step, or is lost in it, does so in the real run: no check could foresee it. */
async function run(drawn: DrawnPlay, check: boolean) {
  const fleet = fleetOf(drawn)
  let accident: number | undefined
  if (!check && drawn.accident) {
    const { host, key, kind } = drawn.accident
    const strikes = (text: string): boolean => {
      if (!text.startsWith(`put ${key} `) && !text.startsWith(`careful ${key} `)) return false
      accident ??= events.length
      return true
    }
    if (kind === 'step fails') fleet.host(host).breaks = (text) => (strikes(text) ? 'an accident' : undefined)
    else
      fleet.host(host).fault = ({ parts }) =>
        parts.some(({ as, script }) => as === 'step' && strikes(script))
          ? { kind: 'unreachable', cause: 'an accident' }
          : undefined
  }
  const { events, done } = fleet.start([buildPlay(drawn)], { check })
  await done
  return { fleet, events, accident }
}

/**
 * Each seed is a play; one that fails is found again by its number. `npm test` runs 1-2500; more, at some 250 a second:
 * CRANE_PLAY_SEEDS=2501-20000 npx vitest run --project unit test/engine/checkPrediction.test.ts
 */
const [FIRST = 1, LAST = FIRST] = (process.env['CRANE_PLAY_SEEDS'] ?? '1-2500').split('-').map(Number)
const EACH = 250
const groups: number[] = []
for (let first = FIRST; first <= LAST; first += EACH) groups.push(first)

const all = { accidents: 0, said: 0, undecided: 0 }

test.each(groups)(
  'what is predicted happens: plays from %i',
  async (first) => {
    const wrong: object[] = []
    for (let seed = first; seed <= Math.min(first + EACH - 1, LAST); seed++) {
      const drawn = drawPlay(seed)
      const predicted = await run(drawn, true)
      for (const host of HOSTS) {
        const found = Object.fromEntries(predicted.fleet.host(host).values)
        if (!isDeepStrictEqual(found, drawn.state[host])) wrong.push({ seed, host, changedBy: 'predicting' })
      }
      for (const event of predicted.events)
        if (event.type === 'task-result') {
          all.said++
          if (event.result.outcome === 'undecided') all.undecided++
        }
      const real = await run(drawn, false)
      if (real.accident !== undefined) all.accidents++
      const difference = firstDifference(predicted.events, real.events, real.accident)
      if (difference) wrong.push({ seed, ...difference })
    }
    expect(wrong).toEqual([])
  },
  120_000,
)

// To say that nothing is known would always be right.
test.runIf(LAST - FIRST >= 2000)('most is decided, and accidents happen', () => {
  expect(all.undecided / all.said).toBeLessThan(0.25)
  expect(all.accidents).toBeGreaterThan((LAST - FIRST) / 50)
})
