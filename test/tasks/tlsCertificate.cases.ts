// Cases of tlsCertificate. What is wrong with a certificate is in test/container/certificates.test.ts.
import { X509Certificate } from 'node:crypto'
import { UNKNOWN } from 'crane-play/task'
import { readKey } from '../../src/container/certificates/judgeCertificate.ts'
import { createAuthority, issueCertificate, type PemPair } from '../../src/container/certificates/signCertificate.ts'
import { absent, directory, file, SOON, type TaskCases } from './kit.ts'

const DAY = 86_400_000
const NOW = SOON / 1000
const [certificate, key] = ['/etc/containerd/tls/tls.crt', '/etc/containerd/tls/tls.key']
const [caCertificate, caKey] = ['ca.crt', 'ca.key']
const params = { certificate, key, caCertificate, caKey, names: ['crane02'], addresses: ['10.0.0.2'] }

const ca = createAuthority('ca', NOW - DAY, NOW + 900 * DAY)
const other = createAuthority('other', NOW - DAY, NOW + 900 * DAY)
const issued = (to: number, by = ca) =>
  issueCertificate(
    { names: ['crane02'], addresses: ['10.0.0.2'], from: NOW - DAY, to },
    { certificate: new X509Certificate(by.certificate).raw, key: readKey(by.key)! },
  )
const good = issued(NOW + 100 * DAY)

/** What the controller has. */
const controller = (pair?: Partial<PemPair>) => ({
  kept: new Map([
    [caCertificate, { path: '/home/op/ca.crt', content: pair?.certificate ? Buffer.from(pair.certificate) : null }],
    [caKey, { path: '/home/op/ca.key', content: pair?.key ? Buffer.from(pair.key) : null }],
  ]),
})

const host = (pair: PemPair | undefined, more: object = {}) => ({
  certificate: pair ? file(pair.certificate) : absent,
  key: pair ? file(pair.key, { mode: '0600' }) : absent,
  certificateText: pair?.certificate ?? null,
  keyText: pair?.key ?? null,
  certificateParent: directory(),
  keyParent: directory(),
  ...more,
})

const day = (time: number) => new Date(time).toISOString().slice(0, 10)

export default {
  decide: [
    {
      it: 'it has one',
      params,
      observed: host(good),
      context: controller(ca),
      expect: {
        kind: 'ok',
        says: `valid until ${day(NOW + 100 * DAY)}`,
        data: { expires: new Date(NOW + 100 * DAY).toISOString() },
      },
    },
    {
      it: 'it has none, nor has the controller an authority',
      params,
      observed: host(undefined),
      context: controller(),
      expect: {
        kind: 'change',
        says: 'issue a certificate for crane02, 10.0.0.2: there is no authority yet',
        diff: `--- ${certificate}\n+++ ${certificate}\n-absent\n+crane02, 10.0.0.2 until ${day(NOW + 365 * DAY)}\n`,
        after: {
          certificate: { type: 'file', mode: '0644', owner: 'root', changedAt: SOON, text: UNKNOWN },
          key: { type: 'file', mode: '0600', text: UNKNOWN },
          certificateText: UNKNOWN,
          keyText: UNKNOWN,
        },
        steps: ['sign the certificate on the controller', `write ${key}`, `write ${certificate}`],
        script: `replace_file ${key} 0600 root root`,
      },
    },
    {
      it: 'it expires soon',
      params,
      observed: host(issued(NOW + 9 * DAY)),
      context: controller(ca),
      expect: { kind: 'change', says: `expires on ${day(NOW + 9 * DAY)}, in 9 days` },
    },
    {
      it: 'it expires soon, but later than was asked for',
      params: { ...params, renewBefore: 3 },
      observed: host(issued(NOW + 9 * DAY)),
      context: controller(ca),
      expect: { kind: 'ok' },
    },
    {
      it: 'it is of an authority that was replaced',
      params,
      observed: host(issued(NOW + 100 * DAY, other)),
      context: controller(ca),
      expect: { kind: 'change', says: 'issued by another authority' },
    },
    {
      it: 'others could read the key, so it is a secret no more',
      params,
      observed: host(good, { key: file(good.key, { mode: '0640' }) }),
      context: controller(ca),
      expect: { kind: 'change', says: 'others could read the key (mode 0640)' },
    },
    {
      it: 'the key belongs to another user',
      params,
      observed: host(good, { key: file(good.key, { mode: '0600', owner: 'mallory', uid: 1001 }) }),
      context: controller(ca),
      expect: { kind: 'change', says: 'owner mallory → root' },
    },
    {
      it: 'the authority ends before a new certificate would',
      params,
      observed: host(good),
      context: controller(createAuthority('ca', NOW - DAY, NOW + 20 * DAY)),
      expect: {
        kind: 'change',
        warnings: [`the authority /home/op/ca.crt expires on ${day(NOW + 20 * DAY)}: replace it before`],
      },
    },
    {
      it: "the authority's key is gone",
      params,
      observed: host(good),
      context: controller({ certificate: ca.certificate }),
      expect: { kind: 'refuse', says: '/home/op/ca.key does not exist, but /home/op/ca.crt does', hint: 'bring back' },
    },
    {
      it: 'its directory is absent',
      params,
      observed: host(undefined, { keyParent: absent }),
      context: controller(ca),
      expect: { kind: 'refuse', says: 'the directory /etc/containerd/tls does not exist', hint: 'ensureDirectory' },
    },
    {
      it: 'a directory is in its place',
      params,
      observed: host(undefined, { key: directory() }),
      context: controller(ca),
      expect: { kind: 'refuse', says: `${key} is a directory` },
    },
  ],
  wrong: [
    { params: { certificate, key, caCertificate, caKey }, path: '', says: 'needs names or addresses' },
    { params: { ...params, addresses: ['crane02'] }, path: '/addresses/0', says: 'must be an IP address' },
    { params: { ...params, addresses: [':::'] }, path: '/addresses/0', says: "':::' is not an IP address" },
    { params: { ...params, names: ['*.example.org'] }, path: '/names/0', says: 'must be a host name' },
    { params: { ...params, days: 20 }, path: '/renewBefore', says: 'must be less than days (20)' },
    { params: { ...params, key: certificate }, path: '/key', says: 'another file' },
  ],
  live: [
    {
      it: 'makes an authority, and signs with it',
      setup: 'rm -rf /etc/law-tls; mkdir /etc/law-tls',
      params: {
        ...params,
        certificate: '/etc/law-tls/tls.crt',
        key: '/etc/law-tls/tls.key',
        caCertificate: 'first-ca.crt',
        caKey: 'first-ca.key',
      },
      proof: `cd /etc/law-tls && [ "$(stat -c '%a %U' tls.key)" = '600 root' ] && [ "$(stat -c %a tls.crt)" = 644 ] &&
        [ "$(openssl x509 -in tls.crt -noout -pubkey)" = "$(openssl pkey -in tls.key -pubout)" ] &&
        openssl x509 -in tls.crt -noout -ext subjectAltName | grep -q 'DNS:crane02, IP Address:10.0.0.2'`,
    },
    {
      it: 'replaces one that the host made for itself, whose key others can read',
      setup: `mkdir -p /etc/law-tls; cd /etc/law-tls; umask 022
        openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=crane02 -keyout tls.key -out tls.crt 2>/dev/null; chmod 644 tls.key`,
      params: {
        ...params,
        certificate: '/etc/law-tls/tls.crt',
        key: '/etc/law-tls/tls.key',
        caCertificate: 'second-ca.crt',
        caKey: 'second-ca.key',
      },
      proof: `cd /etc/law-tls && [ "$(stat -c %a tls.key)" = 600 ] &&
        openssl x509 -in tls.crt -noout -issuer | grep -q 'CraneSched cluster CA' && [ "$(ls -A)" = "$(printf 'tls.crt\\ntls.key')" ]`,
    },
  ],
} satisfies TaskCases
