// Cases of restartService.
import { absent, down, file, noUnit, runs, SOON, type TaskCases } from './kit.ts'

const config = '/etc/crane/config.yaml'

export default {
  decide: [
    {
      it: 'it started after its files were changed',
      params: { name: 'craned', files: [config] },
      observed: { unit: runs({ startedAt: 5_000_000 }), [config]: file('', { changedAt: 4_999_999 }) },
      expect: { kind: 'ok', data: { startedAt: '1970-01-01T00:00:05.000Z' } },
    },
    {
      it: 'a file is newer than it',
      params: { name: 'craned', files: [config] },
      observed: { unit: runs({ startedAt: 5_000_000 }), [config]: file('', { changedAt: 5_000_001 }) },
      expect: {
        kind: 'change',
        says: `restart craned.service: ${config} changed after its start`,
        after: { unit: { active: 'active', startedAt: SOON } },
        steps: ['systemctl restart craned'],
        mayCreate: false,
      },
    },
    {
      it: 'a file that the notifying tasks write is newer, though nobody notified it in this run',
      params: { name: 'containerd' },
      context: { watched: ['/etc/containerd/config.toml'] },
      observed: { unit: runs({ startedAt: 1 }), '/etc/containerd/config.toml': file('', { changedAt: 2 }) },
      expect: { kind: 'change', says: '/etc/containerd/config.toml changed after its start' },
    },
    {
      it: 'a file that is not there is not newer',
      params: { name: 'craned', files: [config] },
      observed: { unit: runs(), [config]: absent },
      expect: { kind: 'ok' },
    },
    {
      it: 'it was notified',
      params: { name: 'craned' },
      context: { notified: true },
      observed: { unit: runs() },
      expect: { kind: 'change', says: 'it was notified' },
    },
    {
      it: 'nobody notified it',
      params: { name: 'craned' },
      observed: { unit: runs() },
      expect: { kind: 'ok' },
    },
    {
      it: 'its unit file changed',
      params: { name: 'craned' },
      observed: { unit: runs({ needsReload: true }) },
      expect: { kind: 'change', says: 'unit file', after: { unit: { needsReload: false } } },
    },
    {
      it: 'it is down',
      params: { name: 'craned', settle: 3 },
      observed: { unit: down({ active: 'failed' }) },
      expect: {
        kind: 'change',
        says: 'it is failed',
        diff: '--- craned.service\n+++ craned.service\n-failed\n+active\n',
        mayCreate: true,
        script: 'bring_up restart craned.service 3',
      },
    },
    {
      it: 'there is none',
      params: { name: 'craned' },
      observed: { unit: noUnit() },
      expect: { kind: 'refuse', says: 'the unit craned.service does not exist' },
    },
    {
      it: 'it is masked',
      params: { name: 'craned' },
      observed: { unit: down({ load: 'masked' }) },
      expect: { kind: 'refuse', says: 'masked' },
    },
  ],
  wrong: [
    { params: { name: 'craned', files: ['etc/x'] }, path: '/files/0', says: 'absolute path' },
    { params: { name: 'craned', settle: -1 }, path: '/settle', says: '>= 0' },
  ],
  live: [
    {
      it: 'restarts a unit that is older than its file',
      setup:
        "printf '[Service]\\nExecStart=/bin/sleep infinity\\n' >/etc/systemd/system/waiter.service; systemctl daemon-reload; systemctl start waiter; sleep 0.1; echo new >/etc/waiter.conf",
      params: { name: 'waiter', files: ['/etc/waiter.conf'] },
      proof: 'systemctl is-active waiter',
    },
  ],
} satisfies TaskCases
