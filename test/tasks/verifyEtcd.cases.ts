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
      // The lab's RPM hosts have no curl, as no other RPM host is.
      it: 'asks a real etcd that wants a certificate',
      on: 'apt',
      first: 'ok',
      setup: `mkdir -p /srv/law-etcd && cd /srv/law-etcd
        DEBIAN_FRONTEND=noninteractive apt-get -y -q install curl openssl etcd-server >/dev/null 2>&1; systemctl stop etcd
        openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out crt -subj /CN=law -addext subjectAltName=IP:127.0.0.1 2>/dev/null
        systemctl stop law-etcd 2>/dev/null; rm -rf data
        systemd-run -q --unit law-etcd /usr/bin/etcd --data-dir /srv/law-etcd/data --listen-peer-urls http://127.0.0.1:2390 \\
          --listen-client-urls https://127.0.0.1:2389 --advertise-client-urls https://127.0.0.1:2389 \\
          --cert-file /srv/law-etcd/crt --key-file /srv/law-etcd/key --client-cert-auth --trusted-ca-file /srv/law-etcd/crt
        for try in 1 2 3 4 5 6 7 8 9 10; do curl -sf --cacert crt --cert crt --key key https://127.0.0.1:2389/health && exit; sleep 1; done; exit 1`,
      params: {
        endpoints: 'https://127.0.0.1:2389',
        ca: '/srv/law-etcd/crt',
        cert: '/srv/law-etcd/crt',
        key: '/srv/law-etcd/key',
      },
      proof: `! curl -sf --cacert /srv/law-etcd/crt https://127.0.0.1:2389/health; systemctl stop law-etcd`,
    },
  ],
} satisfies TaskCases
