// Cases of verifyCcon.
import { digestOf, UNKNOWN } from 'crane-play/task'
import { absent, file, noUnit, runs, type TaskCases } from './kit.ts'

const config = file('Container:\n')
const params = { partition: 'CPU', directory: '/home', evidence: ['abc', 'def'] }
const jobs = [{ job: 7, node: 'crane02', line: 'crane-play-1' }]

/** What the proof rests on for the facts of these cases. */
const restsOn = (more: object = {}) =>
  digestOf({
    claim: { partition: 'CPU', image: 'alpine:latest', nodes: [], directory: '/home' },
    evidence: ['abc', 'def'],
    config: 1_000_000,
    cranectld: 2_000_000,
    ...more,
  })
/** Another partition, image, node, account or directory has a record of its own. */
const recordOf = (more: object) => {
  const claim = { partition: 'CPU', image: 'alpine:latest', nodes: [], account: undefined, directory: '/home', ...more }
  return `/var/lib/crane-play/verified/ccon-${digestOf(claim).slice(0, 16)}.json`
}
const at = Date.parse('2026-08-01T12:34:56Z') * 1000
const record = file(JSON.stringify({ digest: restsOn(), at, jobs }))
const observed = { config, cranectld: runs() }

export default {
  decide: [
    {
      it: 'it was proved, and nothing changed',
      params,
      observed: { ...observed, evidence: record },
      expect: { kind: 'ok', says: 'proven 2026-08-01 12:34 UTC: a container job ran', data: { jobs } },
    },
    {
      it: 'nodes failed before',
      params: { ...params, failedNodes: ['crane04', 'crane03'] },
      observed: { ...observed, evidence: record },
      expect: {
        kind: 'refuse',
        says: 'not proven: craned or its runtime failed on crane[03-04]',
        hint: 'run it again',
      },
    },
    {
      it: 'it was never proved',
      params: { ...params, nodes: ['crane02', 'crane03'], account: 'root', directory: '/home/shared' },
      observed: { ...observed, evidence: absent },
      expect: {
        kind: 'verify',
        says: 'run alpine:latest in partition CPU on crane02,crane03',
        after: { evidence: UNKNOWN },
        steps: [
          'ccon -p CPU run alpine:latest echo TOKEN',
          'make /var/lib/crane-play/verified',
          `write ${recordOf({ nodes: ['crane02', 'crane03'], account: 'root', directory: '/home/shared' })}`,
        ],
        script: 'prove_ccon CPU alpine:latest 120 /home/shared root crane02 crane03',
      },
    },
    {
      it: 'another proof has a mount, a user namespace and a GPU',
      params: { ...params, userns: true, mounts: ['/home'], gres: 'gpu:1', devices: ['/dev/nvidia0'] },
      observed: { ...observed, evidence: absent },
      expect: {
        kind: 'verify',
        says: 'run alpine:latest in partition CPU, with a user namespace, /home, gpu:1, /dev/nvidia0',
        script: "prove_ccon CPU alpine:latest 120 /home '' --userns --gres gpu:1 --device /dev/nvidia0 --mount /home",
      },
    },
    {
      it: 'a node was proved anew',
      params: { ...params, evidence: ['abc', 'xyz'] },
      observed: { ...observed, evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'the configuration changed since',
      params,
      observed: { ...observed, evidence: record, config: file('', { changedAt: 1_000_001 }) },
      expect: { kind: 'verify' },
    },
    {
      it: 'cranectld was restarted since',
      params,
      observed: { ...observed, evidence: record, cranectld: runs({ startedAt: 2_000_001 }) },
      expect: { kind: 'verify' },
    },
    {
      it: 'a host that is not the control node knows nothing of its start',
      params,
      observed: {
        config,
        cranectld: noUnit(),
        evidence: file(JSON.stringify({ digest: restsOn({ cranectld: null }), at, jobs })),
      },
      expect: { kind: 'ok' },
    },
    {
      it: 'the record does not say when',
      params,
      observed: { ...observed, evidence: file(JSON.stringify({ digest: restsOn(), jobs })) },
      expect: { kind: 'verify' },
    },
    {
      it: 'it is to be proved in each run',
      params: { ...params, always: true },
      observed: { ...observed, evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'waiting longer proves nothing more',
      params: { ...params, timeout: 600 },
      observed: { ...observed, evidence: record },
      expect: { kind: 'ok' },
    },
  ],
  wrong: [
    { params: {}, path: '', says: 'partition' },
    { params: { partition: 'CPU' }, path: '', says: 'directory' },
    { params: { ...params, partition: 'CPU,GPU' }, path: '/partition', says: 'plain name' },
    { params: { ...params, nodes: ['crane[02-04]'] }, path: '/nodes/0', says: 'plain name' },
    { params: { ...params, mounts: ['/a,b'] }, path: '/mounts/0', says: 'without blanks, commas and colons' },
    { params: { ...params, gres: 'gpu 1' }, path: '/gres', says: 'must be resources such as gpu:1' },
    { params: { ...params, image: '-v' }, path: '/image', says: 'pattern' },
  ],
  notLive: 'it needs the whole cluster: test/e2e/deploy.test.ts runs it after deploy.yml',
} satisfies TaskCases
