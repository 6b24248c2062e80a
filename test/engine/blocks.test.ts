// Blocks on hosts in memory: who does which part, what a rescue knows, and how it is counted.
import { describe, expect, it } from 'vitest'
import type { BlockSpec, PlayNode } from '../../src/model/playTree.ts'
import { block, computed, FakeFleet, play, task } from './fakeFleet.ts'

const names = ['a1', 'a2']

/** A task that leaves its name among the host's values; `breaks` where the host has no `sound` value. */
const mark = (name: string) => task('put', { key: name, value: 'x' }, { name })
const breaking = (name: string) => task('put', { key: name, value: 'x', breaks: true }, { name })

/** Which tasks ran where, and the counts that matter. a2 is sound: what breaks is done there already. */
async function course(nodes: readonly PlayNode[], sound: readonly string[] = []) {
  const fleet = new FakeFleet(names)
  for (const key of sound) fleet.host('a2').values.set(key, 'x')
  const { events, done } = fleet.start([play(names, nodes)])
  const { recap } = await done
  const ran = events.flatMap((event) =>
    event.type === 'task-result' ? [`${event.host} ${event.task.name} ${event.result.outcome}`] : [],
  )
  const counts = Object.values(recap).map(({ failed, rescued }) => ({ failed, rescued }))
  return { ran: ran.sort(), counts }
}

const CASES: readonly (readonly [string, BlockSpec, readonly string[], readonly [number, number]])[] = [
  [
    'without a failure',
    block({ body: [mark('b')], rescue: [mark('r')], always: [mark('z')] }),
    ['b changed', 'z changed', 'end changed'],
    [0, 0],
  ],
  [
    'rescued',
    block({ body: [breaking('b'), mark('c')], rescue: [mark('r')], always: [mark('z')] }),
    ['b failed', 'r changed', 'z changed', 'end changed'],
    [0, 1],
  ],
  [
    'a failure without rescue',
    block({ body: [breaking('b')], always: [mark('z')] }),
    ['b failed', 'z changed'],
    [1, 0],
  ],
  [
    'a failing rescue',
    block({ body: [breaking('b')], rescue: [breaking('r'), mark('s')], always: [mark('z')] }),
    ['b failed', 'r failed', 'z changed'],
    [1, 1],
  ],
  [
    'a failing always',
    block({ body: [mark('b')], always: [breaking('z'), mark('y')] }),
    ['b changed', 'z failed'],
    [1, 0],
  ],
  [
    'an inner block whose failure the outer one rescues',
    block({ body: [block({ body: [breaking('b')], always: [mark('i')] }), mark('c')], rescue: [mark('r')] }),
    ['b failed', 'i changed', 'r changed', 'end changed'],
    [0, 1],
  ],
  [
    'a rescue that fails inside a block with a rescue',
    block({ body: [block({ body: [breaking('b')], rescue: [breaking('i')] })], rescue: [mark('r')] }),
    ['b failed', 'i failed', 'r changed', 'end changed'],
    [0, 2],
  ],
]

describe('a block', () => {
  it.each(CASES)('%s', async (_, node, ran, [failed, rescued]) => {
    const result = await course([node, mark('end')])
    expect(result.ran).toEqual(names.flatMap((host) => ran.map((line) => `${host} ${line}`)).sort())
    expect(result.counts).toEqual(names.map(() => ({ failed, rescued })))
  })

  it('whose tasks are the same on all hosts looks at its conditions once for each host', async () => {
    const asked: string[] = []
    const variables = (host: string) => ({ host })
    const when = [
      computed((scope) => {
        asked.push(scope.host)
        return scope.host === 'a1'
      }, 'host == "a1"'),
    ]
    const tasks = ['b', 'c', 'd'].map((name) => task('put', { key: name, value: 'x' }, { name, when }))
    const own = task('put', { key: 'e', value: 'x' }, { name: 'e', when: [...when] })
    const fleet = new FakeFleet(names)
    const outcomes = await fleet.outcomes([play(names, [block({ body: [...tasks, own] })], { variables })])
    const four = (outcome: string) => Array.from({ length: 4 }, () => outcome)
    expect(outcomes.sort()).toEqual([...four('a1 put changed'), ...four('a2 put skipped')])
    // Once for the block, and once for the task with a list of its own.
    expect(asked.sort()).toEqual(['a1', 'a1', 'a2', 'a2'])
  })

  it('of tasks that read nothing gathers the variables of one host only', async () => {
    const gathered: string[] = []
    const variables = (host: string) => {
      gathered.push(host)
      return {}
    }
    const fleet = new FakeFleet(['a1', 'a2', 'a3'])
    const tasks = ['b', 'c'].map((key) => task('put', { key, value: 'x' }))
    await fleet.outcomes([play(['a1', 'a2', 'a3'], [block({ body: tasks })], { variables })])
    expect([...new Set(gathered)]).toHaveLength(1)
  })

  it('is rescued only on hosts where it failed', async () => {
    const node = block({ body: [breaking('b')], rescue: [mark('r')] })
    const { ran } = await course([node, mark('end')], ['b'])
    expect(ran).toEqual(['a1 b failed', 'a1 end changed', 'a1 r changed', 'a2 b ok', 'a2 end changed'])
  })

  it('does not run its rescue nor its always on a host that was lost', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.host('a1').refuses = { kind: 'unreachable', cause: 'no route' }
    const node = block({ body: [mark('b')], rescue: [mark('r')], always: [mark('z')] })
    expect(await fleet.outcomes([play(['a1'], [node])])).toEqual(['a1 put unreachable'])
  })

  it('tells its rescue what failed, and an inner rescue the inner failure', async () => {
    const fleet = new FakeFleet(['a1'])
    const told = (key: string) =>
      task(
        'put',
        computed((scope) => ({ key, value: `${scope.failure.task}:${scope.failure.result.outcome}` })),
      )
    const inner = block({ body: [breaking('deep')], rescue: [told('k1')] })
    await fleet.outcomes([play(['a1'], [block({ body: [breaking('outer')], rescue: [inner, told('k2')] })])])
    expect([...fleet.host('a1').values]).toEqual([
      ['k1', 'deep:failed'],
      ['k2', 'outer:failed'],
    ])
  })

  it('without rescue changes neither what is asked nor what is done', async () => {
    const tasks = ['k1', 'k2', 'k3'].map(mark)
    for (const nodes of [
      tasks,
      [block({ body: tasks })],
      tasks.map((one) => block({ body: [one], rescue: [mark('r')] })),
    ]) {
      const fleet = new FakeFleet(['a1'])
      for (const key of ['k1', 'k2', 'k3']) fleet.host('a1').values.set(key, 'x')
      expect(await fleet.outcomes([play(['a1'], nodes)])).toEqual(Array(3).fill('a1 put ok'))
      expect(fleet.host('a1').sent).toBe(1)
    }
  })
})
