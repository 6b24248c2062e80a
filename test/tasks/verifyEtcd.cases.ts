// Cases of verifyEtcd: healthy, in part, not at all, and what is missing on the host.
import { absent, file, type TaskCases } from './kit.ts'

const endpoints = 'https://etcd1:2379,https://etcd2:2379/'
const [ca, cert, key] = ['/etc/calico/ca.crt', '/etc/calico/client.crt', '/etc/calico/client.key'] as const
const files = { [ca]: file(''), [cert]: file(''), [key]: file('') }
const healthy = ' {"health":"true"}\n 200\n.\n'
const refused = " curl: (7) Failed to connect to etcd2 port 2379: Couldn't connect to server\n \n 000\n.\n"
const printed = (...answers: string[]) => ({ health: { status: 0, stdout: answers.join('') } })

export default {
  decide: [
    {
      it: 'all are healthy',
      params: { endpoints, ca, cert, key },
      observed: { ...files, ...printed(healthy, healthy) },
      expect: {
        kind: 'ok',
        says: 'healthy: https://etcd1:2379, https://etcd2:2379',
        data: { healthy: ['https://etcd1:2379', 'https://etcd2:2379'] },
      },
    },
    {
      it: 'one of them does not answer',
      params: { endpoints: ['http://etcd1:2379', 'http://etcd2:2379'] },
      observed: printed(healthy, refused),
      expect: {
        kind: 'ok',
        says: 'healthy: http://etcd1:2379',
        warnings: ['http://etcd2:2379: nothing answers there'],
      },
    },
    {
      it: 'none answers',
      params: { endpoints: 'http://etcd2:2379' },
      observed: printed(refused),
      expect: { kind: 'refuse', says: 'no etcd answers: http://etcd2:2379: nothing answers there', hint: 'curl' },
    },
    {
      it: 'it has no leader',
      params: { endpoints: 'http://etcd1:2379' },
      observed: printed(' {"health":"false","reason":"RAFT NO LEADER"}\n 503\n.\n'),
      expect: { kind: 'refuse', says: 'is not healthy: RAFT NO LEADER' },
    },
    {
      it: 'a file is missing on the host',
      params: { endpoints, ca, cert, key },
      observed: { ...files, [key]: absent, ...printed('', '') },
      expect: { kind: 'refuse', says: `${key} does not exist`, hint: 'copy it' },
    },
    {
      it: 'the host has no curl',
      params: { endpoints },
      observed: { health: { status: 127, stdout: '' } },
      expect: { kind: 'refuse', says: 'no curl', hint: 'install curl' },
    },
  ],
  wrong: [
    { params: {}, path: '', says: 'endpoints' },
    { params: { endpoints: 'etcd1:2379' }, path: '/endpoints', says: 'URL' },
    { params: { endpoints: 'http://etcd1:2379/v3' }, path: '/endpoints', says: 'URL' },
    { params: { endpoints, cert }, path: '', says: 'both cert and key' },
  ],
  live: [
    {
      it: 'asks a real etcd',
      first: 'ok',
      setup: `command -v apt-get >/dev/null && manager='apt-get -y -q' || manager='dnf -y -q'
        command -v curl >/dev/null && [ -x /usr/bin/etcd ] || DEBIAN_FRONTEND=noninteractive $manager install curl etcd-server >/dev/null 2>&1 ||
          $manager install etcd >/dev/null 2>&1
        systemctl stop etcd 2>/dev/null
        systemctl is-active -q law-etcd || systemd-run -q --unit law-etcd /usr/bin/etcd --data-dir /run/law-etcd
        for try in 1 2 3 4 5 6 7 8 9 10; do curl -sf http://127.0.0.1:2379/health && exit; sleep 1; done; exit 1`,
      params: { endpoints: 'http://127.0.0.1:2379' },
    },
  ],
} satisfies TaskCases
