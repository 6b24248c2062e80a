// A file of tasks that each host names: each does the tasks of its own, and one without a file fails alone.
import { describe, expect, test } from 'vitest'
import type { ChoiceSpec, PlayNode } from '../../src/model/playTree.ts'
import { computed, FakeFleet, play, task } from './fakeFleet.ts'

const put = (key: string, value = '1') => task('put', { key, value })

/** The file is `variables.file`; hosts without one have no value for it. */
const choice = (branches: Readonly<Record<string, readonly PlayNode[]>>, more = {}): ChoiceSpec => ({
  kind: 'choice',
  task: task(
    'include_tasks',
    computed((scope) => ({ file: scope.file }), '{{ file }}.yml'),
    { name: 'include', ...more },
  ),
  branches: new Map(Object.entries(branches)),
})

const files = (by: Readonly<Record<string, string>>) => ({ variables: (host: string) => ({ file: by[host] ?? '' }) })

describe('a file of tasks by host', () => {
  test('each host does the tasks of its own, and they are not counted for the others', async () => {
    const fleet = new FakeFleet(['h1', 'h2'])
    const tree = [choice({ a: [put('a')], b: [put('b'), put('c')] }), put('after')]
    const { done } = fleet.start([play(['h1', 'h2'], tree, files({ h1: 'a', h2: 'b' }))])
    const { recap } = await done
    expect(recap['h1']).toMatchObject({ changed: 2, skipped: 0 })
    expect(recap['h2']).toMatchObject({ changed: 3, skipped: 0 })
    expect([...fleet.host('h1').values.keys()]).toEqual(['a', 'after'])
    expect([...fleet.host('h2').values.keys()]).toEqual(['b', 'c', 'after'])
  })

  test('where the condition does not hold, the word itself is skipped', async () => {
    const fleet = new FakeFleet(['h1'])
    const never = { when: [computed(() => false, 'never')] }
    const { done } = fleet.start([play(['h1'], [choice({ a: [put('a'), put('b')] }, never)], files({ h1: 'a' }))])
    expect((await done).recap['h1']).toMatchObject({ skipped: 1, changed: 0 })
  })

  test('what hosts choose is settled before the first file changes it', async () => {
    const fleet = new FakeFleet(['h1'])
    const set = task('setVars', { file: 'b' }, { sets: ['file'] })
    const { done } = fleet.start([play(['h1'], [choice({ a: [set], b: [put('b')] })], files({ h1: 'a' }))])
    await done
    expect(fleet.host('h1').values.has('b')).toBe(false)
  })

  test('an unchanged host is asked once, and for its own file only', async () => {
    const fleet = new FakeFleet(['h1'])
    for (const key of ['a', 'after']) fleet.host('h1').values.set(key, '1')
    const asked: string[] = []
    fleet.host('h1').fault = ({ parts }) => void asked.push(...parts.map(({ script }) => script))
    const tree = [choice({ a: [put('a')], b: [put('b')] }), put('after')]
    const { done } = fleet.start([play(['h1'], tree, files({ h1: 'a' }))])
    expect((await done).recap['h1']).toMatchObject({ ok: 2 })
    expect(asked).toEqual(['a\nafter'])
  })
})
