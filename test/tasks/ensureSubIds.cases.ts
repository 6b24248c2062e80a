// Cases of ensureSubIds.
import { absent, file, type TaskCases } from './kit.ts'

const mapping = { Id: 1000, IdCount: 100, SubIdStart: 200000, SubIdSize: 65536 }
const params = { uidMappings: [mapping] }
const passwd = file(
  'root:x:0:0::/root:/bin/sh\nalice:x:1001:1001::/home/alice:/bin/sh\nbob:x:1002:1001::/home/bob:/bin/sh\n',
)
const observed = (uids: string | null, gids: string | null = uids, kernel = '6.1.0-30-amd64\n') => ({
  subuid: uids === null ? absent : file(uids),
  subgid: gids === null ? absent : file(gids),
  passwd,
  kernel,
})
const ALICE = 'alice:265536:65536\n'

export default {
  decide: [
    { it: 'they agree', params, observed: observed(ALICE), expect: { kind: 'ok', says: 'agree' } },
    { it: 'there are no files, and CraneSched manages them', params, observed: observed(null), expect: { kind: 'ok' } },
    {
      it: 'a user gets lines',
      params: { ...params, users: ['alice'] },
      observed: observed('other:5:1\n', null),
      expect: {
        kind: 'change',
        says: 'write /etc/subuid and /etc/subgid',
        after: { subuid: { text: `other:5:1\n${ALICE}` }, subgid: { text: ALICE } },
        steps: ['write /etc/subuid', 'write /etc/subgid'],
      },
    },
    {
      it: 'useradd gave another range',
      params,
      observed: observed('alice:100000:65536\n'),
      expect: {
        kind: 'refuse',
        says: 'alice has 100000:65536 in /etc/subuid, and the mappings give 265536:65536',
        hint: 'replace: true',
      },
    },
    {
      it: 'another range may be replaced',
      params: { ...params, replace: true },
      observed: observed('alice:100000:65536\n', ALICE),
      expect: { kind: 'change', after: { subuid: { text: ALICE } }, steps: ['write /etc/subuid'] },
    },
    {
      it: 'two ranges of a user',
      params,
      observed: observed(`${ALICE}alice:900000000:65536\n`, ALICE),
      expect: { kind: 'refuse', says: 'alice has 265536:65536 and 900000000:65536' },
    },
    {
      it: 'somebody else has a range of the mappings',
      params,
      observed: observed('podman:200000:65536\n'),
      expect: { kind: 'refuse', says: 'podman has 200000:65536 in /etc/subuid, which the mappings give to others' },
    },
    {
      it: 'a user that no mapping covers',
      params: { ...params, users: ['root', 'nobody'] },
      observed: observed(null),
      expect: { kind: 'refuse', says: 'no mapping covers root, whose id is 0; the node has no local user nobody' },
    },
    {
      it: 'the group decides about /etc/subgid',
      params: { uidMappings: [mapping], gidMappings: [{ ...mapping, SubIdStart: 900000 }], users: ['bob'] },
      observed: observed(''),
      expect: {
        kind: 'change',
        after: { subuid: { text: 'bob:331072:65536\n' }, subgid: { text: 'bob:965536:65536\n' } },
      },
    },
    {
      it: 'the kernel is old',
      params,
      observed: observed(null, null, '5.10.0\n'),
      expect: { kind: 'ok', warnings: ['user namespaces with mounts need Linux 5.12 or newer, and this is 5.10.0'] },
    },
  ],
  wrong: [
    {
      params: { uidMappings: [mapping, { ...mapping, Id: 1050, SubIdStart: 90000000 }] },
      path: '/uidMappings',
      says: 'from id 1000 and from id 1050 on have ids in common',
    },
    {
      params: { uidMappings: [mapping, { ...mapping, Id: 5000 }] },
      path: '/uidMappings',
      says: 'have subordinate ids in common',
    },
    {
      params: { uidMappings: [{ ...mapping, IdCount: 100000 }] },
      path: '/uidMappings',
      says: 'goes beyond 4294967295',
    },
    { params: { uidMappings: [] }, path: '/uidMappings', says: 'must NOT have fewer than 1' },
  ],
  live: [
    {
      it: 'gives a user lines',
      setup:
        'cp -p /etc/passwd /srv/passwd; id law >/dev/null 2>&1 || useradd -u 1777 law; rm -f /etc/subuid /etc/subgid',
      params: {
        uidMappings: [{ ...mapping, IdCount: 1000 }],
        gidMappings: [{ ...mapping, Id: 0, IdCount: 9000 }],
        users: ['law'],
      },
      proof: 'grep -q "^law:51121472:65536$" /etc/subuid && [ "$(stat -c %a /etc/subuid)" = 644 ]',
    },
  ],
} satisfies TaskCases
