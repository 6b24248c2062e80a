// Cases of copyTree.
import type { ControllerTree, TreeEntry, TreeFact } from 'crane-play/task'
import { sha256 } from 'crane-play/task'
import type { TaskCases } from './kit.ts'

const path = '/srv/site'
const src = 'site'
const accounts = { owner: 'root', group: 'root', uid: 0, gid: 0 }

const file = (name: string, text: string, executable = false): TreeEntry => ({
  type: 'file',
  path: name,
  size: Buffer.byteLength(text),
  executable,
  sha256: sha256(text),
  read: () => Buffer.from(text),
})

const tree = (...entries: TreeEntry[]): { tree: ControllerTree } => ({
  tree: { entries, excludes: (below) => below.endsWith('.log') },
})

const host = (entries: TreeFact['entries'], more: Partial<TreeFact> = {}): TreeFact => ({
  root: 'directory',
  creator: accounts,
  entries,
  extra: [],
  ...more,
})

const there = (more: object = {}) =>
  ({ type: 'file', mode: '0644', ...accounts, size: 2, same: true, text: null, ...more }) as const

const FIXTURE = new URL('../fixtures/tree', import.meta.url).pathname

export default {
  decide: [
    {
      it: 'the host has all of it',
      params: { src, path },
      context: tree({ type: 'directory', path: 'conf' }, file('conf/a', 'a\n'), {
        type: 'link',
        path: 'b',
        target: 'conf/a',
      }),
      observed: {
        tree: host({
          conf: { type: 'directory', mode: '0700', ...accounts },
          'conf/a': there(),
          b: { type: 'link', target: 'conf/a' },
        }),
      },
      expect: { kind: 'ok' },
    },
    {
      it: 'the directory does not exist',
      params: { src, path: `${path}/` },
      context: tree({ type: 'directory', path: 'bin' }, file('bin/tool', '#!/bin/sh\n', true)),
      observed: { tree: host({}, { root: 'absent' }) },
      expect: {
        kind: 'change',
        says: 'copy 1 file and 2 directories to /srv/site',
        diff:
          '--- /srv/site\n+++ /srv/site\n+. directory\n+bin directory\n' +
          '--- /dev/null\n+++ /srv/site/bin/tool\n@@ -0,0 +1,1 @@\n+#!/bin/sh\n',
        after: { tree: { root: 'directory', entries: { 'bin/tool': { mode: '0755', same: true, owner: 'root' } } } },
        steps: ['create directories below /srv/site', 'write bin/tool below /srv/site'],
        script: "place_files /srv/site/bin 0755 '' '' '10 ' ",
      },
    },
    {
      it: 'a text and a binary file differ',
      params: { src, path },
      context: tree(file('a', 'new\n'), file('b', '\0\0\0')),
      observed: { tree: host({ a: there({ same: false, text: 'old\n' }), b: there({ same: false }) }) },
      expect: {
        kind: 'change',
        says: 'copy 2 files to /srv/site',
        diff:
          '--- /srv/site\n+++ /srv/site\n-b file of 2 bytes\n+b file of 3 bytes\n' +
          '--- /srv/site/a\n+++ /srv/site/a\n@@ -1,1 +1,1 @@\n-old\n+new\n',
        script: 'place_files /srv/site 0644 0:0',
      },
    },
    {
      it: 'only a mode is wrong',
      params: { src, path, mode: '0600' },
      context: tree(file('a', 'a\n')),
      observed: { tree: host({ a: there() }) },
      expect: {
        kind: 'change',
        diff: '--- /srv/site\n+++ /srv/site\n-a 0644 root:root\n+a 0600 root:root\n',
        after: { tree: { entries: { a: { mode: '0600' } } } },
      },
    },
    {
      it: 'others write there too',
      params: { src, path },
      context: tree(file('a', 'a\n')),
      observed: { tree: host({ a: there() }, { extra: [{ path: 'b', directory: false }] }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'and what they write is to go, but for what is excluded',
      params: { src, path, delete: true, exclude: ['*.log'] },
      context: tree(file('a', 'a\n')),
      observed: {
        tree: host(
          { a: there() },
          {
            extra: [
              { path: 'logs', directory: true },
              { path: 'logs/1.log', directory: false },
              { path: 'old', directory: true },
              { path: 'old/x', directory: false },
            ],
          },
        ),
      },
      expect: {
        kind: 'change',
        says: 'remove 1 path below /srv/site',
        diff: '--- /srv/site\n+++ /srv/site\n-old directory\n',
        after: {
          tree: {
            extra: [
              { path: 'logs', directory: true },
              { path: 'logs/1.log', directory: false },
            ],
          },
        },
        script: "remove_path /srv/site/old recursive ''",
      },
    },
    {
      it: 'a link leads elsewhere, and a file is where a link should be',
      params: { src, path },
      context: tree({ type: 'link', path: 'a', target: 'x' }, { type: 'link', path: 'b', target: 'x' }),
      observed: { tree: host({ a: { type: 'link', target: 'y' }, b: there() }) },
      expect: {
        kind: 'change',
        says: 'copy 2 links to /srv/site, remove 1 path',
        diff: '--- /srv/site\n+++ /srv/site\n-a link to y\n-b file of 2 bytes\n+a link to x\n+b link to x\n',
        steps: ['remove from /srv/site what is not wanted', 'make the links below /srv/site'],
      },
    },
    {
      it: 'a directory is in the place of a file',
      params: { src, path },
      context: tree(file('a', 'a\n')),
      observed: { tree: host({ a: { type: 'directory', mode: '0755', ...accounts } }) },
      expect: { kind: 'refuse', says: '/srv/site/a is a directory, not a file', hint: 'remove or rename' },
    },
    {
      it: 'a file cannot be read',
      params: { src, path },
      context: tree(file('a', 'a\n')),
      observed: { tree: host({ a: there({ same: null }) }) },
      expect: { kind: 'refuse', says: 'permission denied: /srv/site/a', hint: 'become' },
    },
    {
      it: 'the directory may not be entered',
      params: { src, path },
      context: tree(),
      observed: { tree: host({}, { root: 'denied' }) },
      expect: { kind: 'refuse', says: 'permission denied: /srv/site', hint: 'become' },
    },
    {
      it: 'a file is in the place of the directory',
      params: { src, path },
      context: tree(),
      observed: { tree: host({}, { root: 'other' }) },
      expect: { kind: 'refuse', says: '/srv/site is not a directory' },
    },
  ],
  wrong: [
    { params: { path }, path: '', says: 'src' },
    { params: { src, path: 'srv' }, path: '/path', says: 'absolute' },
    { params: { src, path: '/etc', delete: true }, path: '/path', says: "'/etc' is a directory of the system" },
    { params: { src, path, exclude: ['build/'] }, path: '/exclude/0', says: 'without / at its beginning or end' },
    { params: { src, path, directoryMode: '0899' }, path: '/directoryMode', says: "'0644'" },
  ],
  live: [
    {
      it: 'copies files, links and modes',
      setup: 'rm -rf "/srv/law tree"',
      params: { src: FIXTURE, path: '/srv/law tree/site', exclude: ['*.bak'], group: 'daemon', directoryMode: '0750' },
      proof:
        'cd "/srv/law tree/site" && [ "$(./start)" = hello ] && [ "$(stat -c %a:%G bin bin/hello bin/blob | tr "\\n" " ")" = "750:daemon 755:daemon 644:daemon " ] && [ ! -e conf.d/site.yml.bak ] && [ "$(wc -c <bin/blob)" = 3 ] && [ -z "$(find . -name ".crane-play*")" ]',
    },
    {
      it: 'repairs what differs and removes what else is there',
      setup:
        'rm -rf /srv/law2; mkdir -p /srv/law2/conf.d /srv/law2/old/er; cd /srv/law2; echo "workers: 3" >conf.d/site.yml; chown daemon conf.d/site.yml; ln -s / start; echo x >old/er/x; echo x >old/keep.bak',
      params: { src: FIXTURE, path: '/srv/law2', delete: true, exclude: ['*.bak'], mode: '0640' },
      proof:
        'cd /srv/law2 && grep -qx "workers: 4" conf.d/site.yml && [ "$(stat -c %a:%U conf.d/site.yml)" = 640:daemon ] && [ "$(readlink start)" = bin/hello ] && [ -e old/keep.bak ] && [ ! -e old/er ]',
    },
  ],
} satisfies TaskCases
