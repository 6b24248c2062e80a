// Files of the controller that tasks name: where they are read from, and what becomes of one that went away.
import { userInfo } from 'node:os'
import { describe, expect, it } from 'vitest'
import { FileContents } from '../../src/engine/perform/fileContents.ts'
import type { PreparedTask } from '../../src/engine/prepare.ts'
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

it('a file that tasks make is read each time, and may be absent', () => {
  const disk = new Map<string, string>()
  const read = (path: string) => {
    if (path.endsWith('locked')) throw Object.assign(new Error('x'), { code: 'EACCES' })
    const text = disk.get(path)
    if (text === undefined) throw Object.assign(new Error('x'), { code: 'ENOENT' })
    return Buffer.from(text)
  }
  const files = new FileContents(read)
  const seal = { type: { controllerKeeps: ['ca'] }, spec: { at: { file: 'site/play.yml' } } } as unknown as PreparedTask
  expect(files.kept(seal, { ca: 'ca.crt' })).toEqual(new Map([['ca.crt', { path: 'site/ca.crt', content: null }]]))
  disk.set('site/ca.crt', 'made')
  expect(files.kept(seal, { ca: 'ca.crt' })).toMatchObject(new Map([['ca.crt', { content: Buffer.from('made') }]]))
  expect(files.kept(seal, { ca: '/locked' })).toMatchObject({ cause: 'cannot read /locked: permission denied' })
  const [home] = [...(files.kept(seal, { ca: '~/ca.crt' }) as ReadonlyMap<string, { path: string }>).values()]
  expect(home?.path).toBe(`${userInfo().homedir}/ca.crt`)
})
