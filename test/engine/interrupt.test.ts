// An interrupt at any instant: what is said of each host agrees with the events, and nobody is blamed for our hanging up.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hasChanged } from '../../src/model/result.ts'
import { FakeFleet, play, task } from './fakeFleet.ts'

const names = Array.from({ length: 6 }, (_, i) => `n${i}`)

it('leaves a recap and a state of each host that the events agree with', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(80),
      fc.integer({ min: 1, max: 7 }),
      fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      async (instant, forks, sound) => {
        const fleet = new FakeFleet(names)
        names.forEach((name, i) => {
          if (sound[i]) for (const key of ['a', 'b', 'c']) fleet.host(name).values.set(key, 'x')
        })
        const tasks = ['a', 'b', 'c'].map((key) =>
          task('put', { key, value: 'x', ...(key === 'b' && { breaks: true }) }, { name: key }),
        )
        let seen = 0
        const { events, done, run } = fleet.start([play(names, tasks)], { forks }, [], () => {
          if (seen++ === instant) queueMicrotask(() => run.interrupt('SIGINT'))
        })
        const { recap } = await done
        const counted = Object.fromEntries(
          names.map((name) => [name, { ok: 0, changed: 0, failed: 0, unreachable: 0 }]),
        )
        const last = new Map<string, string>()
        for (const event of events) {
          if (event.type !== 'task-result') continue
          const counts = counted[event.host] as Record<string, number>
          counts[event.result.outcome] = (counts[event.result.outcome] ?? 0) + 1
          expect(hasChanged(event.result)).toBe(event.result.outcome === 'changed')
          last.set(event.host, event.task.name)
        }
        for (const name of names) expect(recap[name]).toMatchObject(counted[name] as object)
        expect(Object.values(recap).every(({ unreachable }) => unreachable === 0)).toBe(true)
        const interrupted = events.find((event) => event.type === 'interrupted')
        if (interrupted?.type !== 'interrupted') return
        for (const [name, left] of Object.entries(interrupted.hosts)) {
          if (left.state === 'not-started') expect(last.has(name)).toBe(false)
          if (left.state === 'between') expect(left.task).toBe(last.get(name))
          if (left.state === 'failed') expect(recap[name]?.failed).toBe(1)
        }
      },
    ),
    { numRuns: 150 },
  )
}, 120_000)
