// Check mode: what a task makes or removes is seen by those after it, whatever they ask about the path.
import { directory, hostTree, inode, link, type Probe, textFile, type TreeFact, UNKNOWN } from 'crane-play/task'
import { expect, it } from 'vitest'
import { UNKNOWN_TEXT } from '../../src/model/computed.ts'
import { FactStore } from '../../src/engine/observe/factStore.ts'

const LINK = { type: 'link', target: 'x' }
const GONE = { type: 'absent' }
const FILE = { type: 'file', text: 'x' }

it.each<[string, readonly (readonly [Probe<unknown>, unknown])[], Probe<unknown>, unknown]>([
  ['a link that is made is not read through', [[link('/l'), LINK]], inode('/l'), UNKNOWN],
  ['nor is what is below it', [[link('/l'), LINK]], textFile('/l/a'), UNKNOWN],
  ['nor its directory', [[link('/l'), LINK]], directory('/l'), UNKNOWN],
  ['a link whose name begins the same is another', [[link('/l'), LINK]], inode('/l2'), FILE],
  ['what is removed is gone', [[link('/p'), GONE]], inode('/p'), GONE],
  ['and all that is below', [[link('/p'), GONE]], textFile('/p/a/b'), GONE],
  ['and what its directory holds', [[link('/p'), GONE]], directory('/p/a'), { entries: null }],
  [
    'what is written there afterwards is there',
    [
      [link('/p'), GONE],
      [textFile('/p/a'), FILE],
    ],
    textFile('/p/a'),
    FILE,
  ],
  [
    'what was written before is gone',
    [
      [textFile('/p/a'), FILE],
      [link('/p'), GONE],
    ],
    textFile('/p/a'),
    GONE,
  ],
  ['of what a command creates nobody knows what it is', [[inode('/n'), UNKNOWN]], link('/n'), UNKNOWN],
  ['a file that is made may be a link', [[inode('/n'), FILE]], link('/n'), UNKNOWN],
  ['a directory that is made holds what it held', [[inode('/n'), { type: 'directory' }]], directory('/n'), FILE],
  ['and what is below it is as it was', [[inode('/n'), { type: 'directory' }]], textFile('/n/a'), FILE],
])('%s', (_, changes, asked, expected) => {
  const facts = new FactStore()
  // Nothing was at what is made; all else is there.
  facts.learn('root', inode('/n'), GONE)
  facts.learn('root', asked, FILE)
  for (const [probe, after] of changes) facts.predict({ it: probe }, { it: after }, 'a task')
  expect(facts.read('root', { it: asked })).toEqual(
    expected === UNKNOWN ? { state: 'unknown', because: 'a task' } : { state: 'known', observed: { it: expected } },
  )
})

it.each<[string, Probe<unknown>, Probe<unknown>, boolean]>([
  ['a file that may be written may be removed', textFile('/p'), link('/p'), false],
  ['may be a link that is removed', link('/p'), textFile('/p'), false],
  ['may be gone with what is above it', link('/p'), inode('/p/a'), false],
  ['is not what is below another name', link('/p'), inode('/p2'), true],
  ['a directory that may be made holds what it held', inode('/d'), textFile('/d/a'), true],
])('of a task that is undecided: %s', (_, doubted, asked, known) => {
  const facts = new FactStore()
  facts.learn('root', asked, FILE)
  facts.doubt({ it: doubted }, 'a task')
  expect(facts.read('root', { it: asked })).toEqual(
    known ? { state: 'known', observed: { it: FILE } } : { state: 'unknown', because: 'a task' },
  )
  // What is predicted afterwards is known again.
  facts.predict({ it: asked }, { it: GONE }, 'another')
  expect(facts.read('root', { it: asked })).toEqual({ state: 'known', observed: { it: GONE } })
})

it('of a task that is undecided and whose path is not known, any path is doubted, whatever is asked of it', () => {
  const facts = new FactStore()
  for (const probe of [link('/p'), textFile('/p')]) facts.learn('root', probe, FILE)
  facts.doubt({ it: textFile(`/${UNKNOWN_TEXT}`) }, 'a task')
  for (const probe of [link('/p'), textFile('/p')])
    expect(facts.read('root', { it: probe })).toEqual({ state: 'unknown', because: 'a task' })
})

it('a file that is written anew is what it was', () => {
  const facts = new FactStore()
  facts.learn('root', textFile('/f'), FILE)
  facts.learn('root', link('/f'), { type: 'other' })
  facts.predict({ it: textFile('/f') }, { it: { ...FILE, text: 'y' } }, 'a task')
  expect(facts.read('root', { it: link('/f') })).toEqual({ state: 'known', observed: { it: { type: 'other' } } })
})

it('of a tree that is copied, what is written or removed is not known, and the rest is what it was', () => {
  const facts = new FactStore()
  const accounts = { owner: 'root', group: 'root', uid: 0, gid: 0 }
  const file = { type: 'file', mode: '0644', ...accounts, size: 1, same: true, text: null } as const
  const before: TreeFact = {
    root: 'directory',
    creator: accounts,
    entries: { same: file, other: { ...file, same: false } },
    extra: [
      { path: 'gone', directory: true },
      { path: 'kept', directory: false },
    ],
  }
  const after = {
    ...before,
    entries: { same: file, other: file, 'new/x': file },
    extra: [{ path: 'kept', directory: false }],
  }
  const tree = hostTree('/t', undefined)
  const paths = ['/t', '/t/same', '/t/kept', '/t/other', '/t/gone/x', '/t/new/x', '/t2']
  facts.learn('root', tree, before)
  for (const path of paths) facts.learn('root', textFile(path), FILE)
  facts.predict({ it: tree }, { it: after }, 'a task')
  const unknown = paths.filter((path) => facts.read('root', { it: textFile(path) }).state === 'unknown')
  expect(unknown).toEqual(['/t/other', '/t/gone/x', '/t/new/x'])
  // What is removed first takes the tree with it.
  facts.predict({ it: link('/t') }, { it: GONE }, 'a task')
  expect(facts.read('root', { it: tree })).toMatchObject({ state: 'known', observed: { it: { root: 'absent' } } })
})
