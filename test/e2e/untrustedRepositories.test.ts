// Repositories that are not signed as they should be: nothing of them is put in place, and the cause is named.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labUp, ownLab } from '../../lab/index.ts'
import { KEY, OTHER_KEY, putRepositories } from '../tasks/signedRepository.ts'
import { LawHost } from './support/lawHost.ts'
import { RPM_HOST, rpmLab } from './support/rpmLab.ts'

const APT = '/srv/signed/apt'
const params = (more: object) => ({ name: 'untrusted', apt: { urls: `file://${APT}` }, ...more })

describe('apt', () => {
  let node: LawHost
  beforeAll(async () => {
    node = new LawHost(await labUp(), 'crane02')
  })
  afterAll(async () => {
    await node.on('rm -rf /srv/signed')
    node.end()
  })

  it.each<[what: string, damage: string, key: object, says: string]>([
    ['signed with another key', ':', { key: OTHER_KEY }, 'which is not the one given'],
    ['not signed', `rm ${APT}/InRelease`, { key: KEY }, 'the repository is not signed'],
    [
      'changed after it was signed',
      `sed -i 's/Label: test/Label: best/' ${APT}/InRelease`,
      { key: KEY },
      "the repository's signature is wrong",
    ],
    [
      'with another list than was signed',
      `echo >>${APT}/Packages`,
      { key: KEY },
      'the index of the repository could not be fetched',
    ],
  ])('%s', async (_what, damage, key, says) => {
    await node.on(`${putRepositories()} && ${damage}`)
    expect(await node.play('packageRepository', params(key))).toMatchObject({
      outcome: 'failed',
      failure: { cause: expect.stringContaining(says), hint: expect.any(String) },
    })
    expect(await node.on('ls /etc/apt/sources.list.d /etc/apt/keyrings /tmp')).not.toMatch(/untrusted|tmp\./)
  })
})

describe('dnf', () => {
  const rpm = rpmLab(ownLab('untrusted'))

  it('packages signed with another key', async ({ skip }) => {
    if (!rpm.lab) return skip(rpm.problem)
    const node = new LawHost(rpm.lab, RPM_HOST)
    await node.on(putRepositories())
    const keys = await node.on("rpm -qa 'gpg-pubkey*'")
    const dnf = { urls: 'file:///srv/signed/dnf' }
    expect(await node.play('packageRepository', { name: 'untrusted', dnf, key: OTHER_KEY })).toMatchObject({
      outcome: 'changed',
    })
    expect(await node.play('installPackage', { name: 'crane-signed' })).toMatchObject({
      outcome: 'failed',
      failure: { cause: expect.stringContaining('is signed with another key') },
    })
    expect(await node.on('rpm -q crane-signed || true')).toContain('not installed')
    expect(await node.on("rpm -qa 'gpg-pubkey*'")).toBe(keys)
    // Whoever signs the index too is known before the key is put in place.
    const signed = { name: 'untrusted2', dnf: { ...dnf, signedIndex: true }, key: OTHER_KEY }
    expect(await node.play('packageRepository', signed)).toMatchObject({ outcome: 'failed' })
    const left =
      'find /etc/yum.repos.d /etc/pki/rpm-gpg /var/cache/dnf -path "*untrusted2*" -a \\( -type f -o -name pubring \\)'
    expect(await node.on(left)).not.toMatch(/repos\.d|rpm-gpg|pubring/)
    node.end()
  })
})
