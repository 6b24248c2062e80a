// Files of the controller that tasks name: where they are read from, and what becomes of one that went away.
import { describe, expect, it } from 'vitest'
import { FakeFleet, play, task } from './fakeFleet.ts'

const three = ['a1', 'a2', 'a3']

describe('files of the controller', () => {
  it('are beside the file of the task, or where their absolute path says', async () => {
    const fleet = new FakeFleet(['a1'])
    fleet.files.set('parts/motd', 'beside').set('/srv/motd', 'absolute')
    const at = { file: 'parts/tasks.yml', line: 1, column: 1, length: 1, text: '' }
    const tasks = ['motd', '/srv/motd'].map((src) => task('copy', { key: src, src }, { at }))
    expect(await fleet.outcomes([play(['a1'], tasks)])).toEqual(['a1 copy changed', 'a1 copy changed'])
    expect([...fleet.host('a1').values]).toEqual([
      ['motd', 'beside'],
      ['/srv/motd', 'absolute'],
    ])
  })

  it.each([false, true])(
    'that went away since the check fail the task and not the program, check mode: %s',
    async (check) => {
      const fleet = new FakeFleet(three)
      const { events, done } = fleet.start([play(three, [task('copy', { key: 'k', src: 'gone' })])], { check })
      await done
      const results = events.flatMap((event) => (event.type === 'task-result' ? [event.result] : []))
      expect(results).toHaveLength(3)
      for (const result of results)
        expect(result).toMatchObject({
          outcome: 'failed',
          failure: { cause: 'cannot read gone: there is no such file', hint: 'it could be read when the run began' },
        })
    },
  )
})
