// Cases of writeFile.
import { absent, directory, file, SOON, type TaskCases } from './kit.ts'

const path = '/etc/motd'

export default {
  decide: [
    {
      it: 'the file of a unit, which systemd knows afterwards',
      params: { path: '/etc/systemd/system/site.service', content: '[Service]\n' },
      observed: { file: absent, parent: directory() },
      expect: { kind: 'change', mayCreate: true },
    },
    {
      it: 'it has the content, and nothing else is asked for',
      params: { path, content: 'hello\n' },
      observed: { file: file('hello\n', { mode: '0600', owner: 'ops' }), parent: directory() },
      expect: { kind: 'ok' },
    },
    {
      it: 'it is not there',
      params: { path, content: 'hello\n', mode: '600' },
      observed: { file: absent, parent: directory() },
      expect: {
        kind: 'change',
        says: 'write /etc/motd',
        diff: '--- /dev/null\n+++ /etc/motd\n@@ -0,0 +1,1 @@\n+hello\n',
        after: { file: { type: 'file', text: 'hello\n', mode: '0600', size: 6, changedAt: SOON } },
        steps: ['write /etc/motd'],
      },
    },
    {
      it: 'it has another line',
      params: { path, content: 'a\nb\n', backup: true },
      observed: { file: file('a\nc\n'), parent: directory() },
      expect: {
        kind: 'change',
        diff: '--- /etc/motd\n+++ /etc/motd\n@@ -1,2 +1,2 @@\n a\n-c\n+b\n',
        script: "replace_file /etc/motd '' '' '' backup ''",
      },
    },
    {
      it: 'only its mode is wrong',
      params: { path, content: 'a\n', mode: '0600', owner: 'root' },
      observed: { file: file('a\n'), parent: directory() },
      expect: {
        kind: 'change',
        says: 'mode 0644 → 0600',
        diff: '--- /etc/motd\n+++ /etc/motd\n-0644 root:root\n+0600 root:root\n',
        after: { file: { mode: '0600', text: 'a\n' } },
      },
    },
    {
      it: 'its owner is given as an id',
      params: { path, content: 'a\n', owner: '0', group: '0' },
      observed: { file: file('a\n'), parent: directory() },
      expect: { kind: 'ok' },
    },
    {
      it: 'bytes of a file beside the playbook',
      params: { path, src: 'files/motd.bin' },
      context: { files: new Map([['files/motd.bin', Uint8Array.from([0, 1, 2])]]) },
      observed: { file: absent, parent: directory() },
      expect: { kind: 'change', after: { file: { text: null, size: 3 } } },
    },
    {
      it: 'the text of a template',
      params: { path, template: 'hello\n' },
      observed: { file: file('bye\n'), parent: directory() },
      expect: { kind: 'change', diff: '--- /etc/motd\n+++ /etc/motd\n@@ -1,1 +1,1 @@\n-bye\n+hello\n' },
    },
    {
      it: 'the same bytes are there',
      params: { path, src: 'motd' },
      context: { files: new Map([['motd', Buffer.from('x')]]) },
      observed: { file: file('x', { text: null }), parent: directory() },
      expect: { kind: 'ok' },
    },
    {
      it: 'its directory does not exist',
      params: { path: '/etc/none/x', content: '' },
      observed: { file: absent, parent: absent },
      expect: { kind: 'refuse', says: 'the directory /etc/none does not exist', hint: 'ensureDirectory' },
    },
    {
      it: 'a directory is in its place',
      params: { path, content: '' },
      observed: { file: directory(), parent: directory() },
      expect: { kind: 'refuse', says: 'directory' },
    },
    {
      it: 'it permission denied',
      params: { path, content: '' },
      observed: { file: { type: 'denied' }, parent: directory() },
      expect: { kind: 'refuse', hint: 'become' },
    },
  ],
  wrong: [
    { params: { path }, path: '', says: 'one of content, src and template' },
    { params: { path, content: '', src: 'x' }, path: '', says: 'one of content, src and template' },
    { params: { path: 'etc/motd', content: '' }, path: '/path', says: 'absolute' },
    { params: { path: '/etc/../motd', content: '' }, path: '/path', says: 'without . or ..' },
    { params: { path, content: '', mode: 420 }, path: '/mode', says: 'string' },
    { params: { path, content: '', mode: '0899' }, path: '/mode', says: "'0644'" },
    { params: { path, content: '', validate: 'true' }, path: '/validate', says: '%s' },
  ],
  live: [
    {
      it: 'writes a new file',
      params: { path: '/etc/law/a file', content: "it's\n$HOME `x`\n", mode: '0640', group: 'daemon' },
      setup: 'mkdir -p /etc/law',
      proof: '[ "$(stat -c %a:%G "/etc/law/a file")" = 640:daemon ]',
    },
    {
      it: 'keeps the link, the mode and the owner of what it replaces',
      setup: 'cd /etc/law; echo old >kept; chmod 0601 kept; chown ops:daemon kept; ln -sf kept link',
      params: { path: '/etc/law/link', content: 'new\n', backup: true },
      proof:
        'cd /etc/law; [ -L link ] && [ "$(stat -c %a:%U:%G kept)" = 601:ops:daemon ] && grep -qx new kept && grep -qx old kept.*~',
    },
    {
      it: 'puts in place what the command accepts',
      setup: 'mkdir -p /etc/law',
      params: {
        path: '/etc/law/sudoers',
        content: 'ops ALL=(ALL) NOPASSWD: ALL\n',
        mode: '0440',
        validate: 'visudo -cf %s',
      },
      proof: 'visudo -cf /etc/law/sudoers && [ "$(ls -A /etc/law | grep -c crane-play)" = 0 ]',
    },
  ],
} satisfies TaskCases
