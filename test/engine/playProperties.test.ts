// How many hosts are connected at once, and which answers first, changes nothing that happens, on plays drawn at random.
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/runEvent.ts'
import type { RunOptions } from '../../src/engine/options.ts'
import { buildPlay, type DrawnPlay, drawPlay, fleetOf, HOSTS, randomFrom } from './generatedPlays.ts'

/** Everything that is reported, without times, and what the hosts are like then. */
async function courseOf(drawn: DrawnPlay, options: Partial<RunOptions> = {}, pace?: () => Promise<void>) {
  const fleet = fleetOf(drawn)
  fleet.pace = pace
  const { events, done } = fleet.start([buildPlay(drawn)], options)
  await done
  const untimed = (event: RunEvent) =>
    JSON.parse(
      JSON.stringify(event, (key, value: unknown) => (/Ms$|^(time|at)$/.test(key) ? undefined : value)),
    ) as object
  return { events: events.map(untimed), hosts: HOSTS.map((name) => Object.fromEntries(fleet.host(name).values)) }
}

/** Lets other work of the process go first, a number of times drawn at random. */
function unevenPace(seed: number): () => Promise<void> {
  const random = randomFrom(seed)
  return async () => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await new Promise(setImmediate)
  }
}

const SEEDS = Array.from({ length: 150 }, (_, i) => 20_001 + i)

describe.each([false, true])('with check mode %s, nothing is changed by', (check) => {
  test.each<[string, Partial<RunOptions>, (seed: number) => (() => Promise<void>) | undefined]>([
    ['the number of hosts that are connected at once', { forks: 1 }, () => undefined],
    ['the order in which hosts answer', {}, unevenPace],
  ])('%s', async (_name, options, pace) => {
    const results = async (drawn: DrawnPlay, given: Partial<RunOptions>, paced?: () => Promise<void>) => {
      const { events, hosts } = await courseOf(drawn, { check, forks: 50, ...given }, paced)
      const told = HOSTS.map((name) =>
        events.filter((event) => {
          const one = event as RunEvent
          return (one.type === 'task-result' || one.type === 'item-result') && one.host === name
        }),
      )
      // Of several earlier changes, one is named.
      const named = JSON.stringify(told).replace(/depends on an earlier change: \w+/g, 'depends on an earlier change')
      return { seed: drawn.seed, hosts, told: JSON.parse(named) as object }
    }
    for (const seed of SEEDS) {
      const drawn = drawPlay(seed)
      expect(await results(drawn, options, pace(seed))).toEqual(await results(drawn, {}))
    }
  })
})
