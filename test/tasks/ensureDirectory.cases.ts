// Cases of ensureDirectory.
import { absent, directory, file, type TaskCases } from './kit.ts'

const path = '/mnt/crane'

export default {
  decide: [
    {
      it: 'its owner and group are given by second names',
      params: { path, owner: 'toor', group: 'wheel' },
      observed: { directory: directory(), ownerId: 0, groupId: 0 },
      expect: { kind: 'ok' },
    },
    {
      it: 'it would belong to the user the task runs as',
      params: { path, mode: '0700' },
      observed: { directory: { type: 'absent', creator: { owner: 'ops', group: 'ops', uid: 1000, gid: 1000 } } },
      expect: { kind: 'change', after: { directory: { type: 'directory', owner: 'ops', uid: 1000, mode: '0700' } } },
    },
    {
      it: 'it is there',
      params: { path },
      observed: { directory: directory({ mode: '0700' }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'it is not',
      params: { path, mode: '0700', owner: 'root', group: 'root' },
      observed: { directory: absent },
      expect: {
        kind: 'change',
        says: 'create /mnt/crane',
        after: { directory: { type: 'directory', mode: '0700', owner: 'root' } },
        mayCreate: true,
        script: 'create_directory /mnt/crane 0700 root:root',
      },
    },
    {
      it: 'its mode is wrong',
      params: { path, mode: '0700' },
      observed: { directory: directory() },
      expect: {
        kind: 'change',
        says: 'mode 0755 → 0700',
        diff: '--- /mnt/crane\n+++ /mnt/crane\n-0755 root:root\n+0700 root:root\n',
        mayCreate: false,
      },
    },
    {
      it: 'a file is in its place',
      params: { path },
      observed: { directory: file('') },
      expect: { kind: 'refuse', says: '/mnt/crane is a file, not a directory' },
    },
    {
      it: 'a link that leads nowhere is in its place',
      params: { path },
      observed: { directory: { type: 'dangling-link' } },
      expect: { kind: 'refuse', says: 'a symbolic link to nothing' },
    },
  ],
  wrong: [
    { params: { path: 'mnt' }, path: '/path', says: 'absolute' },
    { params: { path, mode: '755x' }, path: '/mode', says: 'octal' },
  ],
  live: [
    {
      it: 'makes it and those above it',
      params: { path: '/srv/law/a b/c', mode: '0750', group: 'daemon' },
      proof: '[ "$(stat -c %a:%G "/srv/law/a b/c")" = 750:daemon ] && [ "$(stat -c %a /srv/law)" = 755 ]',
    },
    { it: 'sets its mode', setup: 'mkdir -p /srv/law/x', params: { path: '/srv/law/x', mode: '1777' } },
  ],
} satisfies TaskCases
