// Cases of removePath.
import type { TaskCases } from './kit.ts'

const path = '/etc/cni/old.conf'

export default {
  decide: [
    { it: 'it is gone', params: { path }, observed: { there: { type: 'absent' } }, expect: { kind: 'ok' } },
    {
      it: 'a file is there',
      params: { path },
      observed: { there: { type: 'other' } },
      expect: {
        kind: 'change',
        diff: '--- /etc/cni/old.conf\n+++ /etc/cni/old.conf\n-file\n+absent\n',
        after: { there: { type: 'absent' } },
        script: "remove_path /etc/cni/old.conf '' ''",
      },
    },
    {
      it: 'a link is there',
      params: { path },
      observed: { there: { type: 'link', target: 'x' } },
      expect: { kind: 'change', diff: '--- /etc/cni/old.conf\n+++ /etc/cni/old.conf\n-link to x\n+absent\n' },
    },
    {
      it: 'a directory is there',
      params: { path },
      observed: { there: { type: 'directory' } },
      expect: { kind: 'refuse', says: 'is a directory', hint: 'recursive: true' },
    },
    {
      it: 'a directory may go',
      params: { path, recursive: true },
      observed: { there: { type: 'directory' } },
      expect: { kind: 'change', script: "remove_path /etc/cni/old.conf recursive ''" },
    },
    {
      it: 'it cannot be looked at',
      params: { path },
      observed: { there: { type: 'denied' } },
      expect: { kind: 'refuse', says: 'permission denied', hint: 'become' },
    },
  ],
  wrong: [
    { params: { path: '/etc', recursive: true }, path: '/path', says: 'a directory of the system' },
    { params: { path: '/' }, path: '/path', says: 'a directory of the system' },
    { params: { path: 'x' }, path: '/path', says: 'absolute' },
  ],
  live: [
    {
      it: 'removes a link and not what it points to',
      setup: 'mkdir -p /srv/law/kept; ln -sfn kept /srv/law/gone',
      params: { path: '/srv/law/gone' },
      proof: '[ -d /srv/law/kept ] && [ ! -L /srv/law/gone ]',
    },
    {
      it: 'removes a directory with all that is in it',
      setup: 'mkdir -p "/srv/law/a b/c"; touch "/srv/law/a b/c/d"',
      params: { path: '/srv/law/a b', recursive: true },
      proof: '[ ! -e "/srv/law/a b" ]',
    },
  ],
} satisfies TaskCases
