// Which keys known_hosts lets a host show: plain, hashed, with ports, patterns and markers.
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fingerprint, KnownHosts, knownHostsName } from '../../src/transport/ssh/knownHosts.ts'
import { keyPair } from './sshServer.ts'

const folder = mkdtempSync(join(tmpdir(), 'crane-play-known-'))
afterAll(() => rmSync(folder, { recursive: true }))

const [ours, theirs, rsa] = [keyPair(), keyPair(), keyPair('rsa')].map(({ public: text }) => {
  const [type, base64] = text.split(' ')
  return { line: `${type} ${base64}`, blob: Buffer.from(base64 ?? '', 'base64') }
}) as [Key, Key, Key]
interface Key {
  readonly line: string
  readonly blob: Buffer
}

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdefghij')
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
}

const CASES: readonly (readonly [string, string, number, string, string])[] = [
  ['a plain name', 'crane01', 22, `crane01 ${ours.line}`, 'known'],
  ['one of several names', '10.0.0.1', 22, `crane01,10.0.0.1 ${ours.line} a comment`, 'known'],
  ['capitals', 'Crane01', 22, `crane01 ${ours.line}`, 'known'],
  ['another name', 'crane02', 22, `crane01 ${ours.line}`, 'unknown'],
  ['a hashed name', 'crane01', 22, `${hashed('crane01')} ${ours.line}`, 'known'],
  ['another hashed name', 'crane02', 22, `${hashed('crane01')} ${ours.line}`, 'unknown'],
  ['a port', 'crane01', 2222, `[crane01]:2222 ${ours.line}`, 'known'],
  ['a hashed port', 'crane01', 2222, `${hashed('[crane01]:2222')} ${ours.line}`, 'known'],
  ['the same key without the port', 'crane01', 2222, `crane01 ${ours.line}`, 'known'],
  ['another key without the port', 'crane01', 2222, `crane01 ${theirs.line}`, 'unknown'],
  ['another port', 'crane01', 2222, `[crane01]:2223 ${ours.line}`, 'unknown'],
  ['a pattern', 'crane01.site', 22, `*.site ${ours.line}`, 'known'],
  ['a question mark', 'crane01', 22, `crane0? ${ours.line}`, 'known'],
  ['a question mark for nothing', 'crane0', 22, `crane0? ${ours.line}`, 'unknown'],
  ['a negated pattern', 'crane01', 22, `crane*,!crane01 ${ours.line}`, 'unknown'],
  ['another key', 'crane01', 22, `\n# x\ncrane01 ${theirs.line}`, 'changed FILE:3'],
  ['another key beside the right one', 'crane01', 22, `crane01 ${theirs.line}\ncrane01 ${ours.line}`, 'known'],
  ['a key of another type', 'crane01', 22, `crane01 ${rsa.line}`, 'changed FILE:1'],
  ['a revoked key', 'crane01', 22, `crane01 ${ours.line}\n@revoked * ${ours.line}`, 'revoked FILE:2'],
  ['another revoked key', 'crane01', 22, `crane01 ${ours.line}\n@revoked * ${theirs.line}`, 'known'],
  ['a certificate authority', 'crane01', 22, `@cert-authority * ${ours.line}`, 'unknown'],
  ['an unknown marker', 'crane01', 22, `@trusted crane01 ${ours.line}`, 'unknown'],
  ['a type that is not the key’s', 'crane01', 22, `crane01 ssh-rsa ${ours.line.split(' ')[1]}`, 'unknown'],
  ['nonsense', 'crane01', 22, 'crane01\n\x00\ncrane01 x y', 'unknown'],
]

describe('KnownHosts', () => {
  it.each(CASES)('%s', async (_what, host, port, text, expected) => {
    const file = join(folder, 'known_hosts')
    writeFileSync(file, `${text}\n`)
    const known = await KnownHosts.load([file])
    const verdict = known.check(knownHostsName(host, port), ours.blob, knownHostsName(host, 22))
    const said = 'where' in verdict ? `${verdict.state} ${verdict.where.replace(file, 'FILE')}` : verdict.state
    expect(said).toBe(expected)
  })

  it('tells the types on record, and the line of an authority', async () => {
    const file = join(folder, 'types')
    writeFileSync(
      file,
      `a ${ours.line}\na ${rsa.line}\n@revoked a ${theirs.line}\n@cert-authority *.site ${theirs.line}\n`,
    )
    const known = await KnownHosts.load([file])
    expect(known.types('a')).toEqual(['ssh-ed25519', 'ssh-rsa'])
    expect(known.authority('a')).toBeUndefined()
    expect(known.authority('b.site')).toBe(`${file}:4`)
  })

  it('appends new keys to a file, each on its own line, and knows them at once', async () => {
    const file = join(folder, 'new/known_hosts')
    const known = await KnownHosts.load([file, join(folder, 'absent')])
    expect(known.check('a', ours.blob)).toEqual({ state: 'unknown' })
    await Promise.all([known.add('a', ours.blob, file), known.add('[b]:2222', theirs.blob, file)])
    expect(known.check('a', ours.blob)).toEqual({ state: 'known' })
    expect(known.check('a', theirs.blob)).toMatchObject({ state: 'changed' })
    expect(readFileSync(file, 'utf8')).toBe(`a ${ours.line}\n[b]:2222 ${theirs.line}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('prints fingerprints as ssh-keygen does', () => {
    const blob = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIIAgx1Xca7Vi6+wDC0xlAqMhs5cUezKenOdQV2yA8kE4', 'base64')
    expect(fingerprint(blob)).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
  })
})
