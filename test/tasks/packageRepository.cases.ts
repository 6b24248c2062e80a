// Cases of packageRepository.
import { sha256 } from 'crane-play/task'
import { absent, file, pkg, type TaskCases } from './kit.ts'
import { contentOf, KEY, putRepositories } from './signedRepository.ts'

const key = contentOf('key.asc')
const files = new Map([[KEY, key]])
const apt = { urls: 'https://example.org/deb', suites: ['stable'], components: ['main'] }
const dnf = { urls: ['https://example.org/rpm/$basearch'] }
const params = { name: 'site', apt, dnf, key: KEY }
const debian = { packages: pkg('20230311') }
const redhat = { packages: pkg('2024-1', { manager: 'dnf' }) }
const nothing = { source: absent, armored: absent, binary: absent, repository: absent, key: absent }

const SOURCE = `Types: deb
URIs: https://example.org/deb
Suites: stable
Components: main
Signed-By: /etc/apt/keyrings/site.asc
`
const REPOSITORY = `[site]
name=site
baseurl=https://example.org/rpm/$basearch
enabled=1
gpgcheck=1
repo_gpgcheck=0
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-site
`
const keyFile = file(Buffer.from(key).toString())
const signed = {
  name: 'signed',
  apt: { urls: 'file:///srv/signed/apt' },
  dnf: { urls: 'file:///srv/signed/dnf' },
}

export default {
  decide: [
    {
      it: 'apt: it is known, with its key',
      params,
      context: { files },
      observed: { ...debian, ...nothing, source: file(SOURCE), armored: keyFile },
      expect: { kind: 'ok', says: '/etc/apt/sources.list.d/site.sources' },
    },
    {
      it: 'apt: it is not known',
      params,
      context: { files },
      observed: { ...debian, ...nothing },
      expect: {
        kind: 'change',
        says: 'add the repository site',
        diff: `--- /etc/apt/keyrings/site.asc\n+++ /etc/apt/keyrings/site.asc\n-absent\n+sha256 ${sha256(key)}\n--- /dev/null\n+++ /etc/apt/sources.list.d/site.sources\n@@ -0,0 +1,5 @@\n${SOURCE.replace(/^(?=.)/gm, '+')}`,
        after: { source: { type: 'file', text: SOURCE }, armored: { sha256: sha256(key) } },
        mayCreate: true,
        steps: [
          'apt-get update for site.sources',
          'create /etc/apt/keyrings',
          'write /etc/apt/keyrings/site.asc',
          'write /etc/apt/sources.list.d/site.sources',
        ],
        script: 'refresh_repository apt site.sources 120',
      },
    },
    {
      it: 'apt: the key was replaced',
      params,
      context: { files },
      observed: { ...debian, ...nothing, source: file(SOURCE), armored: file('old') },
      expect: {
        kind: 'change',
        diff: `--- /etc/apt/keyrings/site.asc\n+++ /etc/apt/keyrings/site.asc\n-sha256 ${sha256('old')}\n+sha256 ${sha256(key)}\n`,
      },
    },
    {
      it: 'apt: a binary key has another name',
      params: { ...params, key: 'key.gpg' },
      context: { files: new Map([['key.gpg', contentOf('key.gpg')]]) },
      observed: { ...debian, ...nothing },
      expect: {
        kind: 'change',
        steps: [
          'apt-get update for site.sources',
          'create /etc/apt/keyrings',
          'write /etc/apt/keyrings/site.gpg',
          'write /etc/apt/sources.list.d/site.sources',
        ],
      },
    },
    {
      it: 'dnf: it is known, with its key',
      params,
      context: { files },
      observed: { ...redhat, ...nothing, repository: file(REPOSITORY), key: keyFile },
      expect: { kind: 'ok' },
    },
    {
      it: 'dnf: the key comes from a URL',
      params: { name: 'site', dnf, keyUrl: 'https://example.org/key', keySha256: sha256(key) },
      observed: { ...redhat, ...nothing },
      expect: {
        kind: 'change',
        after: { repository: { text: REPOSITORY } },
        steps: [
          'dnf makecache for site.repo',
          'create /etc/pki/rpm-gpg',
          'write /etc/pki/rpm-gpg/RPM-GPG-KEY-site',
          'write /etc/yum.repos.d/site.repo',
        ],
        script: `https://example.org/key ${sha256(key)}`,
      },
    },
    {
      it: 'dnf: it need not be signed',
      params: { name: 'site', dnf, trusted: true },
      observed: { ...redhat, ...nothing },
      expect: {
        kind: 'change',
        diff: `--- /dev/null\n+++ /etc/yum.repos.d/site.repo\n@@ -0,0 +1,6 @@\n+[site]\n+name=site\n+baseurl=https://example.org/rpm/$basearch\n+enabled=1\n+gpgcheck=0\n+repo_gpgcheck=0\n`,
      },
    },
    {
      it: 'the host has the other package manager',
      params: { name: 'site', dnf, trusted: true },
      observed: { ...debian, ...nothing },
      expect: { kind: 'refuse', says: 'no repository is given for apt', hint: 'add `apt:`' },
    },
    {
      it: 'the host has no package manager',
      params,
      context: { files },
      observed: { packages: pkg(null, { manager: null }), ...nothing },
      expect: { kind: 'refuse', says: 'neither dpkg nor rpm' },
    },
    {
      it: 'it is to go',
      params: { name: 'site', state: 'absent' },
      observed: { ...debian, ...nothing, source: file(SOURCE), armored: keyFile },
      expect: {
        kind: 'change',
        after: { source: { type: 'absent' }, armored: { type: 'absent' } },
        steps: ['remove /etc/apt/sources.list.d/site.sources', 'remove /etc/apt/keyrings/site.asc'],
      },
    },
    {
      it: 'it is gone',
      params: { name: 'site', state: 'absent' },
      observed: { ...debian, ...nothing },
      expect: { kind: 'ok', says: 'site absent' },
    },
  ],
  wrong: [
    { params: { name: 'site', apt }, path: '', says: 'exactly one of key, keyUrl and `trusted: true`' },
    { params: { name: 'site', apt, key: 'k', trusted: true }, path: '', says: 'exactly one of' },
    { params: { name: 'site', key: 'k' }, path: '', says: 'needs apt, dnf or both' },
    { params: { name: 'site', apt, keyUrl: 'https://example.org/key' }, path: '', says: 'both keyUrl and keySha256' },
    { params: { name: '../x', apt, key: 'k' }, path: '/name', says: 'letters, digits' },
    { params: { name: 'site', apt: { urls: 'example.org' }, key: 'k' }, path: '/apt/urls', says: 'https://' },
    {
      params: { name: 'site', apt: { ...apt, suites: ['/'] }, key: 'k' },
      path: '/apt/components',
      says: 'do not end with /',
    },
  ],
  live: [
    {
      it: 'adds one with the key that signed it',
      on: 'apt',
      setup: putRepositories(),
      params: { ...signed, key: KEY },
      proof: 'apt-get -y -q install crane-signed && dpkg -s crane-signed',
    },
    {
      it: 'adds one whose key the host fetches',
      setup: `${putRepositories()}; rm -f /etc/apt/sources.list.d/signed.sources /etc/apt/keyrings/signed.*`,
      params: { ...signed, keyUrl: 'file:///srv/signed/key.asc', keySha256: sha256(key) },
      on: 'apt',
      proof: 'apt-cache policy crane-signed | grep -q /srv/signed',
    },
    {
      it: 'adds one with the key that signed its packages',
      on: 'rpm',
      setup: putRepositories(),
      params: { ...signed, key: KEY },
      proof: 'dnf -y -q install crane-signed && rpm -q crane-signed',
    },
    {
      it: 'removes one',
      on: 'apt',
      setup: 'touch /etc/apt/sources.list.d/signed.sources /etc/apt/keyrings/signed.asc',
      params: { name: 'signed', state: 'absent' },
      proof: '[ ! -e /etc/apt/sources.list.d/signed.sources ] && apt-get -q update',
    },
  ],
} satisfies TaskCases
