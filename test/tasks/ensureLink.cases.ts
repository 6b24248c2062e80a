// Cases of ensureLink.
import { absent, directory, type TaskCases } from './kit.ts'

const path = '/srv/current'
const params = { path, target: 'releases/2' }

export default {
  decide: [
    {
      it: 'it points there',
      params,
      observed: { link: { type: 'link', target: 'releases/2' }, parent: directory() },
      expect: { kind: 'ok' },
    },
    {
      it: 'it points elsewhere',
      params,
      observed: { link: { type: 'link', target: 'releases/1' }, parent: directory() },
      expect: {
        kind: 'change',
        says: 'link /srv/current to releases/2',
        diff: '--- /srv/current\n+++ /srv/current\n-releases/1\n+releases/2\n',
        after: { link: { type: 'link', target: 'releases/2' } },
        script: "create_link /srv/current releases/2 ''",
      },
    },
    {
      it: 'it does not exist',
      params,
      observed: { link: { type: 'absent' }, parent: directory() },
      expect: { kind: 'change', diff: '--- /srv/current\n+++ /srv/current\n-absent\n+releases/2\n' },
    },
    {
      it: 'a directory is in its place',
      params,
      observed: { link: { type: 'directory' }, parent: directory() },
      expect: { kind: 'refuse', says: 'is not a symbolic link', hint: 'removePath' },
    },
    {
      it: 'its directory does not exist',
      params,
      observed: { link: { type: 'absent' }, parent: absent },
      expect: { kind: 'refuse', says: 'the directory /srv does not exist' },
    },
    {
      it: 'it cannot be looked at',
      params,
      observed: { link: { type: 'denied' }, parent: { type: 'denied' } },
      expect: { kind: 'refuse', says: 'permission denied: /srv/current', hint: 'become' },
    },
  ],
  wrong: [
    { params: { path }, path: '', says: 'target' },
    { params: { path: 'srv/x', target: 'y' }, path: '/path', says: 'absolute' },
    { params: { path, target: '' }, path: '/target', says: 'must be a path' },
  ],
  live: [
    {
      it: 'makes one',
      setup: 'mkdir -p /srv/law; rm -f "/srv/law/a link"',
      params: { path: '/srv/law/a link', target: "it's gone" },
      proof: `[ "$(readlink '/srv/law/a link')" = "it's gone" ]`,
    },
    {
      it: 'points one elsewhere that leads to a directory',
      setup: 'mkdir -p /srv/law/1 /srv/law/2; ln -sfn 1 /srv/law/current',
      params: { path: '/srv/law/current', target: '2' },
      proof: '[ "$(readlink /srv/law/current)" = 2 ] && [ -z "$(ls -A /srv/law/1 /srv/law/2 | grep current)" ]',
    },
  ],
} satisfies TaskCases
