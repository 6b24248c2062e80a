// A command that only looks: made in check mode too, never a change, and not after a change that check mode only predicts.
import { expect, test } from 'vitest'
import type { TaskSpec } from '../../src/model/playTree.ts'
import { verify } from '../../src/task/decision.ts'
import { defineTask } from '../../src/task/defineTask.ts'
import { Type } from '../../src/task/index.ts'
import { script } from '../../src/task/steps/step.ts'
import { computed, FakeFleet, fakeTypes, play, task } from './fakeFleet.ts'

/** As `run` with `readOnly: true`; it reports its step's exit status. */
const look = defineTask({
  name: 'look',
  summary: 'Looks.',
  params: Type.Object({ fails: Type.Optional(Type.Boolean()) }),
  result: Type.Object({ exitStatus: Type.Integer() }),
  judgedByUser: true,
  observe: () => ({}),
  decide: () => verify({ note: 'look', after: {}, plan: {}, readOnly: true, repeats: true }),
  apply: ({ params }) => [script('look', params.fails ? 'fail' : 'look')],
  collect: ([output]) => ({ exitStatus: output?.status ?? -1 }),
})

const looks = (more: Partial<TaskSpec> = {}, params = {}) =>
  task('look', params, { name: 'look', register: 'seen', ...more })
const put = (key: string, more: Partial<TaskSpec> = {}) => task('put', { key, value: 'x' }, { name: key, ...more })
const found = { when: [computed((scope) => scope.seen.exitStatus === 0)] }

async function run(tasks: readonly TaskSpec[], check: boolean) {
  const fleet = new FakeFleet(['a1'])
  fleet.taskTypes = new Map([...fakeTypes, ['look', look]])
  const steps: string[] = []
  fleet.host('a1').fault = ({ parts }) => {
    steps.push(...parts.flatMap(({ as, script: text }) => (as === 'step' ? [text] : [])))
    return undefined
  }
  const { events, done } = fleet.start([play(['a1'], tasks)], { check })
  const { recap } = await done
  const ran = events.flatMap((event) =>
    event.type === 'task-result'
      ? [`${event.task.name} ${event.result.outcome}${event.result.predicted ? ' predicted' : ''}`]
      : [],
  )
  return { ran, steps, recap: recap.a1, sent: fleet.host('a1').sent }
}

test.each([true, false])('is made, and what it reports decides what follows; check mode: %s', async (check) => {
  const { ran, steps, recap } = await run([looks(), put('k', found)], check)
  expect(ran).toEqual(['look ok', check ? 'k changed predicted' : 'k changed'])
  expect(steps).toEqual(check ? ['look'] : ['look', 'put k x'])
  expect(recap).toMatchObject({ changed: 1, ok: 1 })
})

test.each([true, false])('that fails is a failure; check mode: %s', async (check) => {
  expect((await run([looks({}, { fails: true })], check)).ran).toEqual(['look failed'])
})

test('changes nothing: what was asked of the host stays known', async () => {
  const { ran, sent } = await run([put('k', { when: [computed(() => true)] }), looks(), put('k')], false)
  expect(ran).toEqual(['k changed', 'look ok', 'k ok'])
  expect(sent).toBe(3)
})

test('after a change that is only predicted it would see something else: it is not made, and undecided', async () => {
  const { ran, steps } = await run([put('k'), looks(), put('z', found)], true)
  expect(ran).toEqual(['k changed predicted', 'look undecided predicted', 'z undecided predicted'])
  expect(steps).toEqual([])
})

test.each<[string, Partial<TaskSpec>, string]>([
  ['changed_when', { changedWhen: [computed((scope) => scope.result.exitStatus === 0)] }, 'look changed'],
  ['failed_when', { failedWhen: [computed((scope) => scope.result.exitStatus === 0)] }, 'look failed'],
])('%s judges it in check mode too', async (_word, more, expected) => {
  expect((await run([looks(more)], true)).ran).toEqual([expected])
})
