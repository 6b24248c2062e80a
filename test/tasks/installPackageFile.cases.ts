// Cases of installPackageFile: a new file, an upgrade, what would go back or remove others, and files that do not fit.
import { sha256, UNKNOWN } from 'crane-play/task'
import { absent, file, SOON, type TaskCases } from './kit.ts'

const src = 'packages/tool_2.0_amd64.deb'
const path = '/var/cache/crane-play/tool_2.0_amd64.deb'
const bytes = Buffer.from('!<arch>\n')
const digest = sha256(bytes)
const there = file('', { text: null, size: bytes.length, sha256: digest })
const context = { files: new Map([[src, bytes]]) }
const found = { manager: 'apt', name: 'tool', version: '2.0', installed: null, outdated: false, removes: [] }
const none = { ...found, name: null, version: null }
const url = `https://example.org/${src}`
const fixture = (name: string) => new URL(`../fixtures/packages/${name}`, import.meta.url).pathname

export default {
  decide: [
    {
      it: 'it is installed',
      params: { src },
      observed: { file: there, package: { ...found, installed: '2.0' } },
      context,
      expect: { kind: 'ok', says: 'tool 2.0' },
    },
    {
      it: 'the host does not have the file',
      params: { src },
      observed: { file: absent, package: none },
      context,
      expect: {
        kind: 'change',
        says: 'install tool_2.0_amd64.deb',
        diff: `--- ${path}\n+++ ${path}\n-absent\n+sha256 ${digest}\n`,
        after: { file: { type: 'file', mode: '0644', sha256: digest, changedAt: SOON }, package: UNKNOWN },
        mayCreate: true,
        steps: ['create /var/cache/crane-play', `write ${path}`, `look at ${path}`, `apt-get install ${path}`],
      },
    },
    {
      it: 'the host has another file of that name',
      params: { src },
      observed: { file: file('old'), package: { ...found, version: '1.0', installed: '1.0' } },
      context,
      expect: { kind: 'change', diff: `--- ${path}\n+++ ${path}\n-sha256 ${sha256('old')}\n+sha256 ${digest}\n` },
    },
    {
      it: 'somebody removed the package',
      params: { src },
      observed: { file: there, package: found },
      context,
      expect: {
        kind: 'change',
        says: 'install tool 2.0',
        diff: '--- tool\n+++ tool\n-absent\n+2.0\n',
        after: { package: { installed: '2.0' } },
        steps: [`look at ${path}`, `apt-get install ${path}`],
      },
    },
    {
      it: 'a newer version is installed',
      params: { src },
      observed: { file: there, package: { ...found, installed: '2:1.0', outdated: true } },
      context,
      expect: { kind: 'refuse', says: 'tool 2:1.0 is installed, which is newer than 2.0', hint: 'allowDowngrade' },
    },
    {
      it: 'a newer version is installed that can go back',
      params: { src, allowDowngrade: true },
      observed: { file: there, package: { ...found, installed: '2:1.0', outdated: true } },
      context,
      expect: {
        kind: 'change',
        diff: '--- tool\n+++ tool\n-2:1.0\n+2.0\n',
        after: { package: { installed: '2.0', outdated: false } },
        script: "'' allow",
      },
    },
    {
      it: 'it would remove others',
      params: { src },
      observed: { file: there, package: { ...found, removes: ['old-tool', 'kit'] } },
      context,
      expect: { kind: 'refuse', says: 'would remove old-tool, kit', hint: 'allowRemovals' },
    },
    {
      it: 'it removes others that can go',
      params: { src, allowRemovals: true },
      observed: { file: there, package: { ...found, removes: ['old-tool'] } },
      context,
      expect: {
        kind: 'change',
        diff: '--- tool\n+++ tool\n-absent\n+2.0\n--- old-tool\n+++ old-tool\n-installed\n+absent\n',
      },
    },
    {
      it: 'a URL has the file',
      params: { url, sha256: digest },
      observed: { file: absent, package: none },
      expect: { kind: 'change', after: { file: { sha256: digest } }, script: `${url} ${digest}` },
    },
    {
      it: 'the file of the controller has another digest',
      params: { src, sha256: sha256('x') },
      observed: { file: absent, package: none },
      context,
      expect: { kind: 'refuse', says: `${src} has the SHA-256 ${digest}`, hint: 'correct `sha256`' },
    },
    {
      it: 'the file is no package',
      params: { src },
      observed: { file: there, package: none },
      context,
      expect: { kind: 'refuse', says: `apt cannot read ${path}` },
    },
    {
      it: 'it is for other hosts',
      params: { src },
      observed: { file: absent, package: { ...none, manager: 'dnf' } },
      context,
      expect: { kind: 'refuse', says: 'the host has dnf, and tool_2.0_amd64.deb is not a package for it' },
    },
    {
      it: 'the host has neither dpkg nor rpm',
      params: { src },
      observed: { file: absent, package: { ...none, manager: null } },
      context,
      expect: { kind: 'refuse', says: 'neither dpkg nor rpm' },
    },
  ],
  wrong: [
    { params: {}, path: '', says: 'either src or url' },
    { params: { src, url, sha256: digest }, path: '', says: 'either src or url' },
    { params: { url }, path: '/url', says: 'needs sha256' },
    { params: { url: 'https://example.org/tool', sha256: digest }, path: '/url', says: '.deb or .rpm' },
    { params: { src: 'tool.tar' }, path: '/src', says: '.deb or .rpm' },
  ],
  live: [
    {
      it: 'installs one with what it depends on',
      on: 'apt',
      setup: 'apt-get -y -q remove tree; rm -rf /var/cache/crane-play',
      params: { src: fixture('sample-tool_1.0-2_all.deb') },
      proof: 'cat /usr/share/sample-tool/README && tree --version && [ "$(ls /var/cache/crane-play | wc -l)" = 1 ]',
    },
    {
      it: 'installs it again when somebody removed it',
      on: 'apt',
      setup: 'apt-get -y -q remove sample-tool',
      params: { src: fixture('sample-tool_1.0-2_all.deb') },
      proof: 'cat /usr/share/sample-tool/README',
    },
    {
      it: 'goes back to the version in the file',
      on: 'apt',
      setup:
        'cd /tmp && rm -rf newer && dpkg-deb -R /var/cache/crane-play/sample-tool_1.0-2_all.deb newer && sed -i "s/^Version: .*/Version: 9:9.0/" newer/DEBIAN/control && dpkg-deb -b newer newer.deb && dpkg -i newer.deb && rm -r newer newer.deb',
      params: { src: fixture('sample-tool_1.0-2_all.deb'), allowDowngrade: true },
      proof: 'dpkg-query -W -f "\\${Version}" sample-tool | grep -v 9.0',
    },
    {
      it: 'installs one with what it depends on',
      on: 'rpm',
      setup: 'dnf -y -q remove tree; rm -rf /var/cache/crane-play',
      params: { src: fixture('sample-tool-1.0-2.el9.noarch.rpm') },
      proof: 'rpm -q tree && [ "$(rpm -q --qf "%{EPOCH}:%{VERSION}" sample-tool)" = 1:1.0 ]',
    },
    {
      it: 'installs it again when somebody removed it',
      on: 'rpm',
      setup: 'rpm -e sample-tool',
      params: { src: fixture('sample-tool-1.0-2.el9.noarch.rpm') },
      proof: 'rpm -q sample-tool',
    },
  ],
} satisfies TaskCases
