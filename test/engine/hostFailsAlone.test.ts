// A host fails alone: whatever it answers and whatever a task type throws, no other host notices.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PartReply } from '../../src/transport/session.ts'
import { defineTask, type TaskType } from '../../src/task/defineTask.ts'
import { probe, type ProbeKind } from '../../src/task/probes/probe.ts'
import { change, ok } from '../../src/task/decision.ts'
import { script } from '../../src/task/steps/step.ts'
import { Type } from '../../src/task/index.ts'
import { OUTCOMES } from '../../src/model/result.ts'
import { catalogue } from '../tasks/catalogue.ts'
import { computed, constant, FakeFleet, fakeTypes, play, task } from './fakeFleet.ts'

const kind: ProbeKind<null, string> = {
  name: 'thing',
  functions: {},
  script: () => 'thing',
  read: (stdout) => [stdout.toString()],
}

/** Does its work on every host, and throws in one method; `only` is the host on which it does. */
const clumsy = (method: string, only: string): TaskType => {
  const boom = (at: string, host: string) => {
    if (at === method && host === only) throw new Error('boom\nin two lines')
  }
  return defineTask({
    name: 'clumsy',
    summary: 'Throws.',
    params: Type.Object({ host: Type.String(), fails: Type.Optional(Type.Boolean()) }),
    result: Type.Object({ done: Type.String() }),
    observe({ host }) {
      boom('observe', host)
      const read: ProbeKind<null, string>['read'] = (stdout, questions) => {
        boom('read', host)
        return method === 'too few answers' && host === only ? [] : kind.read(stdout, questions)
      }
      const ask = () => {
        boom('script', host)
        return 'thing'
      }
      return { it: probe({ ...kind, read, script: ask }, host, null) }
    },
    decide({ params: { host }, observed }) {
      boom('decide', host)
      return observed.it === 'done' ? ok() : change({ note: 'do it', after: {}, plan: {}, repeats: true })
    },
    apply({ params: { host, fails } }) {
      boom('apply', host)
      const stdin = () => {
        boom('stdin', host)
        return ''
      }
      return [script('do it', fails ? 'fail' : 'put x done', { stdin })]
    },
    collect(_outputs, { host }) {
      boom('collect', host)
      return { done: 'yes' }
    },
    explain(_failed, { host }) {
      boom('explain', host)
      return undefined
    },
    deadlineSeconds({ host }) {
      boom('deadlineSeconds', host)
      return 5
    },
  })
}

describe('a task type that throws', () => {
  const CASES: readonly (readonly [string, string])[] = [
    ['observe', 'clumsy threw in observe: boom'],
    ['script', 'cannot read what the host answered about thing a1: it could not be asked'],
    ['read', 'cannot read what the host answered about thing a1: unexpected answer (Error: boom'],
    ['too few answers', '0 of 1 answers'],
    ['decide', 'clumsy threw in decide: boom'],
    ['apply', 'clumsy threw in apply: boom'],
    ['stdin', 'clumsy threw in apply: boom'],
    ['collect', 'clumsy threw in collect: boom'],
    ['deadlineSeconds', 'clumsy threw in deadlineSeconds: boom'],
    ['explain', '`do it` failed; clumsy threw in explain: boom'],
  ]
  it.each(CASES)('in %s fails that host alone, and says where', async (method, cause) => {
    const fleet = new FakeFleet(['a1', 'a2'])
    fleet.taskTypes = new Map([...fakeTypes, ['clumsy', clumsy(method, 'a1')]])
    const where = (host: string) => ({ when: [computed((scope) => scope.inventory_hostname === host)] })
    const tasks = ['a1', 'a2'].map((host) => task('clumsy', { host, fails: method === 'explain' }, where(host)))
    const variables = (host: string) => ({ inventory_hostname: host })
    const { events, done } = fleet.start([
      play(['a1', 'a2'], [...tasks, task('put', { key: 'k', value: 'v' })], { variables }),
    ])
    await done
    const results: string[] = []
    const causes: string[] = []
    for (const event of events) {
      if (event.type !== 'task-result' || event.result.outcome === 'skipped') continue
      results.push(`${event.host} ${event.task.type} ${event.result.outcome}`)
      if (event.result.failure) causes.push(event.result.failure.cause)
    }
    expect(results[0]).toBe('a1 clumsy failed')
    expect(causes[0]).toContain(cause)
    if (cause.startsWith('clumsy')) expect(causes[0]).toMatch(/boom \((\w+\/)?hostFailsAlone\.test\.ts:\d+:\d+\)$/)
    if (method !== 'explain') expect(results.slice(1)).toEqual(['a2 clumsy changed', 'a2 put changed'])
  })

  it('in the look-ahead is not blamed on the task at hand', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.taskTypes = new Map([...fakeTypes, ['clumsy', clumsy('observe', 'a1')]])
    const tasks = [task('put', { key: 'k', value: 'v' }), task('clumsy', { host: 'a1' })]
    expect(await fleet.outcomes([play(['a1'], tasks)])).toEqual(['a1 put changed', 'a1 clumsy failed'])
  })
})

/** What a hostile or broken host may say to any question. */
const reply: fc.Arbitrary<PartReply> = fc.record({
  ran: fc.constant(true),
  stdout: fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .array(
        fc.oneof(
          fc.string(),
          fc.integer().map(String),
          fc.constantFrom(
            '',
            '-1',
            '9e999',
            'file',
            'directory',
            'absent',
            '=',
            '\0',
            'x0',
            '{}',
            '[]',
            'ExecMainStartTimestamp=@99999999999999999999',
          ),
        ),
        { maxLength: 30 },
      )
      .chain((words) => fc.constantFrom('\n', ' ', '\0', '\t', '=').map((by) => Buffer.from(words.join(by)))),
  ),
  stderr: fc.string(),
  status: fc.nat(255),
  dropped: fc.constantFrom(0, 0, 0, 7),
})

describe('a host that answers nonsense', () => {
  it.each(catalogue.map(({ name, type, cases }) => [name, type, cases] as const))(
    'to %s fails alone, and the run ends as it should',
    async (name, type, cases) => {
      const params = cases.decide.map((one) => constant(one.params as never))
      const pick = <T>(values: readonly T[], n: number) => values[n % values.length] as T
      await fc.assert(
        fc.asyncProperty(
          fc.array(reply, { minLength: 1, maxLength: 12 }),
          fc.nat(1000),
          fc.boolean(),
          async (replies, n, check) => {
            const fleet = new FakeFleet(['a1', 'a2'])
            fleet.taskTypes = new Map([...fakeTypes, [name, type as TaskType]])
            let asked = 0
            fleet.host('a1').hostile = () => pick(replies, asked++)
            const variables = (host: string) => ({ inventory_hostname: host })
            const onlyHostile = { when: [computed((scope) => scope.inventory_hostname === 'a1')] }
            const tasks = [task(name, pick(params, n), onlyHostile), task('put', { key: 'k', value: 'v' })]
            const { events, done } = fleet.start([play(['a1', 'a2'], tasks, { variables })], { check })
            const { recap } = await done
            expect(recap.a2).toMatchObject({ skipped: 1, changed: 1, failed: 0 })
            const outcomes = events.flatMap((event) => (event.type === 'task-result' ? [event.result.outcome] : []))
            for (const outcome of outcomes) expect(OUTCOMES).toContain(outcome)
            expect(events.at(-1)?.type).toBe('run-ended')
          },
        ),
        { numRuns: 300 },
      )
    },
    60_000,
  )
})
