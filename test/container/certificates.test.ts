// Certificates: what is signed is accepted by real TLS, what is wrong with one is named, and one authority serves all.
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import {
  authorityFault,
  type CertificateOrder,
  issueCertificateStep,
  issuedPair,
  pemFile,
  readCertificate,
  whyRenew,
} from 'crane-play/container'
import { describe, expect, it } from 'vitest'
import type { StepFailed } from 'crane-play/task'
import { createAuthority, issueCertificate } from '../../src/container/certificates/signCertificate.ts'
import { readKey } from '../../src/container/certificates/judgeCertificate.ts'
import { ask, SHELLS, temporaryDirectory } from '../task/runShell.ts'

const DAY = 86_400_000
const NOW = Date.now()
const directory = temporaryDirectory()
const fixture = (name: string) => new URL(`../fixtures/authorities/${name}`, import.meta.url).pathname

/** Signs as the task does. */
async function signed(order: Partial<CertificateOrder> & Pick<CertificateOrder, 'authority'>) {
  const step = issueCertificateStep({ names: ['crane02'], addresses: ['127.0.0.1'], days: 365, now: NOW, ...order })
  return issuedPair([{ label: step.label, stdout: await step.work(), stderr: '', status: 0 }])
}

const own = (name: string) => ({ certificate: `${directory}/${name}/ca.crt`, key: `${directory}/${name}/ca.key` })

/** What a client that checks everything says of a server with this pair. */
function handshake(pair: { certificate: string; key: string }, ca: string, servername: string): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer({ cert: pair.certificate, key: pair.key }, (socket) => socket.end())
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      const client = connect({ host: '127.0.0.1', port, ca, servername }, () => finish('accepted'))
      const finish = (said: string) => {
        client.destroy()
        server.close(() => resolve(said))
      }
      client.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message))
    })
  })
}

describe('what is signed', () => {
  it('is accepted for its names and addresses, and for no others', async () => {
    const authority = own('one')
    const pair = await signed({
      authority,
      names: ['crane02', 'crane02.example.org'],
      addresses: ['127.0.0.1', 'fd00::2'],
    })
    const ca = readFileSync(authority.certificate, 'utf8')
    expect(await handshake(pair, ca, 'crane02')).toBe('accepted')
    expect(await handshake(pair, ca, 'crane02.example.org')).toBe('accepted')
    expect(await handshake(pair, ca, '')).toBe('accepted')
    expect(await handshake(pair, ca, 'crane03')).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    const foreign = createAuthority('another', NOW - DAY, NOW + DAY)
    expect(await handshake(pair, foreign.certificate, 'crane02')).toMatch(
      /UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT)/,
    )
    expect(new X509Certificate(pair.certificate).checkIP('fd00::2')).toBe('fd00::2')
  })
  it.each(['rsa', 'p384', 'ed25519'])("is accepted from a site's own authority with a key of %s", async (name) => {
    const authority = own(`site-${name}`)
    mkdirSync(`${directory}/site-${name}`)
    for (const [from, to] of [
      ['crt', authority.certificate],
      ['key', authority.key],
    ] as const)
      writeFileSync(to, readFileSync(fixture(`${name}.${from}`)), { mode: 0o600 })
    const pair = await signed({ authority })
    expect(await handshake(pair, readFileSync(authority.certificate, 'utf8'), 'crane02')).toBe('accepted')
  })
  it('does not outlive its authority', async () => {
    const authority = own('short')
    mkdirSync(`${directory}/short`)
    const { certificate, key } = createAuthority('short', NOW - DAY, NOW + 10 * DAY)
    writeFileSync(authority.certificate, certificate)
    writeFileSync(authority.key, key, { mode: 0o600 })
    const { expires } = await signed({ authority })
    expect(Date.parse(expires)).toBeLessThanOrEqual(NOW + 10 * DAY)
  })
})

describe('the authority', () => {
  it('is made once, for all who need it at the same time, and its key is for its owner alone', async () => {
    const authority = own('many')
    const pairs = await Promise.all(Array.from({ length: 8 }, () => signed({ authority })))
    const ca = new X509Certificate(readFileSync(authority.certificate))
    expect(pairs.every((pair) => new X509Certificate(pair.certificate).verify(ca.publicKey))).toBe(true)
    expect(new Set(pairs.map((pair) => pair.key)).size).toBe(8)
    expect(statSync(authority.key).mode & 0o777).toBe(0o600)
    expect(ca.ca).toBe(true)
  })
  it('is not used while others can read its key', async () => {
    const authority = own('loose')
    await signed({ authority })
    chmodSync(authority.key, 0o644)
    const refused = (await signed({ authority }).catch((error: unknown) => error)) as StepFailed
    expect(refused.message).toContain('others can read')
    execFileSync('sh', ['-c', refused.hint?.replace('run on this machine: ', '') ?? 'exit 1'])
    await signed({ authority })
  })

  const files = { certificate: '/ca.crt', key: '/ca.key' }
  const good = createAuthority('good', NOW - DAY, NOW + 100 * DAY)
  const other = createAuthority('other', NOW - DAY, NOW + 100 * DAY)
  const expired = createAuthority('expired', NOW - 9 * DAY, NOW - DAY)
  const leaf = issueCertificate(
    { names: ['x'], addresses: [], from: NOW - DAY, to: NOW + DAY },
    { certificate: new X509Certificate(good.certificate).raw, key: readKey(good.key)! },
  )
  it.each([
    ['both are absent', null, null, undefined],
    ['all is well', good.certificate, good.key, undefined],
    ['its key is absent', good.certificate, null, '/ca.key does not exist, but /ca.crt does'],
    ['its certificate is absent', null, good.key, '/ca.crt does not exist, but /ca.key does'],
    ['it is another text', 'hello', good.key, 'not the certificate of an authority'],
    ['it is the certificate of a host', leaf.certificate, leaf.key, 'not the certificate of an authority'],
    ['its key is none', good.certificate, 'hello', '/ca.key is not a private key'],
    ['its key is of another', good.certificate, other.key, '/ca.key is not the key of /ca.crt'],
    ['it is expired', expired.certificate, expired.key, '/ca.crt expired on'],
  ])('%s', (_, certificate, key, says) => {
    const bytes = (text: string | null) => (text === null ? null : Buffer.from(text))
    const fault = authorityFault(files, bytes(certificate), bytes(key), NOW)
    if (says === undefined) expect(fault).toBeUndefined()
    else expect(fault?.cause).toContain(says)
  })
})

describe('a certificate on a host', () => {
  const ca = createAuthority('ca', NOW - 900 * DAY, NOW + 900 * DAY)
  const foreign = createAuthority('ca', NOW - DAY, NOW + 900 * DAY)
  const by = (authority: typeof ca, more: object = {}) =>
    issueCertificate(
      { names: ['crane02'], addresses: ['10.0.0.2'], from: NOW - DAY, to: NOW + 200 * DAY, ...more },
      { certificate: new X509Certificate(authority.certificate).raw, key: readKey(authority.key)! },
    )
  const good = by(ca)
  it.each([
    ['is fine', good, undefined],
    ['is absent', { ...good, certificate: null }, 'there is no certificate'],
    ['has no key', { ...good, key: null }, 'there is no key'],
    ['is another text', { ...good, certificate: 'hello' }, 'the file holds no certificate'],
    ['has a broken key', { ...good, key: good.key.slice(0, 90) }, 'the key file holds no key'],
    ['has the key of another', { ...good, key: by(ca).key }, 'the key is not that of the certificate'],
    ['is of another authority of the same name', by(foreign), 'was issued by another authority'],
    ['is expired', by(ca, { from: NOW - 9 * DAY, to: NOW - DAY }), 'the certificate expired on'],
    ['is not yet valid', by(ca, { from: NOW + DAY }), 'is valid only from'],
    ['expires soon', by(ca, { to: NOW + 29 * DAY }), 'in 28 days'],
    ['has another name', by(ca, { names: ['crane03'] }), 'the certificate is for crane03, 10.0.0.2'],
    ['has another address', by(ca, { addresses: ['10.0.0.9'] }), 'the certificate is for crane02, 10.0.0.9'],
    ['has one name too many', by(ca, { names: ['crane02', 'old'] }), 'the certificate is for crane02, old, 10.0.0.2'],
    ['has a wildcard for its name', by(ca, { names: ['*'] }), 'the certificate is for *'],
  ])('%s', (_, pair, says) => {
    const why = whyRenew({
      ...pair,
      authority: new X509Certificate(ca.certificate),
      names: ['crane02'],
      addresses: ['10.0.0.2'],
      renewBefore: 30 * DAY,
      // A certificate's times are whole seconds.
      now: NOW + 1000,
    })
    if (says === undefined) expect(why).toBeUndefined()
    else expect(why).toContain(says)
  })
  it('is one whatever stands before it', () =>
    expect(readCertificate(`Issuer: somebody\n${good.certificate}`)?.subject).toBe('CN=crane02'))

  describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
    it('is read as it is', () => {
      const texts = [good.certificate, 'none\n', '.\n \n', 'no newline at the end', '\\n -n\n']
      const paths = texts.map((text, i) => {
        writeFileSync(`${directory}/pem ${i}`, text)
        return `${directory}/pem ${i}`
      })
      const facts = ask([...paths, `${directory}/gone`, directory].map(pemFile), { shell })
      expect(facts).toEqual([...texts.map((text) => text.replace(/([^\n])$/, '$1\n')), null, null])
    })
  })
})
