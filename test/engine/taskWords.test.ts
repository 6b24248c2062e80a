// until, changed_when, failed_when, run_once, delegate_to, throttle and the tasks of the language, on hosts in memory.
import { describe, expect, it } from 'vitest'
import type { Json } from '../../src/model/inventory.ts'
import type { PlayNode, TaskSpec } from '../../src/model/playTree.ts'
import { block, computed, constant, FakeFleet, play, task } from './fakeFleet.ts'

const three = ['a1', 'a2', 'a3']
const put = (key: string, more: Partial<TaskSpec> = {}) => task('put', { key, value: 'x' }, { name: key, ...more })
const broken = (key: string, more: Partial<TaskSpec> = {}) =>
  task('put', { key, value: 'x', breaks: true }, { name: key, ...more })
const only = (host: string) => ({ when: [computed((scope) => scope.inventory_hostname === host)] })
const variables = (host: string) => ({ inventory_hostname: host })

async function course(fleet: FakeFleet, names: readonly string[], nodes: readonly PlayNode[], more = {}, options = {}) {
  const { events, done } = fleet.start([play(names, nodes, { variables, ...more })], options)
  const { recap } = await done
  const results = events.flatMap((event) => (event.type === 'task-result' ? [event] : []))
  const ran = results.map(({ host, task: { name }, result: { outcome } }) => `${host} ${name} ${outcome}`)
  return { ran, recap, results, events }
}

describe('until', () => {
  const retry = (until: TaskSpec['when'], retries = 3) => ({
    retry: { until, retries: constant(retries), delaySeconds: constant(5) },
  })

  it('makes the task again, with a delay, until it holds', async () => {
    const fleet = new FakeFleet(['a1'])
    let attempts = 0
    const holds = computed((scope) => scope.result.changed && ++attempts === 3)
    const { results } = await course(fleet, ['a1'], [task('always', {}, retry([holds]))])
    expect(results[0]?.result).toMatchObject({ outcome: 'changed', attempts: 3 })
    expect(fleet.waits).toEqual([5000, 5000])
  })

  it('reports each attempt as it waits for it and makes it', async () => {
    const fleet = new FakeFleet(['a1'])
    let attempts = 0
    const holds = computed(() => ++attempts === 2)
    const { events } = await course(fleet, ['a1'], [task('always', {}, retry([holds]))])
    expect(events.flatMap((event) => (event.type === 'task-running' ? [event.what] : []))).toEqual([
      'run',
      'waiting 5 s before attempt 2 of 4',
      'attempt 2 of 4: run',
    ])
  })

  it('says how often it failed', async () => {
    const { results } = await course(new FakeFleet(['a1']), ['a1'], [broken('k', retry([], 1))])
    expect(results[0]?.result).toMatchObject({ outcome: 'failed', attempts: 2 })
    expect(results[0]?.result.failure?.cause).toMatch(/ \(2 attempts\)$/)
  })

  it('fails when its attempts are used up', async () => {
    const fleet = new FakeFleet(['a1'])
    const never = { ...computed(() => false), text: 'x' }
    const { results } = await course(fleet, ['a1'], [task('always', {}, retry([never], 2))])
    expect(results[0]?.result).toMatchObject({
      outcome: 'failed',
      attempts: 3,
      failure: { cause: 'until: x did not hold after 3 attempts' },
    })
  })

  it('without conditions tries again what failed', async () => {
    const fleet = new FakeFleet(['a1'])
    let left = 1
    fleet.host('a1').forgetful.add('k')
    fleet.host('a1').fault = ({ parts }) => {
      if (parts.some(({ as }) => as === 'step') && left-- === 0) fleet.host('a1').forgetful.clear()
      return undefined
    }
    const { results } = await course(fleet, ['a1'], [put('k', retry([]))])
    expect(results[0]?.result).toMatchObject({ outcome: 'changed', attempts: 2 })
  })

  it.each([
    ['holds', computed((scope) => scope.result.changed), 'changed'],
    ['does not hold yet', computed(() => false), 'undecided'],
    ['is not known', computed((scope) => scope.result.was === 'x'), 'undecided'],
  ])('looks once in check mode, and it %s', async (_, until, outcome) => {
    const fleet = new FakeFleet(['a1'])
    const { results } = await course(fleet, ['a1'], [put('k', retry([until]))], {}, { check: true })
    expect(results[0]?.result).toMatchObject({ outcome, predicted: true })
    expect(fleet.waits).toEqual([])
  })
})

describe('in check mode a task that may fail, though it would change something,', () => {
  const unknown = [computed((scope) => scope.result.was === 'x')]
  it.each([
    ['until', { retry: { until: unknown, retries: constant(1), delaySeconds: constant(1) } }],
    ['failed_when', { failedWhen: unknown }],
  ])('leaves its handler undecided: %s', async (_, more) => {
    const fleet = new FakeFleet(['a1'])
    const handlers = [put('z', { name: 'go' })]
    const { ran } = await course(fleet, ['a1'], [put('k', { ...more, notify: ['go'] })], { handlers }, { check: true })
    expect(ran).toEqual(['a1 k undecided', 'a1 go undecided'])
  })
})

it.each([true, false])('handlers that notify each other run once each; check mode: %s', async (check) => {
  const fleet = new FakeFleet(['a1'])
  const handlers = ['one', 'two'].map((name) => task('always', {}, { name, notify: [name === 'one' ? 'two' : 'one'] }))
  const { ran } = await course(fleet, ['a1'], [put('k', { notify: ['two'] })], { handlers }, { check })
  expect(ran).toEqual(['a1 k changed', 'a1 two changed', 'a1 one changed'])
})

describe('changed_when and failed_when', () => {
  const CASES: readonly (readonly [string, Partial<TaskSpec>, boolean, string])[] = [
    ['changed_when false', { changedWhen: [computed(() => false)] }, false, 'ok'],
    ['changed_when by the result', { changedWhen: [computed((scope) => scope.result.changed)] }, false, 'changed'],
    ['failed_when true', { failedWhen: [computed((scope) => scope.result.outcome === 'changed')] }, false, 'failed'],
    [
      'failed_when false on a failure',
      { failedWhen: [computed((scope) => !scope.r.failed)], register: 'r' },
      true,
      'changed',
    ],
    ['both', { failedWhen: [computed(() => false)], changedWhen: [computed(() => false)] }, true, 'ok'],
  ]
  it.each(CASES)('%s', async (_, more, breaks, outcome) => {
    const fleet = new FakeFleet(['a1'])
    const one = breaks ? broken('k', more) : task('always', {}, { name: 'k', ...more })
    expect((await course(fleet, ['a1'], [one])).ran).toEqual([`a1 k ${outcome}`])
  })

  it.each([
    ['failed_when', { failedWhen: [computed(() => true)] }],
    ['until', { retry: { until: [computed(() => false)], retries: constant(0), delaySeconds: constant(1) } }],
  ])('%s that makes a failure of a change: it is changed all the same, and notifies nobody', async (_, more) => {
    for (const ignoreErrors of [true, false]) {
      const fleet = new FakeFleet(['a1'])
      const seen = put('seen', { when: [computed((scope) => scope.r.changed)] })
      const nodes = [put('k', { ...more, register: 'r', ignoreErrors, notify: ['go'] }), seen]
      const { ran, recap } = await course(fleet, ['a1'], nodes, { handlers: [put('z', { name: 'go' })] })
      expect(ran).toEqual(ignoreErrors ? ['a1 k failed', 'a1 seen changed'] : ['a1 k failed'])
      expect(recap.a1?.changed).toBe(ignoreErrors ? 2 : 0)
    }
  })

  it('that check mode cannot know leave it undecided', async () => {
    const fleet = new FakeFleet(['a1'])
    const unknown = { changedWhen: [computed((scope) => scope.result.was)] }
    expect((await course(fleet, ['a1'], [put('k', unknown)], {}, { check: true })).ran).toEqual(['a1 k undecided'])
  })
})

describe('run_once', () => {
  it('is made on the first host that is left, and its result is for all', async () => {
    const fleet = new FakeFleet(three)
    fleet.host('a1').refuses = { kind: 'unreachable', cause: 'gone' }
    const after = put('z', { when: [computed((scope) => scope.r.changed)] })
    const { ran } = await course(fleet, three, [put('k', { runOnce: true, register: 'r' }), after])
    expect(ran).toEqual(['a1 k unreachable', 'a2 k changed', 'a2 z changed', 'a3 z changed'])
  })

  it('fails all hosts when it fails, and counts once', async () => {
    const fleet = new FakeFleet(three)
    const { ran, recap } = await course(fleet, three, [broken('k', { runOnce: true }), put('z')])
    expect(ran).toEqual(['a1 k failed'])
    expect(Object.values(recap).map(({ failed }) => failed)).toEqual([1, 0, 0])
  })
})

describe('delegate_to', () => {
  const to = (host: string) => ({ delegateTo: constant(host) })

  it('looks at and changes the other host, with the variables and counts of the own one', async () => {
    const fleet = new FakeFleet([...three, 'other'])
    const params = computed((scope): Record<string, Json> => ({ key: `k-${scope.inventory_hostname}`, value: 'x' }))
    const { results, recap } = await course(fleet, three, [task('put', params, to('other'))])
    expect(results.map(({ host, result }) => [host, result.outcome, result.delegate])).toEqual(
      three.map((host) => [host, 'changed', 'other']),
    )
    expect([...fleet.host('other').values.keys()]).toEqual(three.map((host) => `k-${host}`))
    expect(recap.other).toBeUndefined()
    expect(fleet.host('a1').connections).toBe(0)
  })

  it('is done one after the other, so that the second finds what the first did', async () => {
    const fleet = new FakeFleet([...three, 'other'])
    const { ran } = await course(fleet, three, [put('k', to('other'))])
    expect(ran).toEqual(['a1 k changed', 'a2 k ok', 'a3 k ok'])
  })

  it('is predicted on the other host in check mode', async () => {
    const fleet = new FakeFleet([...three, 'other'])
    const { ran } = await course(fleet, three, [put('k', to('other'))], {}, { check: true })
    expect(ran).toEqual(['a1 k changed', 'a2 k ok', 'a3 k ok'])
  })

  it.each([
    ['nowhere', "delegate_to: there is no host 'nowhere' in the inventory", 'failed'],
    ['other', 'gone', 'unreachable'],
  ])('to %s that cannot be used fails the own host', async (host, cause, outcome) => {
    const fleet = new FakeFleet(['a1', 'other'])
    fleet.host('other').refuses = { kind: 'unreachable', cause: 'gone' }
    const { results } = await course(fleet, ['a1'], [put('k', to(host))])
    expect(results[0]?.result).toMatchObject({ outcome, failure: { cause } })
  })
})

describe('failures of some hosts', () => {
  const one = broken('k', only('a2'))

  it('any_errors_fatal stops the others, whose rescues still run', async () => {
    const fleet = new FakeFleet(three)
    const fatal = broken('k', { ...only('a2'), anyErrorsFatal: true })
    const plain = await course(fleet, three, [fatal, put('z')])
    expect(plain.ran.filter((line) => !line.includes('skipped'))).toEqual(['a2 k failed'])
    expect(Object.values(plain.recap).map(({ failed }) => failed)).toEqual([0, 1, 0])
    const warningsOf = ({ events }: typeof plain) =>
      events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
    expect(warningsOf(plain)).toEqual(['a[1,3] stopped because "k" failed on a2 (any_errors_fatal)'])
    const rescued = await course(new FakeFleet(three), three, [block({ body: [fatal], rescue: [put('r')] })])
    expect(rescued.ran.filter((line) => line.includes(' r ')).sort()).toEqual(three.map((host) => `${host} r changed`))
    expect(warningsOf(rescued)).toEqual([
      'a[1,3] left the block for its rescue because "k" failed on a2 (any_errors_fatal)',
    ])
  })

  it.each([
    [{ maxFailPercentage: 34 }, true],
    [{ maxFailPercentage: 33 }, false],
    [{ maxFailures: 1 }, true],
    [{ maxFailures: 0 }, false],
  ])('%j lets the others go on: %s', async (more, goOn) => {
    const { ran, events } = await course(new FakeFleet(three), three, [one, put('z')], more)
    expect(ran.includes('a1 z changed')).toBe(goOn)
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []))
    expect(warnings.some((message) => message.includes('the run ends'))).toBe(!goOn)
  })

  it('unreachable hosts count', async () => {
    const fleet = new FakeFleet(three)
    fleet.host('a2').refuses = { kind: 'unreachable', cause: 'gone' }
    const { ran } = await course(fleet, three, [put('k'), put('z')], { maxFailures: 0 })
    expect(ran.some((line) => line.includes(' z '))).toBe(false)
  })

  it('ignore_unreachable leaves the host out of one task', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').refuses = { kind: 'unreachable', cause: 'gone' }
    const first = put('k', { ignoreUnreachable: true })
    const { ran, recap } = await course(fleet, ['a1'], [first, put('z')])
    expect(ran).toEqual(['a1 k unreachable', 'a1 z unreachable'])
    expect(recap.a1).toMatchObject({ ignored: 1, unreachable: 1 })
  })

  it.each([
    [false, ['a1 t changed', 'a1 b failed']],
    [true, ['a1 t changed', 'a1 b failed', 'a1 h changed']],
  ])('force_handlers %s', async (forceHandlers, ran) => {
    const handlers = [put('h')]
    const nodes = [put('t', { notify: ['h'] }), broken('b')]
    expect((await course(new FakeFleet(['a1']), ['a1'], nodes, { handlers, forceHandlers })).ran).toEqual(ran)
  })
})

describe('the schedule', () => {
  it('throttle lets so many hosts work at once', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `n${i}`)
    const fleet = new FakeFleet(names)
    let now = 0
    let most = 0
    for (const host of fleet.hosts.values()) {
      const answer = host.answer.bind(host)
      host.answer = async (script) => {
        most = Math.max(most, ++now)
        const reply = await answer(script)
        await Promise.resolve()
        now--
        return reply
      }
    }
    await course(fleet, names, [put('k', { throttle: 2 })])
    expect(most).toBe(2)
  })

  it.each([
    [{ by: 'rack' }, ['a1 a3', 'a2']],
    [
      [1, { percent: 67 }],
      ['a1', 'a2 a3'],
    ],
  ])('serial %j', async (serial, batches) => {
    const racks: Record<string, string> = { a1: 'r1', a2: 'r2', a3: 'r1' }
    const more = { serial, variables: (host: string) => ({ rack: racks[host] ?? '' }) }
    const { events } = await course(new FakeFleet(three), three, [put('k')], more)
    expect(events.flatMap((event) => (event.type === 'play-started' ? [event.hosts.join(' ')] : []))).toEqual(batches)
  })

  it('runs handlers after each of pre_tasks, tasks and post_tasks', async () => {
    const notify = ['h']
    const handlers = [task('always', {}, { name: 'h' })]
    const more = { handlers, preTasks: [put('p', { notify })], postTasks: [put('q', { notify })] }
    const { ran } = await course(new FakeFleet(['a1']), ['a1'], [put('t', { notify })], more)
    expect(ran.map((line) => line.split(' ')[1])).toEqual(['p', 'h', 't', 'h', 'q', 'h'])
  })
})

describe('tasks of the language', () => {
  const say = (type: string, params: Record<string, Json> = {}, more: Partial<TaskSpec> = {}) =>
    task(type, params, { name: type, ...more })

  it('setVars is seen by later tasks of that host, over its other variables', async () => {
    const fleet = new FakeFleet(three)
    const sets = say('setVars', { v: 'set' }, { ...only('a2'), sets: ['v'] })
    const reads = task(
      'put',
      computed((scope): Record<string, Json> => ({ key: 'k', value: scope.v })),
    )
    const more = { variables: (host: string) => ({ inventory_hostname: host, v: 'given' }) }
    await course(fleet, three, [sets, reads], more)
    expect(three.map((host) => fleet.host(host).values.get('k'))).toEqual(['given', 'set', 'given'])
  })

  it('assert names all that does not hold', async () => {
    const that = [
      { condition: 'a > 1', holds: true },
      { condition: 'b > 1', holds: false },
      { condition: 'c > 1', holds: false },
    ]
    const { results } = await course(new FakeFleet(['a1']), ['a1'], [say('assert', { that, message: 'too few' })])
    expect(results[0]?.result.failure?.cause).toBe('too few (do not hold: b > 1; c > 1)')
  })

  it.each([
    ['fail', { message: 'no', hint: 'yes' }, { outcome: 'failed', failure: { cause: 'no', hint: 'yes' } }],
    ['print', { value: 'hello' }, { outcome: 'ok', note: 'hello' }],
    ['print', { value: [1] }, { outcome: 'ok', note: '[1]' }],
  ])('%s %j', async (type, params, result) => {
    const fleet = new FakeFleet(['a1'])
    const { results } = await course(fleet, ['a1'], [say(type, params)])
    expect(results[0]?.result).toMatchObject(result)
    expect(fleet.host('a1').connections).toBe(0)
  })

  it('pause waits, and in check mode does not', async () => {
    const fleet = new FakeFleet(['a1'])
    await course(fleet, ['a1'], [say('pause', { seconds: 3 })], {}, { check: true })
    expect(fleet.waits).toEqual([])
    await course(fleet, ['a1'], [say('pause', { seconds: 3 })])
    expect(fleet.waits).toEqual([3000])
  })

  it.each([
    ['there is none', undefined, 'failed', undefined],
    ['its input ends', async () => undefined, 'failed', undefined],
    ['somebody answers', async () => 'yes', 'ok', 'yes'],
  ])('pause asks on a terminal: %s', async (_, ask, outcome, answer) => {
    const fleet = new FakeFleet(['a1'])
    fleet.ask = ask
    const { results } = await course(fleet, ['a1'], [say('pause', { prompt: 'sure?' })])
    expect([results[0]?.result.outcome, results[0]?.result.data?.['answer']]).toEqual([outcome, answer])
  })

  /** A fleet whose person answers each question with its number. */
  function asked() {
    const fleet = new FakeFleet(three)
    const questions: string[] = []
    fleet.ask = async (question) => String(questions.push(question))
    return { fleet, questions }
  }
  const sure = computed((scope): Record<string, Json> => ({ prompt: `sure of ${scope.of ?? 'all'}?` }))
  const ask = (more: Partial<TaskSpec> = {}) => task('pause', sure, { name: 'ask', register: 'go', ...more })

  it.each<[string, Partial<TaskSpec>, object, string[]]>([
    ['all hosts', {}, {}, ['sure of all?']],
    ['all hosts of a batch', {}, { serial: [1, 2] }, ['sure of all?', 'sure of all?']],
    [
      'all hosts that would ask the same',
      {},
      { variables: (host: string) => ({ of: host === 'a3' ? 'a3' : 'these' }) },
      ['sure of these?', 'sure of a3?'],
    ],
    ['each item', { loop: { items: constant([1, 2]), as: 'item' } }, {}, ['sure of all?', 'sure of all?']],
  ])('pause asks once for %s', async (_, more, head, expected) => {
    const { fleet, questions } = asked()
    await course(fleet, three, [ask(more)], head)
    expect(questions).toEqual(expected)
  })

  it('pause gives every host the answer, and hides secrets in the question', async () => {
    const { fleet, questions } = asked()
    const reads = put('k', { when: [computed((scope) => scope.go.answer === '1')] })
    const given = { variables: () => ({ of: 's3cret' }) }
    await fleet.start([play(three, [ask(), reads], given)], {}, ['s3cret']).done
    expect(questions).toEqual(['sure of [hidden]?'])
    expect(three.map((host) => fleet.host(host).values.get('k'))).toEqual(['x', 'x', 'x'])
  })

  it('pause asks nothing in check mode, and what depends on the answer is undecided', async () => {
    const { fleet, questions } = asked()
    const reads = put('k', { when: [computed((scope) => scope.go.answer === '1')] })
    const { ran } = await course(fleet, ['a1'], [ask(), reads], {}, { check: true })
    expect(questions).toEqual([])
    expect(ran).toEqual(['a1 ask ok', 'a1 k undecided'])
  })

  it('flushHandlers runs what is due now, and not again at the end', async () => {
    const more = { handlers: [put('h')] }
    const nodes = [put('t', { notify: ['h'] }), say('flushHandlers'), put('z')]
    const { ran } = await course(new FakeFleet(['a1']), ['a1'], nodes, more)
    expect(ran.map((line) => line.split(' ')[1])).toEqual(['t', 'flushHandlers', 'h', 'z'])
  })

  it('endHost ends the play for one host, and the next play has it again', async () => {
    const fleet = new FakeFleet(three)
    const plays = [
      play(three, [say('endHost', {}, only('a2')), put('k')], { variables }),
      play(three, [put('z')], { variables }),
    ]
    expect((await fleet.outcomes(plays)).filter((line) => line.includes(' put ')).sort()).toEqual(
      ['a1', 'a1', 'a2', 'a3', 'a3'].map((host) => `${host} put changed`),
    )
  })

  it('endPlay ends it for all, those of later batches too', async () => {
    const { ran } = await course(new FakeFleet(three), three, [say('endPlay'), put('k')], { serial: [1] })
    expect(ran).toEqual(['a1 endPlay ok'])
  })
})
