// Look-ahead and deadlines: what a later task asks is never held against the task at hand.
import { describe, expect, it } from 'vitest'
import type { Script } from '../../src/transport/session.ts'
import { block, constant, FakeFleet, play, task } from './fakeFleet.ts'

const HUNG = { kind: 'hung', cause: 'the host did not answer in time' } as const

/** A host that never answers a question about `slow`. */
function fleetWithSlow() {
  const fleet = new FakeFleet(['a1'])
  const asks = ({ parts }: Script) =>
    parts.some(({ as, script }) => as === 'probe' && script.split('\n').includes('slow'))
  fleet.host('a1').fault = (script) => (asks(script) ? HUNG : undefined)
  return fleet
}

const put = (key: string, more = {}) => task('put', { key, value: 'x' }, more)

describe('a question that is never answered', () => {
  it('fails the task that needs it, and no earlier one', async () => {
    const tasks = [put('a'), put('b'), put('slow'), put('c')]
    expect(await fleetWithSlow().outcomes([play(['a1'], tasks)])).toEqual([
      'a1 put changed',
      'a1 put changed',
      'a1 put failed',
    ])
  })

  it('does not defeat ignore_errors', async () => {
    const tasks = [put('a'), put('slow', { ignoreErrors: true }), put('c')]
    expect(await fleetWithSlow().outcomes([play(['a1'], tasks)])).toEqual([
      'a1 put changed',
      'a1 put failed',
      'a1 put changed',
    ])
  })

  it('after a change leaves the change made', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').stepsFirst = true
    let done = false
    fleet.host('a1').fault = ({ parts }) => {
      const ahead = parts.some(({ as, script }) => as === 'probe' && script.includes('slow'))
      if (done && ahead) return HUNG
      done ||= parts.some(({ as }) => as === 'step')
      return undefined
    }
    const tasks = [put('a'), put('b'), put('slow')]
    expect(await fleet.outcomes([play(['a1'], tasks)])).toEqual(['a1 put changed', 'a1 put changed', 'a1 put failed'])
  })
})

describe('a step that is not done in time is a failure of its task, and the host is not lost', () => {
  /** The step of `slow` takes too long, as often as said. */
  function fleetWithSlowStep(times = 99) {
    const fleet = new FakeFleet(['a1'])
    let left = times
    fleet.host('a1').fault = ({ parts }) => {
      const slow = parts.some(({ as, script }) => as === 'step' && script.includes('slow'))
      return slow && left-- > 0 ? HUNG : undefined
    }
    return fleet
  }
  const named = (name: string, more = {}) => put(name, { name, ...more })

  it('starts rescue and always', async () => {
    const node = block({ body: [named('slow'), named('b')], rescue: [named('r')], always: [named('z')] })
    const { events, done } = fleetWithSlowStep().start([play(['a1'], [node, named('end')])])
    const { recap } = await done
    expect(
      events.flatMap((event) => (event.type === 'task-result' ? `${event.task.name} ${event.result.outcome}` : [])),
    ).toEqual(['slow failed', 'r changed', 'z changed', 'end changed'])
    expect(recap.a1).toMatchObject({ failed: 0, rescued: 1, unreachable: 0 })
  })

  it('may be ignored', async () => {
    const tasks = [put('slow', { ignoreErrors: true }), put('c')]
    expect(await fleetWithSlowStep().outcomes([play(['a1'], tasks)])).toEqual(['a1 put failed', 'a1 put changed'])
  })

  it('is tried again', async () => {
    const retry = { until: [], retries: constant(2), delaySeconds: constant(0) }
    expect(await fleetWithSlowStep(1).outcomes([play(['a1'], [put('slow', { retry })])])).toEqual(['a1 put changed'])
  })
})

describe('a step that finds the host changed since it was looked at', () => {
  it.each([
    [1, ['a1 write changed'], 'new'],
    [99, ['a1 write failed'], 'theirs'],
  ])('is decided again, %d times changed', async (times, outcomes, value) => {
    const fleet = new FakeFleet(['a1'])
    const host = fleet.host('a1')
    host.values.set('k', 'old')
    let left = times
    // Somebody writes between the look and the step.
    host.fault = ({ parts }) => {
      if (left > 0 && parts.some(({ as }) => as === 'step')) {
        left--
        host.values.set('k', 'theirs')
        host.outdated = true
      } else host.outdated = false
      return undefined
    }
    expect(await fleet.outcomes([play(['a1'], [task('write', { key: 'k', value: 'new' })])])).toEqual(outcomes)
    expect(host.values.get('k')).toBe(value)
  })
})
