// Cases of verifyCri.
import { digestOf, UNKNOWN } from 'crane-play/task'
import { absent, down, file, holding, noUnit, pkg, runs, type TaskCases } from './kit.ts'

const socket = '/run/containerd/containerd.sock'
const config = '/etc/containerd/config.toml'
const entries = holding('00-crane.conf')
const observed = { unit: runs(), [config]: file('version = 2\n'), network: entries, package: pkg('1.7.24-1') }

/** What the task claims with default parameters. */
const claim = { socket, service: 'containerd.service', network: true }

/** What the proof rests on for the facts above. */
const digest = digestOf({ claim, startedAt: 2_000_000, changes: [[config, 1_000_000]], network: entries.entries })
const at = Date.parse('2026-08-01T12:34:56Z') * 1000
const record = file(JSON.stringify({ runtime: 'containerd', version: '1.7.24', digest, at }), { mode: '0600' })
const recordOf = (more: object = {}) =>
  `/var/lib/crane-play/verified/cri-${digestOf({ ...claim, ...more }).slice(0, 16)}.json`

const refused =
  'newer builds of craned do not start with containerd 1.7.24~ds1: they cannot read that version. ' +
  'Install containerd.io from its vendor, whose version is plain'

export default {
  decide: [
    {
      it: 'it was proved, and nothing changed',
      params: {},
      observed: { ...observed, evidence: record },
      expect: {
        kind: 'ok',
        says: 'proven 2026-08-01 12:34 UTC: containerd 1.7.24',
        data: { runtime: 'containerd', version: '1.7.24', digest },
      },
    },
    {
      it: 'a version that newer builds of craned refuse was proved',
      params: {},
      observed: {
        ...observed,
        evidence: file(JSON.stringify({ runtime: 'containerd', version: '1.7.24~ds1', digest, at })),
      },
      expect: { kind: 'ok', warnings: [refused] },
    },
    {
      it: 'a package of that version is installed',
      params: {},
      observed: { ...observed, package: pkg('1.7.24~ds1-6+b1'), evidence: absent },
      expect: { kind: 'verify', warnings: [refused] },
    },
    {
      it: 'it was never proved',
      params: {},
      observed: { ...observed, evidence: absent },
      expect: {
        kind: 'verify',
        says: `ask the runtime at ${socket}`,
        after: { evidence: UNKNOWN },
        data: { digest },
        steps: [`ask the runtime at ${socket}`, 'make /var/lib/crane-play/verified', `write ${recordOf()}`],
      },
    },
    {
      it: 'the proof of another socket has a record of its own',
      params: { socket: '/run/other.sock', service: 'other' },
      observed: { ...observed, evidence: absent },
      expect: {
        kind: 'verify',
        steps: [
          'ask the runtime at /run/other.sock',
          'make /var/lib/crane-play/verified',
          `write ${recordOf({ socket: '/run/other.sock', service: 'other.service' })}`,
        ],
      },
    },
    {
      it: 'the runtime was restarted since',
      params: {},
      observed: { ...observed, unit: runs({ startedAt: 2_000_001 }), evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'its configuration changed since',
      params: {},
      observed: { ...observed, [config]: file('', { changedAt: 1_000_001 }), evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'the network changed since',
      params: {},
      observed: { ...observed, network: holding(), evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'more is asked of it than was proved',
      params: { minimumVersion: '2.0' },
      observed: { ...observed, evidence: record },
      expect: { kind: 'verify' },
    },
    ...['10.77.0.12', '192.168.255.1', 'fd00::12', '::ffff:10.0.0.1'].map((streamAddress) => ({
      it: `the streams must be at ${streamAddress}`,
      params: { streamAddress },
      observed: { ...observed, evidence: record },
      expect: { kind: 'verify' as const },
    })),
    {
      it: 'waiting longer asks nothing more of it',
      params: { patience: 60 },
      observed: { ...observed, evidence: record },
      expect: { kind: 'ok' },
    },
    {
      it: 'it is to be proved in each run',
      params: { always: true },
      observed: { ...observed, evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'the record is broken',
      params: {},
      observed: { ...observed, evidence: file('{') },
      expect: { kind: 'verify' },
    },
    {
      it: 'the runtime is down',
      params: {},
      observed: { ...observed, unit: down(), evidence: record },
      expect: { kind: 'refuse', says: 'containerd.service is inactive', hint: 'ensureService' },
    },
    {
      it: 'there is no runtime',
      params: { service: 'crio' },
      observed: { ...observed, unit: noUnit(), evidence: absent },
      expect: { kind: 'refuse', says: 'there is no unit crio.service' },
    },
  ],
  wrong: [
    { params: { socket: 'unix:///run/x.sock' }, path: '/socket', says: 'absolute path' },
    ...['0.0.0.0', '127.0.1.1', '::', '::1', 'localhost', 'crane02', '10.0.0.256', '10.0.0', 'fe80'].map(
      (streamAddress) => ({ params: { streamAddress }, path: '/streamAddress', says: 'at which other nodes reach' }),
    ),
    { params: { minimumVersion: 'v1' }, path: '/minimumVersion', says: 'pattern' },
  ],
  live: [
    {
      it: 'proves a runtime, without a network',
      needs: 'containerd',
      params: { network: false },
      first: 'ok',
      proof: 'cd /var/lib/crane-play/verified && grep -q containerd cri-*.json && [ "$(stat -c %a cri-*.json)" = 600 ]',
    },
  ],
} satisfies TaskCases
