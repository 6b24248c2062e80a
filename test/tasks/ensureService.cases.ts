// Cases of ensureService.
import { down, noUnit, runs, SOON, type TaskCases } from './kit.ts'

export default {
  decide: [
    {
      it: 'it is enabled until the next boot only',
      params: { name: 'x', enabled: true },
      observed: { unit: runs({ file: 'enabled-runtime' }) },
      expect: { kind: 'change', steps: ['systemctl enable x.service'], after: { unit: { file: 'enabled' } } },
    },
    {
      it: 'it is enabled and runs',
      params: { name: 'containerd', enabled: true, running: true },
      observed: { unit: runs() },
      expect: { kind: 'ok', says: 'active, enabled' },
    },
    {
      it: 'it is neither',
      params: { name: 'containerd', enabled: true, running: true },
      observed: { unit: down() },
      expect: {
        kind: 'change',
        says: 'enable and start containerd.service',
        diff: '--- containerd.service at boot\n+++ containerd.service at boot\n-disabled\n+enabled\n--- containerd.service\n+++ containerd.service\n-inactive\n+active\n',
        after: { unit: { active: 'active', file: 'enabled', startedAt: SOON } },
        mayCreate: true,
        steps: ['systemctl enable containerd.service', 'systemctl start containerd'],
      },
    },
    {
      it: 'only what is asked for counts',
      params: { name: 'containerd', enabled: true },
      observed: { unit: down({ file: 'enabled' }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'it failed',
      params: { name: 'craned', running: true },
      observed: { unit: down({ active: 'failed', sub: 'failed' }) },
      expect: { kind: 'change', steps: ['systemctl start craned'] },
    },
    {
      it: 'it is to stop, and not to start at boot',
      params: { name: 'craned.service', running: false, enabled: false },
      observed: { unit: runs() },
      expect: {
        kind: 'change',
        after: { unit: { active: 'inactive', startedAt: null, file: 'disabled' } },
        steps: ['systemctl disable craned.service', 'systemctl stop craned.service'],
        mayCreate: false,
      },
    },
    {
      it: 'a unit that failed is stopped enough',
      params: { name: 'craned', running: false },
      observed: { unit: down({ active: 'failed' }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'a static unit needs no enabling',
      params: { name: 'lab-images', enabled: true },
      observed: { unit: runs({ file: 'static' }) },
      expect: { kind: 'ok' },
    },
    {
      it: 'there is no such unit',
      params: { name: 'containrd', running: true },
      observed: { unit: noUnit() },
      expect: { kind: 'refuse', says: 'the unit containrd.service does not exist', hint: 'package' },
    },
    {
      it: 'what does not exist does not run either',
      params: { name: 'apache2', running: false },
      observed: { unit: noUnit() },
      expect: { kind: 'ok' },
    },
    {
      it: 'it is masked',
      params: { name: 'craned', running: true },
      observed: { unit: down({ load: 'masked', file: 'masked' }) },
      expect: { kind: 'refuse', says: 'masked', hint: 'systemctl unmask craned.service' },
    },
    {
      it: 'systemd cannot read its file',
      params: { name: 'craned', running: true },
      observed: { unit: down({ load: 'bad-setting' }) },
      expect: { kind: 'refuse', says: 'bad-setting' },
    },
  ],
  wrong: [
    { params: { name: 'containerd' }, path: '', says: 'needs enabled, running or both' },
    { params: { name: 'a b', running: true }, path: '/name', says: 'systemd unit' },
    { params: { name: 'a', running: 'yes' }, path: '/running', says: 'boolean' },
  ],
  live: [
    {
      it: 'enables and starts a unit',
      setup:
        "printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/sleeper.service; systemctl daemon-reload",
      params: { name: 'sleeper', enabled: true, running: true },
      proof: 'systemctl is-active sleeper && systemctl is-enabled sleeper',
    },
    {
      it: 'stops it',
      setup: 'systemctl start sleeper',
      params: { name: 'sleeper', running: false },
      proof: '! systemctl is-active sleeper',
    },
  ],
} satisfies TaskCases
