// Cases of verifyIdMaps.
import type { TaskCases } from './kit.ts'

const mounts = `/dev/sda1 / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
tmpfs /scratch\\040two tmpfs rw 0 0
/dev/sdb1 /home/local xfs rw 0 0
`
const all = '/usr/bin/bindfs\n/usr/bin/fusermount3\n/dev/fuse\n'
const observed = (programs = '', kernel = '6.1.0-30-amd64\n') => ({ mounts, kernel, programs })

export default {
  decide: [
    {
      it: 'all of them map ids',
      params: { paths: ['/srv', '/home/local/x'] },
      observed: observed(),
      expect: { kind: 'ok', says: 'all of them map ids', data: { needsBindfs: false, paths: [] } },
    },
    {
      it: 'a network file system does not, and a kernel is too old for another',
      params: { paths: ['/home/alice', '/scratch two'] },
      observed: observed(),
      expect: {
        kind: 'ok',
        says: 'BindFs for /home/alice, /scratch two',
        data: { needsBindfs: true, paths: ['/home/alice', '/scratch two'] },
        warnings: [
          '/home/alice cannot be mounted with a user namespace unless BindFs is on: nfs4 does not map ids',
          '/scratch two cannot be mounted with a user namespace unless BindFs is on: tmpfs maps ids from Linux 6.3 on, and this is 6.1.0-30-amd64',
        ],
      },
    },
    {
      it: 'BindFs is there',
      params: { paths: ['/home'], bindfs: true },
      observed: observed(all),
      expect: { kind: 'ok', data: { needsBindfs: true, paths: ['/home'] } },
    },
    {
      it: 'BindFs is not installed',
      params: { paths: ['/home'], bindfs: true },
      observed: observed('/dev/fuse\n'),
      expect: { kind: 'refuse', says: '/usr/bin/bindfs, /usr/bin/fusermount3 are missing', hint: 'install bindfs' },
    },
    {
      it: 'the node has no /dev/fuse',
      params: { paths: ['/srv'], bindfs: true },
      observed: observed('/usr/bin/bindfs\n/usr/bin/fusermount3\n'),
      expect: { kind: 'refuse', says: '/dev/fuse is missing', hint: 'load the module fuse' },
    },
  ],
  wrong: [{ params: { paths: [] }, path: '/paths', says: 'must NOT have fewer than 1' }],
  live: [{ it: 'looks at a host', params: { paths: ['/home', '/srv'] }, first: 'ok' }],
} satisfies TaskCases
