// What the program writes on this machine: nothing through a link that another user made, whichever file it is.
import { spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { openAuthority } from '../../src/container/certificates/authority.ts'
import { makeOwnDirectory, openOwnFile } from '../../src/model/ownFile.ts'
import { KnownHosts } from '../../src/transport/ssh/knownHosts.ts'
import { runCommand } from '../cli/runCommand.ts'
import { keyPair } from '../transport/sshServer.ts'

const OTHER = 65534
const isRoot = process.getuid?.() === 0
const place = isRoot ? mkdtempSync('/run/crane-play-test-') : '/nowhere'
const [theirs, ours, victim] = ['theirs', 'ours', 'closed/victim'].map((name) => join(place, name)) as [
  string,
  string,
  string,
]
afterAll(() => rmSync(place, { recursive: true, force: true }))

beforeEach(() => {
  if (!isRoot) return
  rmSync(place, { recursive: true, force: true })
  for (const path of [place, ours, theirs]) mkdirSync(path, { mode: 0o755 })
  mkdirSync(join(place, 'closed'), { mode: 0o700 })
  writeFileSync(victim, 'precious\n', { mode: 0o600 })
  chownSync(theirs, OTHER, OTHER)
})

const key = Buffer.from(keyPair().public.split(' ')[1] ?? '', 'base64')
const make = () => ({ certificate: 'certificate\n', key: 'key\n' })

/** Each way in which the program writes a file that is named, and a careless one. */
const WRITERS: readonly (readonly [what: string, write: (path: string) => unknown])[] = [
  ['known_hosts', async (path) => (await KnownHosts.load([])).add('host', key, path)],
  ['an authority', (path) => openAuthority({ certificate: `${path}.crt`, key: path }, make)],
  ['a file with content', (path) => writeSync(openOwnFile(path), 'x')],
  ['a task type', (path) => runCommand('create-task', path.replace(/\/[^/]*$/, ''), 'mountShare')],
]

// Only root can act for another user.
describe.skipIf(!isRoot)('a file of this machine', () => {
  it.each(WRITERS)('%s is not written through a link of theirs to a directory', async (_, write) => {
    symlinkSync(join(place, 'closed'), join(theirs, 'd'))
    const ended = await Promise.resolve()
      .then(() => write(join(theirs, 'd/new')))
      .catch((error: Error) => ({ status: 1, err: error.message }))
    const { status, err } = ended as { status: number; err: string }
    expect(status).toBe(1)
    expect(err).toContain(`${join(theirs, 'd')} is a link that another user can replace`)
    expect(readdirSync(join(place, 'closed'))).toEqual(['victim'])
  })

  it.each(WRITERS.slice(0, 3))(
    '%s is not written through a link of theirs, which a careless writer follows',
    async (_, write) => {
      const path = join(theirs, 'x')
      symlinkSync(victim, path)
      appendFileSync(path, 'lost\n')
      expect(readFileSync(victim, 'utf8')).toContain('lost')
      writeFileSync(victim, 'precious\n')
      await Promise.resolve()
        .then(() => write(path))
        .catch(() => {})
      expect(readFileSync(victim, 'utf8')).toBe('precious\n')
      rmSync(path)
      symlinkSync(join(place, 'closed/new'), path)
      await Promise.resolve()
        .then(() => write(path))
        .catch(() => {})
      expect(existsSync(join(place, 'closed/new'))).toBe(false)
    },
  )

  it.each<[string, (path: string) => void]>([
    ['a second name of a file of yours', (path) => linkSync(victim, path)],
    ['a file of theirs', (path) => (writeFileSync(path, ''), chownSync(path, OTHER, OTHER))],
    [
      "root's link to a link of theirs",
      (path) => (
        symlinkSync(victim, join(theirs, 'y')), symlinkSync(`${theirs}/y`, `${ours}/x`), symlinkSync(`${ours}/x`, path)
      ),
    ],
  ])('is not opened where it is %s', (_, plant) => {
    const path = join(theirs, 'x')
    plant(path)
    for (const how of ['append', undefined, 'new'] as const)
      expect(() => openOwnFile(path, how && { how })).toThrow(/^it (is|has|belongs) |: file already exists|replace$/)
    expect(readFileSync(victim, 'utf8')).toBe('precious\n')
  })

  it('is opened through links that only root can replace, and keeps its mode', async () => {
    symlinkSync('../closed/victim', join(ours, 'link'))
    chmodSync(victim, 0o640)
    const sticky = join(place, 'sticky')
    mkdirSync(sticky)
    chmodSync(sticky, 0o1777)
    symlinkSync(join(ours, 'link'), join(sticky, 'mine'))
    symlinkSync(join(ours, 'link'), join(sticky, 'not-mine'))
    lchownSync(join(sticky, 'not-mine'), OTHER, OTHER)
    const known = await KnownHosts.load([])
    await known.add('one', key, join(ours, 'link'))
    await known.add('two', key, join(sticky, 'mine'))
    await expect(known.add('three', key, join(sticky, 'not-mine'))).rejects.toThrow('another user can replace')
    expect(readFileSync(victim, 'utf8')).toMatch(/^precious\none \S+ \S+\ntwo \S+ \S+\n$/)
    expect(statSync(victim).mode & 0o777).toBe(0o640)
    expect(lstatSync(join(ours, 'link')).isSymbolicLink()).toBe(true)
    makeOwnDirectory(join(ours, 'a/b/c'))
    expect(statSync(join(ours, 'a/b')).mode & 0o777).toBe(0o700)
  })

  it('loses to no swap of a directory on the way, where a careless writer does', () => {
    mkdirSync(join(theirs, 'd'))
    chownSync(join(theirs, 'd'), OTHER, OTHER)
    const swap = `cd '${theirs}' || exit; while :; do mv -T d e; ln -s '${place}/closed' d; rm d; mv -T e d; done`
    const attacker = spawn('setpriv', [`--reuid=${OTHER}`, `--regid=${OTHER}`, '--clear-groups', 'sh', '-c', swap], {
      detached: true,
      stdio: 'ignore',
    })
    const attacked = (tries: number, write: () => void) => {
      for (let i = 0; i < tries; i++) {
        try {
          write()
        } catch {
          // The name is not there at this instant, or it is refused.
        }
        if (readFileSync(victim, 'utf8') !== 'precious\n') return true
      }
      return false
    }
    const path = join(theirs, 'd/victim')
    const careful = () => {
      const file = openOwnFile(path, { how: 'append' })
      writeSync(file, 'lost\n')
      closeSync(file)
    }
    try {
      expect(
        attacked(100_000, () => appendFileSync(path, 'lost\n')),
        'the attack is worth nothing',
      ).toBe(true)
      writeFileSync(victim, 'precious\n')
      expect(attacked(20_000, careful)).toBe(false)
    } finally {
      if (attacker.pid) process.kill(-attacker.pid, 'SIGKILL')
    }
  })
})
