// An interrupt at any instant: what is said of each host agrees with the events, and no host is blamed for our hanging up.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hasChanged } from '../../src/model/result.ts'
import { FakeFleet, play, task } from './fakeFleet.ts'

const names = Array.from({ length: 6 }, (_, i) => `n${i}`)
const NONE = { ok: 0, changed: 0, failed: 0, unreachable: 0, skipped: 0 }

interface Moment {
  /** The number of the event after which the interrupt comes. */
  readonly instant: number
  /** Fewer than hosts. */
  readonly forks: number
  /** By host: its first tasks have nothing to change. */
  readonly sound: readonly boolean[]
  /** The host that is in the middle of a step when the interrupt comes. */
  readonly busy: number | null
}

const moments = fc.record<Moment>({
  instant: fc.integer({ min: 0, max: 28 }),
  forks: fc.integer({ min: 1, max: names.length - 1 }),
  sound: fc.array(fc.boolean(), { minLength: names.length, maxLength: names.length }),
  busy: fc.option(fc.nat(names.length - 1)),
})

/** The states that hosts were left in, or none if the run had ended before. */
async function interruptAt({ instant, forks, sound, busy }: Moment): Promise<readonly string[]> {
  const fleet = new FakeFleet(names)
  names.forEach((name, i) => {
    if (sound[i]) for (const key of ['a', 'b', 'c']) fleet.host(name).values.set(key, 'x')
  })
  if (busy !== null)
    fleet.host(`n${busy}`).fault = ({ parts }) => {
      if (!parts.some(({ as }) => as === 'step')) return undefined
      queueMicrotask(() => run.interrupt('SIGINT'))
      return 'hold'
    }
  const tasks = ['a', 'b', 'c'].map((key) =>
    task('put', { key, value: 'x', ...(key === 'b' && { breaks: true }) }, { name: key }),
  )
  let seen = 0
  const { events, done, run } = fleet.start([play(names, tasks)], { forks }, [], () => {
    if (seen++ === instant) queueMicrotask(() => run.interrupt('SIGINT'))
  })
  const { recap } = await done

  const counted = new Map(names.map((name) => [name, { ...NONE }]))
  const last = new Map<string, string>()
  const at = events.findIndex(({ type }) => type === 'interrupted')
  for (const [i, event] of events.entries()) {
    if (event.type !== 'task-result') continue
    if (at >= 0) expect(i).toBeLessThan(at)
    const counts = counted.get(event.host) as Record<string, number>
    counts[event.result.outcome] = (counts[event.result.outcome] ?? 0) + 1
    expect(hasChanged(event.result)).toBe(event.result.outcome === 'changed')
    last.set(event.host, event.task.name)
  }
  for (const name of names) expect(recap[name]).toMatchObject(counted.get(name) as object)
  expect(Object.values(recap).every(({ unreachable }) => unreachable === 0)).toBe(true)
  const interrupted = events[at]
  if (interrupted?.type !== 'interrupted') return []
  for (const [name, left] of Object.entries(interrupted.hosts)) {
    if (left.state === 'not-started') expect(last.has(name)).toBe(false)
    if (left.state === 'between') expect(left.task).toBe(last.get(name))
    if (left.state === 'failed') expect(recap[name]?.failed).toBe(1)
    if (left.state === 'stopped') expect([name, last.get(name)]).not.toEqual([`n${busy}`, left.task])
  }
  return Object.values(interrupted.hosts).map(({ state }) => state)
}

it('leaves a recap and a state of each host that the events agree with, at 100 instants with fewer forks than hosts', async () => {
  // Side by side: each waits a moment for steps that end by themselves.
  const left = await Promise.all(
    fc.sample(moments, 150).map((moment) =>
      interruptAt(moment).catch((error: unknown) => {
        throw new Error(JSON.stringify(moment), { cause: error })
      }),
    ),
  )
  expect(left.filter((states) => states.length > 0).length).toBeGreaterThanOrEqual(100)
  expect(new Set(left.flat())).toEqual(new Set(['not-started', 'between', 'failed', 'stopped']))
})
