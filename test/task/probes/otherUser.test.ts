// What probes read, and what is predicted, for a user who is not root.
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createDirectory,
  directory,
  inode,
  link,
  type Probe,
  predictDirectory,
  predictFile,
  replaceFile,
  textFile,
} from 'crane-play/task'
import { describe, expect, it } from 'vitest'
import { ask, runScript, SHELLS, temporaryDirectory } from '../runShell.ts'

const OTHER = 65534
const place = temporaryDirectory()
chmodSync(place, 0o755)
const ANY_TIME = { changedAt: 0, writtenAt: 0 }

// Only root can act for another user.
describe.skipIf(process.getuid?.() !== 0).each(SHELLS.map((shell) => ({ name: shell[0], shell })))('$name', (each) => {
  const asOther = ['setpriv', `--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups', ...each.shell]
  const surroundings = { shell: asOther as never }
  const theirs = join(place, `theirs-${each.name}`)
  const closed = join(place, `closed-${each.name}`)
  mkdirSync(theirs)
  chownSync(theirs, OTHER, OTHER)
  mkdirSync(closed, { mode: 0o700 })
  writeFileSync(join(closed, 'there'), '')

  it('nobody knows whether a path below a directory exists that cannot be entered', () => {
    const paths = [join(closed, 'there'), join(closed, 'not-there')]
    for (const probe of [inode, textFile, link] as readonly ((path: string) => Probe<unknown>)[])
      expect(
        ask(
          paths.map((path) => probe(path)),
          surroundings,
        ),
      ).toMatchObject([{ type: 'denied' }, { type: 'denied' }])
    expect(ask(paths.map((path) => inode(path)))).toMatchObject([{ type: 'file' }, { type: 'absent' }])
    expect(ask([directory(closed)], surroundings)).not.toMatchObject([{ entries: [{ name: 'there' }] }])
  })

  it('what is made new belongs to the user, as it was predicted', () => {
    const path = join(theirs, 'new')
    const [before] = ask([textFile(path)], surroundings)
    if (!before) throw new Error('nothing was read')
    expect(runScript(replaceFile({ path, content: 'x\n' }), surroundings)).toMatchObject({ status: 0, stderr: '' })
    const [after] = ask([textFile(path)], surroundings)
    expect(after).toMatchObject({ uid: OTHER, gid: OTHER })
    expect({ ...after, ...ANY_TIME }).toEqual({ ...(predictFile(before, 'x\n', 0) as object), ...ANY_TIME })

    const below = join(theirs, 'below')
    const [absent] = ask([inode(below)], surroundings)
    if (!absent) throw new Error('nothing was read')
    expect(runScript(createDirectory({ path: below }), surroundings)).toMatchObject({ status: 0, stderr: '' })
    const [made] = ask([inode(below)], surroundings)
    const predicted = predictDirectory(absent, 0) as object
    expect({ ...made, ...ANY_TIME, size: 0 }).toEqual({ ...predicted, ...ANY_TIME, size: 0 })
  })
})
