// The engine on hosts in memory: the law, prediction, handlers, batching, faults.
import { describe, expect, it } from 'vitest'
import { mistake } from '../../src/model/diagnostic.ts'
import type { Json } from '../../src/model/inventory.ts'
import { UNKNOWN } from '../../src/model/computed.ts'
import type { TaskSpec } from '../../src/model/playTree.ts'
import { computed, constant, FakeFleet, play, task } from './fakeFleet.ts'

const three = ['a1', 'a2', 'a3']

const LOOP = { loop: { items: constant(['a', 'b']), as: 'item' } }

/** A task whose parameter `key` is each item in turn. */
const looped = (type: string, items: string[], more: Partial<TaskSpec> = {}) =>
  task(
    type,
    computed((scope) => ({ key: scope.item, value: '7' })),
    { loop: { items: constant(items), as: 'item' }, ...more },
  )

describe('an unchanged run', () => {
  it('asks each host once, whatever the number of tasks and plays', async () => {
    const fleet = new FakeFleet(three)
    const tasks = Array.from({ length: 40 }, (_, i) => task('put', { key: `k${i}`, value: 'v' }))
    for (const name of three) for (let i = 0; i < 40; i++) fleet.host(name).values.set(`k${i}`, 'v')
    const outcomes = await fleet.outcomes([play(three, tasks.slice(0, 20)), play(three, tasks.slice(20))])
    expect(outcomes).toHaveLength(120)
    expect(new Set(outcomes.map((line) => line.split(' ')[2]))).toEqual(new Set(['ok']))
    expect(three.map((name) => [fleet.host(name).sent, fleet.host(name).connections])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ])
  })

  it('asks again for facts that are too old to decide on', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('k', 'v')
    const late = task('put', { key: 'k', value: 'v' }, { when: [computed((scope) => scope.time > 0)] })
    const variables = () => ({ time: (fleet.now += 120_000) })
    await fleet.outcomes([play(['a1'], [task('put', { key: 'k', value: 'v' }), late], { variables })])
    expect(fleet.host('a1').sent).toBe(2)
  })

  it('does not ask the first hosts again only because all took long to take their turns', async () => {
    const fleet = new FakeFleet(three)
    for (const host of fleet.hosts.values()) {
      host.values.set('k', 'v')
      host.fault = () => void (fleet.now += 40_000)
    }
    const tasks = [1, 2, 3].map(() => task('put', { key: 'k', value: 'v' }))
    await fleet.outcomes([play(three, tasks)], { forks: 1 })
    expect(three.map((name) => fleet.host(name).sent)).toEqual([1, 1, 1])
  })

  it('leaves the rest of the program its turn while it decides on many hosts', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `n${i}`)
    const fleet = new FakeFleet(names)
    for (const host of fleet.hosts.values()) host.values.set('k', 'v')
    let turns = 0
    const tick = () => {
      turns++
      waiting = setImmediate(tick)
    }
    let waiting = setImmediate(tick)
    // By the fleet's clock each decision takes a millisecond.
    const variables = () => ({ time: fleet.now++ })
    const reads = { when: [computed((scope) => scope.time > 0)] }
    const tasks = [1, 2, 3, 4, 5].map(() => task('put', { key: 'k', value: 'v' }, reads))
    const seen: number[] = []
    const { done } = fleet.start([play(names, tasks, { variables })], { forks: 200 }, [], (event) => {
      if (event.type === 'task-ended') seen.push(turns)
    })
    await done
    clearImmediate(waiting)
    const [, ...after] = seen
    expect(after.every((count, i) => count - (seen[i] ?? 0) >= 5)).toBe(true)
  })
})

describe('a change', () => {
  it('costs one more exchange, in which everything to come is asked again', async () => {
    const fleet = new FakeFleet(['a1'])
    const host = fleet.host('a1')
    host.values.set('x', '1')
    const tasks = [task('put', { key: 'k', value: 'v' }), task('put', { key: 'x', value: '1' })]
    expect(await fleet.outcomes([play(['a1'], tasks)])).toEqual(['a1 put changed', 'a1 put ok'])
    expect(host.values.get('k')).toBe('v')
    expect(host.sent).toBe(2)
    expect(await fleet.outcomes([play(['a1'], tasks)])).toEqual(['a1 put ok', 'a1 put ok'])
  })

  it.each([
    [{}, 'something on the host undoes it'],
    [{ stillDue: 'it never does' }, 'it never does'],
  ])('that does not hold is a failure that says what is still missing, and why: %j', async (more, hint) => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').forgetful.add('k')
    const { events, done } = fleet.start([play(['a1'], [task('put', { key: 'k', value: 'v', ...more })])])
    await done
    expect(events.find((event) => event.type === 'task-result')).toMatchObject({
      result: {
        outcome: 'failed',
        failure: {
          cause: expect.stringContaining('did not converge: it was made, and the host still needs: put k'),
          hint: expect.stringContaining(hint),
        },
      },
    })
  })

  it('that fails tells what was tried, its status and last lines; the host leaves, the others go on', async () => {
    const fleet = new FakeFleet(three)
    fleet.host('a1').values.set('k', 'v')
    const { events, done } = fleet.start([
      play(three, [task('put', { key: 'k', value: 'v', breaks: true }), task('put', { key: 'z', value: '1' })]),
    ])
    const { recap } = await done
    expect(events.filter((event) => event.type === 'task-result' && event.result.outcome === 'failed')).toMatchObject([
      { host: 'a2', result: { failure: { tried: 'put', exitStatus: 3, lastLines: 'it went wrong' } } },
      { host: 'a3' },
    ])
    expect(recap.a1).toMatchObject({ ok: 1, changed: 1, failed: 0 })
    expect(recap.a2).toMatchObject({ ok: 0, changed: 0, failed: 1 })
  })

  it('on another host makes facts of earlier plays stale', async () => {
    const fleet = new FakeFleet(['a1', 'a2'])
    fleet.host('a2').values.set('x', '1')
    await fleet.outcomes([
      play(['a1', 'a2'], [task('put', { key: 'x', value: '1' })]),
      play(['a2'], [task('put', { key: 'x', value: '1' })]),
    ])
    expect(fleet.host('a2').sent).toBe(2)
  })

  it('of its own does not make the facts of a host stale, one of another that was made meanwhile does', async () => {
    const alone = new FakeFleet(['a1'])
    const plays = (hosts: string[]) => [
      play(hosts, [task('put', { key: 'k', value: 'v' })]),
      play(hosts, [task('put', { key: 'x', value: '-' })]),
    ]
    await alone.outcomes(plays(['a1']))
    expect(alone.host('a1').sent).toBe(2)
    const both = new FakeFleet(['a1', 'a2'])
    await both.outcomes(plays(['a1', 'a2']))
    expect([both.host('a1').sent, both.host('a2').sent]).toEqual([3, 3])
  })

  it.each([
    { check: true, registered: 'foreseen' },
    { check: false, registered: '7' },
  ])('registers what the host says afterwards, and what is foreseen in check mode: $registered', async (one) => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('started', '5').set('file', '7')
    const seen = computed((scope) => ({ key: 'seen', value: String(scope.r.started) }))
    const tasks = [task('restart', { files: ['file'] }, { register: 'r' }), task('put', seen)]
    const { events, done } = fleet.start([play(['a1'], tasks)], { check: one.check })
    await done
    const results = events.flatMap((event) => (event.type === 'task-result' ? [event.result] : []))
    expect(results.map(({ outcome }) => outcome)).toEqual(['changed', 'changed'])
    expect(results[0]?.data).toEqual({ started: one.registered })
    if (!one.check) expect(fleet.host('a1').values.get('seen')).toBe(one.registered)
  })

  it.each([
    ['of the task type', {}, 300_000, 7000],
    ['of the task (timeout), for its probes too', { timeoutSeconds: 1 }, 1000, 1000],
  ])('has the deadline %s; what is asked after it has its own', async (_whose, more, stepDeadlineMs, probes) => {
    const fleet = new FakeFleet(['a1'])
    const deadlines: object[] = []
    fleet.host('a1').fault = ({ stepDeadlineMs: steps, deadlineMs }) => void deadlines.push({ steps, deadlineMs })
    await fleet.outcomes([play(['a1'], [task('put', { key: 'k', value: 'v' }, more)])], { probeDeadlineMs: 7000 })
    expect(deadlines).toEqual([
      { steps: undefined, deadlineMs: probes },
      { steps: stepDeadlineMs, deadlineMs: 7000 },
    ])
  })

  it('is made each time where it never says ok', async () => {
    const fleet = new FakeFleet(['a1'])
    const plays = [play(['a1'], [task('always', {})])]
    expect(await fleet.outcomes(plays)).toEqual(['a1 always changed'])
    expect(await fleet.outcomes(plays)).toEqual(['a1 always changed'])
  })
})

describe('check mode', () => {
  it('decides later tasks on what earlier ones would have done, and touches nothing', async () => {
    const fleet = new FakeFleet(['a1'])
    const host = fleet.host('a1')
    host.values.set('started', '5')
    const tasks = [
      task('put', { key: 'conf', value: '9' }),
      task('put', { key: 'conf', value: '9' }),
      task('restart', { files: ['conf'] }),
      task('restart', { files: ['conf'] }),
    ]
    expect(await fleet.outcomes([play(['a1'], tasks)], { check: true })).toEqual([
      'a1 put changed',
      'a1 put ok',
      'a1 restart changed',
      'a1 restart ok',
    ])
    expect([...host.values]).toEqual([['started', '5']])
    expect(host.sent).toBe(1)
  })

  it('says what depends on things that an earlier change may bring, never a false failure', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('here', '1')
    const { events, done } = fleet.start(
      [
        play(
          ['a1'],
          [
            task('put', { key: 'package', value: '1', brings: true }, { name: 'install it' }),
            task('put', { key: 'here', value: '2' }),
            task('put', { key: 'brought', value: '1' }),
            task('put', { key: 'brought', value: '2' }),
          ],
        ),
      ],
      { check: true },
    )
    await done
    const results = events.flatMap((event) => (event.type === 'task-result' ? [event.result] : []))
    expect(results.map((result) => result.outcome)).toEqual(['changed', 'changed', 'changed', 'changed'])
    expect(results[2]?.note).toBe('put brought (may differ after "install it")')
  })

  it('a registered result of a change that was not made is unknown to later conditions', async () => {
    const fleet = new FakeFleet(['a1'])
    const tasks = [
      task('put', { key: 'k', value: 'v' }, { register: 'r' }),
      task('put', { key: 'x', value: '1' }, { when: [computed((scope) => scope.r.changed)] }),
      task(
        'put',
        { key: 'y', value: '1' },
        { when: [computed((scope) => (scope.r.was === UNKNOWN ? UNKNOWN : true) as boolean)] },
      ),
    ]
    expect(await fleet.outcomes([play(['a1'], tasks)], { check: true })).toEqual([
      'a1 put changed',
      'a1 put changed',
      'a1 put undecided',
    ])
    expect(await fleet.outcomes([play(['a1'], tasks)])).toEqual(['a1 put changed', 'a1 put changed', 'a1 put changed'])
  })

  describe.each([
    { run: 'a real run', check: false },
    { run: 'check mode', check: true },
  ])('of a task in $run', ({ check }) => {
    const asTheRun = task('put', { key: 'a', value: '1' })
    const predicted = task('put', { key: 'b', value: '1' }, { checkMode: true })
    const real = task('put', { key: 'c', value: '1' }, { checkMode: false })
    const handler = task('put', { key: 'd', value: '1' }, { checkMode: false, name: 'go' })

    it('is its own: what is only predicted says so, and is counted apart', async () => {
      const fleet = new FakeFleet(['a1'])
      const { events, done } = fleet.start([play(['a1'], [asTheRun, predicted, real], { handlers: [handler] })], {
        check,
      })
      const { recap } = await done
      const results = events.flatMap((event) => (event.type === 'task-result' ? [event.result] : []))
      expect(results.map(({ outcome }) => outcome)).toEqual(['changed', 'changed', 'changed'])
      expect(results.map((result) => result.predicted ?? false)).toEqual([check, true, false])
      expect([...fleet.host('a1').values.keys()]).toEqual(check ? ['c'] : ['a', 'c'])
      expect(recap.a1).toMatchObject({ changed: 3, predicted: check ? 2 : 1 })
    })

    it('is told before anything begins, where it would be a surprise', async () => {
      const fleet = new FakeFleet(['a1'])
      const tasks = [asTheRun, predicted, real]
      const nobody = play([], [task('put', { key: 'e', value: '1' }, { checkMode: false })])
      const { events, done } = fleet.start([play(['a1'], tasks, { handlers: [handler] }), nobody], { check })
      await done
      const [first] = events
      const told = first?.type === 'run-started' ? first.madeInCheck?.map(({ id }) => id) : []
      expect(told).toEqual(check ? [real.id, handler.id] : undefined)
    })
  })

  it('of a loop counts as predicted what was not made, also where an item fails', async () => {
    const fleet = new FakeFleet(['a1'])
    const fail = task(
      'put',
      computed(
        (scope) => (scope.item === 'b' ? { key: 'b' } : { key: scope.item, value: '1' }) as Record<string, Json>,
      ),
      {
        loop: { items: constant(['a', 'b']), as: 'item' },
        ignoreErrors: true,
        checkParams: ({ value }) => (value === undefined ? [mistake('missing', 'no value')] : []),
      },
    )
    const { done } = fleet.start([play(['a1'], [fail])], { check: true })
    expect((await done).recap.a1).toMatchObject({ ignored: 1, changed: 1, predicted: 1 })
  })
})

it('the note of a loop counts the other items that would change', async () => {
  const fleet = new FakeFleet(['a1'])
  const { events, done } = fleet.start([play(['a1'], [looped('put', ['a', 'b', 'c']), looped('put', ['d'])])], {
    check: true,
  })
  await done
  const notes = events.flatMap((event) => (event.type === 'task-result' ? [event.result.note] : []))
  expect(notes).toEqual([expect.stringMatching(/^\S.*a.*, and 2 more$/), expect.not.stringContaining('more')])
})

describe('the diffs of a task', () => {
  it.each<{ what: string; more?: Partial<TaskSpec>; check?: boolean; forgetful?: boolean; count: number }>([
    { what: 'are told, asked for or not', count: 1 },
    { what: 'are told in check mode', check: true, count: 1 },
    { what: 'are told for each item and for the whole of a loop', more: LOOP, count: 4 },
    { what: 'are in no event with diff: false', more: { diff: false }, count: 0 },
    { what: 'are in no event with diff: false in check mode', more: { diff: false }, check: true, count: 0 },
    { what: 'are in no event with diff: false of a loop', more: { ...LOOP, diff: false }, count: 0 },
    {
      what: 'are in no event with diff: false of a change that did not hold',
      more: { diff: false },
      forgetful: true,
      count: 0,
    },
  ])('$what', async ({ more = {}, check = false, forgetful = false, count }) => {
    const fleet = new FakeFleet(['a1'])
    if (forgetful) fleet.host('a1').forgetful.add('k')
    const params = more.loop ? computed((scope) => ({ key: scope.item, value: 'v' })) : { key: 'k', value: 'v' }
    const { events, done } = fleet.start([play(['a1'], [task('put', params, more)])], { check })
    await done
    const diffs = events.flatMap((event) =>
      event.type === 'task-result' || event.type === 'item-result' ? (event.result.diffs ?? []) : [],
    )
    expect(diffs).toHaveLength(count)
    if (count === 0) expect(JSON.stringify(events)).not.toMatch(/unified|-\\n\+v/)
  })

  it.each([true, false, undefined])('come with the word of the task on them: %s', async (diff) => {
    const fleet = new FakeFleet(['a1'])
    const spec = task('put', { key: 'k', value: 'v' }, diff === undefined ? {} : { diff })
    const { events, done } = fleet.start([play(['a1'], [spec])])
    await done
    expect(events.flatMap((event) => (event.type === 'task-result' ? [event.task.diff] : []))).toEqual([diff])
  })
})

describe('a verification', () => {
  it('is ok when it ran, ok with its evidence when nothing changed, and would run in check mode', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('config', '7')
    const plays = [play(['a1'], [task('prove', {})])]
    const notes = async (check: boolean) => {
      const { events, done } = fleet.start(plays, { check })
      await done
      return events.flatMap((event) =>
        event.type === 'task-result' ? [`${event.result.outcome}: ${event.result.note}`] : [],
      )
    }
    expect(await notes(true)).toEqual(['ok: would run: prove it'])
    expect(await notes(false)).toEqual(['ok: proved before'])
    expect(fleet.host('a1').values.get('record')).toBe('7')
    expect(await notes(true)).toEqual(['ok: proved before'])
  })

  it.each([
    ['by itself', task('prove', {}), [true]],
    ['in a loop, where the first item was proved before', looped('prove', ['old', 'new']), [undefined, true, true]],
  ])('that was made says so, for what it proved is shown: %s', async (_how, verification, verified) => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('config', '7').set('record-old', '7')
    const results = async (check: boolean) => {
      const { events, done } = fleet.start([play(['a1'], [verification])], { check })
      await done
      return events.flatMap((event) =>
        event.type === 'task-result' || event.type === 'item-result' ? [event.result.verified] : [],
      )
    }
    const none = verified.map(() => undefined)
    expect(await results(true)).toEqual(none)
    expect(await results(false)).toEqual(verified)
    expect(await results(false)).toEqual(none)
  })
})

describe('handlers', () => {
  const conf = (value: string, more = {}) => task('put', { key: 'conf', value }, { notify: ['go'], ...more })
  const restart = () => task('restart', {}, { name: 'go' })

  it('run once after the tasks when notified, and not otherwise', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('started', '5')
    const plays = () => [
      play(['a1'], [conf('7'), task('put', { key: 'other', value: '1' }, { notify: ['go'] })], {
        handlers: [restart()],
      }),
    ]
    expect(await fleet.outcomes(plays())).toEqual(['a1 put changed', 'a1 put changed', 'a1 restart changed'])
    expect(await fleet.outcomes(plays())).toEqual(['a1 put ok', 'a1 put ok'])
    expect(fleet.host('a1').sent).toBe(4 + 1)
  })

  it('that were due when a run died are still due: they watch what their notifiers write', async () => {
    const fleet = new FakeFleet(['a1'])
    const host = fleet.host('a1')
    host.values.set('started', '5')
    host.values.set('conf', '7')
    const outcomes = await fleet.outcomes([play(['a1'], [conf('7')], { handlers: [restart()] })])
    expect(outcomes).toEqual(['a1 put ok', 'a1 restart changed'])
    expect(host.values.get('started')).toBe('7')
  })

  it('answer to topics they listen to, and are not run for a host that failed', async () => {
    const fleet = new FakeFleet(['a1', 'a2'])
    for (const name of ['a1', 'a2']) fleet.host(name).values.set('started', '5')
    fleet.host('a2').forgetful.add('conf')
    const handler = task('restart', {}, { name: 'other', listen: ['go'] })
    expect(await fleet.outcomes([play(['a1', 'a2'], [conf('7')], { handlers: [handler] })])).toEqual([
      'a1 put changed',
      'a2 put failed',
      'a1 restart changed',
    ])
  })
})

describe('loops', () => {
  it('go on after a failing item, and are as bad as their worst', async () => {
    const fleet = new FakeFleet(['a1'])
    const looped = task(
      'put',
      computed((scope) => ({ key: scope.item, value: '1', breaks: scope.item === 'b' })),
      {
        loop: { items: constant(['a', 'b', 'c']), as: 'item' },
        register: 'r',
        ignoreErrors: true,
      },
    )
    const after = task(
      'put',
      { key: 'z', value: '1' },
      { when: [computed((scope) => scope.r.results.length === 3 && scope.r.failed)] },
    )
    const { events, done } = fleet.start([play(['a1'], [looped, after])])
    const { recap } = await done
    expect(
      events.flatMap((event) => (event.type === 'item-result' ? [`${event.result.item} ${event.result.outcome}`] : [])),
    ).toEqual(['a changed', 'b failed', 'c changed'])
    expect(recap.a1).toMatchObject({ ignored: 1, failed: 0, changed: 2 })
  })

  it.each([
    {
      what: 'an ignored failure',
      more: { ignoreErrors: true },
      run: ['put ok', 'always changed'],
      counts: { ignored: 1, changed: 2 },
    },
    { what: 'a failure', more: {}, run: [], counts: { failed: 1, changed: 1 } },
  ])('that change something and end as $what lose no change', async ({ more, run, counts }) => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('same', '7')
    const conf = task(
      'put',
      computed((scope) => ({ key: scope.item, value: '7', breaks: scope.item === 'b' })),
      { loop: { items: constant(['same', 'conf', 'b']), as: 'item' }, register: 'r', notify: ['go'], ...more },
    )
    const seen = task('put', { key: 'same', value: '7' }, { when: [computed((scope) => scope.r.changed)] })
    const handlers = [task('always', {}, { name: 'go' })]
    const { events, done } = fleet.start([play(['a1'], [conf, seen], { handlers })])
    const { recap } = await done
    const [first, ...rest] = events.flatMap((event) => (event.type === 'task-result' ? [event] : []))
    expect(first?.result).toMatchObject({ outcome: 'failed', changed: true })
    expect(rest.map(({ task: { type }, result }) => `${type} ${result.outcome}`)).toEqual(run)
    expect(recap.a1).toMatchObject(counts)
  })

  it('in check mode are sure of what some items change, though others cannot be decided', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('conf', '1')
    const brings = task('put', { key: 'package', value: '1', brings: true })
    const untold = computed((scope) => (scope.item === 'brought' ? UNKNOWN : true) as boolean)
    const conf = looped('put', ['conf', 'brought'], { notify: ['go'], register: 'r', when: [untold] })
    const handlers = [task('always', {}, { name: 'go' })]
    const { events, done } = fleet.start([play(['a1'], [brings, conf], { handlers })], { check: true })
    const { recap } = await done
    expect(events.flatMap((event) => (event.type === 'task-result' ? [event.result.outcome] : []))).toEqual([
      'changed',
      'undecided',
      'changed',
    ])
    expect(recap.a1).toMatchObject({ changed: 3, undecided: 1 })
  })

  it('an empty list is skipped', async () => {
    const fleet = new FakeFleet(['a1'])
    const looped = task(
      'put',
      computed(() => ({ key: 'k', value: '1' })),
      { loop: { items: constant([]), as: 'item' } },
    )
    expect(await fleet.outcomes([play(['a1'], [looped])])).toEqual(['a1 put skipped'])
  })
})

describe('hosts that cannot be worked with', () => {
  it('unreachable ones leave the run and are counted, others go on', async () => {
    const fleet = new FakeFleet(three)
    fleet.host('a2').refuses = { kind: 'unreachable', cause: 'nobody answers', tried: 'connect to a2:22' }
    const { events, done } = fleet.start([
      play(three, [task('put', { key: 'k', value: 'v' })]),
      play(three, [task('put', { key: 'x', value: 'v' })]),
    ])
    const { recap } = await done
    expect(recap.a2).toMatchObject({ unreachable: 1, ok: 0, changed: 0 })
    expect(recap.a3).toMatchObject({ changed: 2 })
    expect(fleet.host('a2').connections).toBe(1)
    expect(events.filter((event) => event.type === 'play-started')).toMatchObject([
      { hosts: three },
      { hosts: ['a1', 'a3'] },
    ])
  })

  it('a connection lost in the middle of a change is unreachable, never success', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').fault = ({ parts }) =>
      parts.some((part) => part.as === 'step') ? { kind: 'unreachable', cause: 'the connection was lost' } : undefined
    expect(await fleet.outcomes([play(['a1'], [task('put', { key: 'k', value: 'v' })])])).toEqual([
      'a1 put unreachable',
    ])
  })

  it('an answer that cannot be read is asked for once more, then it is a failure that says so', async () => {
    const fleet = new FakeFleet(['a1'])
    let faults = 1
    const garbled = () => (faults-- > 0 ? ({ kind: 'garbled', cause: 'half an answer' } as const) : undefined)
    fleet.host('a1').fault = garbled
    expect(await fleet.outcomes([play(['a1'], [task('put', { key: 'k', value: 'v' })])])).toEqual(['a1 put changed'])
    faults = 99
    expect(await fleet.outcomes([play(['a1'], [task('put', { key: 'k', value: 'v' })])])).toEqual(['a1 put failed'])
  })

  it('with nobody left the later plays are not run, and it is said', async () => {
    const fleet = new FakeFleet(['a1', 'a2'])
    fleet.host('a1').refuses = { kind: 'unreachable', cause: 'nobody answers' }
    const { events, done } = fleet.start([
      play(['a1'], [task('put', { key: 'k', value: 'v' })]),
      play(['a2'], [task('put', { key: 'k', value: 'v' })]),
    ])
    await done
    expect(fleet.host('a2').connections).toBe(0)
    expect(events.some((event) => event.type === 'warning' && event.message.includes('no host is left'))).toBe(true)
  })
})

describe('turns', () => {
  it('serial plays finish one batch before the next begins', async () => {
    const fleet = new FakeFleet(three)
    const tasks = [task('put', { key: 'k', value: 'v' }), task('put', { key: 'x', value: 'v' })]
    expect(
      (await fleet.outcomes([play(three, tasks, { serial: [1, { percent: 67 }] })])).map((line) => line.slice(0, 2)),
    ).toEqual(['a1', 'a1', 'a2', 'a3', 'a2', 'a3'])
  })

  const lost = { kind: 'unreachable', cause: 'nobody answers' } as const
  it.each<{
    what: string
    hosts?: string[]
    lost: string[]
    serial: number
    more?: string[]
    ran: string[]
    said: string[]
  }>([
    {
      what: 'where one fails as a whole the later ones are not begun, and that is said though no play comes after',
      lost: ['a1'],
      serial: 1,
      ran: ['a1 unreachable'],
      said: ['all hosts of a batch of play "play" failed (a1): a[2-3] was not begun'],
    },
    {
      what: 'where each has a host left, all goes on',
      lost: ['a2', 'a3'],
      hosts: ['a1', 'a2', 'a3', 'a4'],
      serial: 2,
      more: ['a1'],
      ran: ['a2 unreachable', 'a1 changed', 'a3 unreachable', 'a4 changed', 'a1 changed'],
      said: [],
    },
    {
      what: 'where one fails as a whole, neither the later ones nor the plays after it are begun',
      lost: ['a2'],
      serial: 1,
      more: ['a1'],
      ran: ['a1 changed', 'a2 unreachable'],
      said: ['all hosts of a batch of play "play" failed (a2): a3 was not begun, and the plays after it are not run'],
    },
    {
      what: 'where the last one fails as a whole, the plays after it are not run',
      lost: ['a3'],
      serial: 1,
      more: ['a1'],
      ran: ['a1 changed', 'a2 changed', 'a3 unreachable'],
      said: ['all hosts of the last batch of play "play" failed (a3): the plays after it are not run'],
    },
    {
      what: 'where the last one of the last play fails as a whole, nothing was left out',
      lost: ['a3'],
      serial: 1,
      ran: ['a1 changed', 'a2 changed', 'a3 unreachable'],
      said: [],
    },
  ])('batches: $what', async ({ hosts = three, serial, more, ran, said, ...one }) => {
    const fleet = new FakeFleet(hosts)
    for (const name of one.lost) fleet.host(name).refuses = lost
    const plays = [play(hosts, [task('put', { key: 'k', value: 'v' })], { serial: [serial] })]
    if (more) plays.push(play(more, [task('put', { key: 'x', value: 'v' })]))
    const { events, done } = fleet.start(plays)
    await done
    expect(
      events.flatMap((event) => (event.type === 'task-result' ? [`${event.host} ${event.result.outcome}`] : [])),
    ).toEqual(ran)
    expect(events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))).toEqual(said)
  })

  it('a batch of hosts that an earlier play lost keeps no other from its turn', async () => {
    const fleet = new FakeFleet(three)
    fleet.host('a1').refuses = lost
    const tasks = () => [task('put', { key: 'k', value: 'v' })]
    expect(await fleet.outcomes([play(three, tasks()), play(three, tasks(), { serial: [1] })])).toEqual([
      'a1 put unreachable',
      'a2 put changed',
      'a3 put changed',
      'a2 put ok',
      'a3 put ok',
    ])
  })

  it('with fewer connections than hosts all are served, each authenticated once when nothing changes', async () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${i}`)
    const fleet = new FakeFleet(names)
    for (const name of names) fleet.host(name).values.set('k', 'v')
    await fleet.outcomes(
      [play(names, [task('put', { key: 'k', value: 'v' }), task('put', { key: 'k', value: 'v' })])],
      { forks: 4 },
    )
    expect(names.map((name) => fleet.host(name).connections)).toEqual(names.map(() => 1))
  })
})

describe('an interrupt', () => {
  it('ends the step that runs, starts no other, and tells how each host was left', async () => {
    const fleet = new FakeFleet(['a1', 'a2'])
    fleet.host('a2').values.set('k', 'v')
    fleet.host('a1').fault = ({ parts }) => (parts.some((part) => part.as === 'step') ? 'hold' : undefined)
    const { events, done, run } = fleet.start([
      play(['a1', 'a2'], [task('put', { key: 'k', value: 'v' }), task('put', { key: 'next', value: '1' })]),
    ])
    await expect.poll(() => events.some((event) => event.type === 'task-running')).toBe(true)
    run.interrupt('SIGINT')
    const summary = await done
    expect(summary.interrupted).toBe('SIGINT')
    expect(events.find((event) => event.type === 'interrupted')).toMatchObject({
      hosts: { a1: { state: 'stopped' }, a2: { state: 'between' } },
    })
    expect(fleet.host('a2').values.has('next')).toBe(false)
    expect(events.at(-1)?.type).toBe('run-ended')
    const results = events.filter((event) => event.type === 'task-result')
    expect(results.map(({ host, result }) => [host, result.outcome])).toEqual([['a2', 'ok']])
    expect(summary.recap['a1']).toMatchObject({ ok: 0, changed: 0, failed: 0 })
  })
})

describe('secrets', () => {
  it('are out of every event, in any of their forms', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').values.set('k', 'tell: hunter2!')
    const secret = 'hunter2!'
    const { events, done } = fleet.start(
      [play(['a1'], [task('put', { key: 'k', value: secret }, { name: `say ${secret}` })])],
      {},
      [secret],
    )
    await done
    const all = JSON.stringify(events)
    for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)])
      expect(all).not.toContain(form)
    expect(all).toContain('say [hidden]')
  })
})
