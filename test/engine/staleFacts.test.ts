// What was asked before something changed: asked again, or unknown where the change was only predicted.
import { describe, expect, it } from 'vitest'
import { defineTask } from '../../src/task/defineTask.ts'
import { change, ok } from '../../src/task/decision.ts'
import { probe, type ProbeKind } from '../../src/task/probes/probe.ts'
import { script } from '../../src/task/steps/step.ts'
import { Type } from '../../src/task/index.ts'
import { computed, FakeFleet, fakeTypes, play, task } from './fakeFleet.ts'

/** Asks as a command does: for one value, by its name. */
const commandKind: ProbeKind<null, string> = {
  name: 'command',
  functions: {},
  followsAnyChange: true,
  script: (questions) => questions.map(({ subject }) => subject).join('\n'),
  read: (stdout) => stdout.toString().split('\n'),
}

/** Due while the flag is absent. */
const flagged = defineTask({
  name: 'flagged',
  summary: 'Runs unless a flag is there.',
  params: Type.Object({ flag: Type.String() }),
  observe: ({ flag }) => ({ flag: probe(commandKind, flag, null) }),
  decide: ({ params, observed }) =>
    observed.flag === '-' ? change({ note: 'run', after: { flag: 'x' }, plan: { flag: params.flag } }) : ok(),
  apply: ({ plan }) => [script('run', `put ${plan.flag} x`)],
})

const only = (host: string) => ({ when: [computed((scope) => scope.inventory_hostname === host)] })
const variables = (host: string) => ({ inventory_hostname: host })

function fleetOf(names: readonly string[]) {
  const fleet = new FakeFleet(names)
  fleet.taskTypes = new Map([...fakeTypes, ['flagged', flagged]])
  return fleet
}

describe('a command', () => {
  it('is asked again after another host changed something', async () => {
    const fleet = fleetOf(['a1', 'a2', 'a3'])
    const shares = (event: { readonly type: string; readonly host?: string }) => {
      // What a1 makes is in a directory that all of them share.
      if (event.type === 'task-result' && event.host === 'a1')
        for (const host of fleet.hosts.values()) host.values.set('flag', 'x')
    }
    const first = task('put', { key: 'flag', value: 'x' }, only('a1'))
    const { events, done } = fleet.start(
      [play(['a1', 'a2', 'a3'], [first, task('flagged', { flag: 'flag' })], { variables })],
      {},
      [],
      shares as never,
    )
    await done
    const outcomes = events.flatMap((event) =>
      event.type === 'task-result' && event.task.type === 'flagged' ? [event.result.outcome] : [],
    )
    expect(outcomes).toEqual(['ok', 'ok', 'ok'])
  })

  it.each([
    ['is unknown after a change that was only predicted', 'w', 'undecided'],
    ['is known where nothing would change', 'v', 'ok'],
  ])('%s', async (_, value, outcome) => {
    const fleet = fleetOf(['a1'])
    fleet.host('a1').values.set('k', 'v').set('flag', 'x')
    const tasks = [task('put', { key: 'k', value }), task('flagged', { flag: 'flag' })]
    expect((await fleet.outcomes([play(['a1'], tasks)], { check: true })).at(-1)).toBe(`a1 flagged ${outcome}`)
  })
})

describe('a restart', () => {
  const late = { name: 'late', onlyNotified: true }

  it.each([
    [{}, ['a1 put ok', 'a1 restart changed']],
    [{ onlyNotified: true }, ['a1 put ok']],
  ])('that is due by facts is confined by tags: %j', async (more, outcomes) => {
    const fleet = fleetOf(['a1'])
    fleet.host('a1').values.set('f', '9').set('started', '1')
    const handlers = [task('restart', {}, { name: 'late', ...more })]
    const tasks = [task('put', { key: 'f', value: '9' }, { notify: ['late'] })]
    expect(await fleet.outcomes([play(['a1'], tasks, { handlers })])).toEqual(outcomes)
  })

  it('that was notified and not reached is named at the end', async () => {
    const fleet = fleetOf(['a1'])
    const handlers = [task('restart', {}, { ...late, id: '0/h0' })]
    const tasks = [
      task('put', { key: 'f', value: '9' }, { notify: ['late'] }),
      task('put', { key: 'x', value: 'y', breaks: true }),
    ]
    const { events, done } = fleet.start([play(['a1'], tasks, { handlers })])
    await done
    expect(events.at(-1)).toMatchObject({ handlersLeft: { a1: [{ id: '0/h0', name: 'late' }] } })
  })

  it.each([
    ['whose notifier is as wanted', {}, ['a1 put ok', 'a1 broken failed']],
    ['whose notifier is skipped', { when: [computed(() => false)] }, ['a1 put skipped']],
  ])('that cannot be made is a failure in the next run too, %s', async (_, more, outcomes) => {
    const fleet = fleetOf(['a1'])
    const broken = defineTask({
      name: 'broken',
      summary: 'Cannot be decided.',
      params: Type.Object({}),
      dueByFacts: true,
      observe: () => ({}),
      decide: () => ({ kind: 'refuse', cause: 'there is no such unit' }),
      apply: () => [],
    })
    fleet.taskTypes = new Map([...fakeTypes, ['broken', broken]])
    fleet.host('a1').values.set('f', '9')
    const handlers = [task('broken', {}, { name: 'late' })]
    const tasks = [task('put', { key: 'f', value: '9' }, { notify: ['late'], ...more })]
    expect(await fleet.outcomes([play(['a1'], tasks, { handlers })])).toEqual(outcomes)
  })
})

describe('a result', () => {
  it.each([
    ['skipped', { when: [computed(() => false)] }, { was: '', skipped: true }],
    ['failed', { ignoreErrors: true }, { was: '', failed: true }],
  ])('has all its fields when the task was %s', async (outcome, more, fields) => {
    const fleet = fleetOf(['a1'])
    const first = task('put', { key: 'k', value: 'v', breaks: true }, { register: 'r', ...more })
    const seen: unknown[] = []
    const second = task('put', { key: 'x', value: 'y' }, { when: [computed((scope) => seen.push(scope.r) > 0)] })
    await fleet.outcomes([play(['a1'], [first, second])])
    expect(seen.at(-1)).toMatchObject({ outcome, ...fields })
  })
})
