// Cases of installMetaCni: where the program comes from, and builds of other generations.
import { join } from 'node:path'
import { sha256 } from 'crane-play/task'
import { absent, directory, file, SOON, type TaskCases } from './kit.ts'

const path = '/opt/cni/bin/crane-meta'
const src = 'build/tool/meta-cni'
const G1 = Buffer.from('\x7fELF\0 resultMode \0')
const G2 = Buffer.from('\x7fELF\0 at least one pipeline is required \0 confFromArgs \0')
const G3 = Buffer.from('\x7fELF\0 at least one pipeline is required \0')
const digest = sha256(G3)
const program = (content: Buffer, more: object = {}) =>
  file('', { mode: '0755', text: null, size: content.length, sha256: sha256(content), ...more })
const installed = { file: program(G3), build: 'pipelines', directory: directory() }
const nothing = { file: absent, build: 'absent', directory: directory() }
const holding = (content: Buffer) => ({ files: new Map([[src, content]]) })
const fixture = join(import.meta.dirname, '../fixtures/metaCni/crane-meta')

export default {
  decide: [
    {
      it: 'the program of the controller is installed',
      params: { src },
      observed: installed,
      context: holding(G3),
      expect: { kind: 'ok', says: `${path} is of generation G3` },
    },
    {
      it: 'it is not',
      params: { src },
      observed: nothing,
      context: holding(G3),
      expect: {
        kind: 'change',
        says: `install ${path} from ${src}`,
        diff: `--- ${path}\n+++ ${path}\n-absent\n+sha256 ${digest}, G3\n`,
        after: {
          file: { type: 'file', mode: '0755', owner: 'root', sha256: digest, changedAt: SOON },
          build: 'pipelines',
        },
        steps: [`write ${path}`],
        script: 'at least one pipeline is required',
      },
    },
    {
      it: 'an older build is there, and everybody may write it',
      params: { src },
      observed: { ...installed, file: program(G1, { mode: '0777' }), build: 'delegates' },
      context: holding(G3),
      expect: {
        kind: 'change',
        diff: `--- ${path}\n+++ ${path}\n-sha256 ${sha256(G1)}, G1\n+sha256 ${digest}, G3\n--- ${path}\n+++ ${path}\n-0777 root:root\n+0755 root:root\n`,
      },
    },
    {
      it: 'only its mode differs',
      params: { src },
      observed: { ...installed, file: program(G3, { mode: '0644' }) },
      context: holding(G3),
      expect: {
        kind: 'change',
        says: 'mode 0644 → 0755',
        diff: `--- ${path}\n+++ ${path}\n-0644 root:root\n+0755 root:root\n`,
      },
    },
    {
      it: 'the program of the controller is of another generation',
      params: { src },
      observed: nothing,
      context: holding(G2),
      expect: {
        kind: 'refuse',
        says: `${src} is a build of Meta CNI of generation G2, not G3`,
        hint: 'set generation',
      },
    },
    {
      it: 'G1 is asked for and given',
      params: { src, generation: 'G1', type: 'meta-cni' },
      observed: nothing,
      context: holding(G1),
      expect: { kind: 'change', says: '/opt/cni/bin/meta-cni', after: { build: 'delegates' }, script: 'resultMode' },
    },
    {
      it: 'it is another program',
      params: { src },
      observed: nothing,
      context: holding(Buffer.from('<html>')),
      expect: { kind: 'refuse', says: `${src} is not a build of Meta CNI`, hint: 'make tool' },
    },
    {
      it: 'it has another digest',
      params: { src, sha256: sha256(G1) },
      observed: nothing,
      context: holding(G3),
      expect: { kind: 'refuse', says: `${src} has the SHA-256 ${digest}`, hint: 'correct `sha256`' },
    },
    {
      it: 'a URL has it, and the host does not',
      params: { url: 'https://example.org/crane-meta', sha256: digest },
      observed: nothing,
      expect: {
        kind: 'change',
        after: { file: { sha256: digest } },
        script: `https://example.org/crane-meta ${digest}`,
      },
    },
    {
      it: 'what was once fetched is of another generation',
      params: { url: 'https://example.org/crane-meta', sha256: sha256(G2) },
      observed: { ...installed, file: program(G2), build: 'confFromArgs' },
      expect: { kind: 'refuse', says: 'generation G2, not G3' },
    },
    {
      it: 'a package put it where the runtime looks',
      params: { from: path },
      observed: { ...installed, source: program(G3), sourceBuild: 'pipelines' },
      expect: { kind: 'ok' },
    },
    {
      it: 'a package put it elsewhere',
      params: { from: '/usr/lib/crane/crane-meta' },
      observed: { ...nothing, source: program(G3), sourceBuild: 'pipelines' },
      expect: { kind: 'change', script: `file:///usr/lib/crane/crane-meta ${digest}` },
    },
    {
      it: 'the package is not there',
      params: { from: path },
      observed: { ...nothing, source: absent, sourceBuild: 'absent' },
      expect: { kind: 'refuse', says: `${path} does not exist`, hint: 'cranesched-frontend' },
    },
    {
      it: 'the package has an older build',
      params: { from: path },
      observed: { ...installed, source: program(G1), sourceBuild: 'delegates' },
      expect: { kind: 'refuse', says: `${path} is a build of Meta CNI of generation G1, not G3` },
    },
    {
      it: 'the directory of plug-ins does not exist',
      params: { src, binDir: '/usr/lib/cni' },
      observed: { ...nothing, directory: absent },
      context: holding(G3),
      expect: { kind: 'refuse', says: 'the directory /usr/lib/cni does not exist', hint: 'ensureDirectory' },
    },
    {
      it: 'a directory is in its place',
      params: { src },
      observed: { ...nothing, file: directory() },
      context: holding(G3),
      expect: { kind: 'refuse', says: 'is a directory' },
    },
  ],
  wrong: [
    { params: {}, path: '', says: 'exactly one of src, url and from' },
    { params: { src, from: path }, path: '', says: 'exactly one of src, url and from' },
    { params: { url: 'https://example.org/x' }, path: '/url', says: 'needs sha256' },
    { params: { src, type: 'a/b' }, path: '/type', says: 'file name' },
  ],
  live: [
    {
      it: 'sends the program of the controller',
      setup: 'mkdir -p /opt/law-cni; rm -f /opt/law-cni/*',
      params: { src: fixture, binDir: '/opt/law-cni' },
      proof:
        '[ "$(stat -c %a:%U:%G /opt/law-cni/crane-meta)" = 755:root:root ] && [ "$(ls -A /opt/law-cni)" = crane-meta ]',
    },
    {
      it: 'copies what a package put elsewhere, in place of an older build',
      setup: `mkdir -p /opt/law-cni /opt/law-pkg
        echo '# resultMode' >/opt/law-cni/meta-cni; echo '# resultMode of 2026' >/opt/law-pkg/crane-meta`,
      params: { from: '/opt/law-pkg/crane-meta', generation: 'G1', type: 'meta-cni', binDir: '/opt/law-cni' },
      proof: 'cmp /opt/law-pkg/crane-meta /opt/law-cni/meta-cni && [ -x /opt/law-cni/meta-cni ]',
    },
  ],
} satisfies TaskCases
