// Cases of verifyExec. What it proves on real hosts is in test/e2e/streams.test.ts.
import { digestOf, UNKNOWN } from 'crane-play/task'
import { absent, file, noUnit, runs, SOON, type TaskCases } from './kit.ts'

const params = { partition: 'CPU', nodes: ['crane03', 'crane04'], directory: '/home/shared', tls: true }
const claim = {
  partition: 'CPU',
  nodes: params.nodes,
  image: 'alpine:latest',
  account: '',
  directory: '/home/shared',
  tls: true,
}
const digest = digestOf({ claim, evidence: undefined, config: 1_000_000, cranectld: 2_000_000 })
const observed = { config: file('CraneBaseDir: /srv/crane/\n'), cranectld: runs() }
const streams = [{ node: 'crane03', url: 'https://10.0.0.3:10350' }]
const record = file(JSON.stringify({ digest, at: SOON, streams }))

export default {
  decide: [
    {
      it: 'it was proved, and nothing changed',
      params,
      observed: { ...observed, evidence: record },
      expect: { kind: 'ok', says: 'this host reaches the containers', data: { streams } },
    },
    {
      it: 'it was never proved',
      params,
      observed: { ...observed, evidence: absent },
      expect: {
        kind: 'verify',
        says: 'run a command in a container on crane03,crane04 from here',
        after: { evidence: UNKNOWN },
        script: "prove_exec CPU alpine:latest 120 /home/shared '' yes no '' crane03 crane04",
      },
    },
    {
      it: 'a mapped port must answer too, which is another proof',
      params: { ...params, port: 18_080 },
      observed: { ...observed, evidence: record },
      expect: { kind: 'verify', script: 'yes no 18080 crane03' },
    },
    {
      it: 'attaching must work too, which is another proof',
      params: { ...params, attach: true },
      observed: { ...observed, evidence: record },
      expect: { kind: 'verify', says: 'attach', script: "yes yes '' crane03" },
    },
    {
      it: 'the control daemon was restarted since',
      params,
      observed: { ...observed, cranectld: runs({ startedAt: 9_000_000 }), evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'the runtime of a node is another since',
      params: { ...params, evidence: ['containerd 2.1'] },
      observed: { ...observed, cranectld: noUnit(), evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'it is always to be proved',
      params: { ...params, always: true },
      observed: { ...observed, evidence: record },
      expect: { kind: 'verify' },
    },
    {
      it: 'this host is one of the nodes',
      params,
      context: { host: 'crane03' },
      observed: { ...observed, evidence: absent },
      expect: { kind: 'refuse', says: 'crane03 is this host', hint: 'leave it out' },
    },
  ],
  wrong: [
    { params: { ...params, nodes: [] }, path: '/nodes', says: '1' },
    { params: { ...params, nodes: ['crane[02-04]'] }, path: '/nodes/0', says: 'must be a plain name' },
    { params: { ...params, directory: 'home' }, path: '/directory', says: 'absolute' },
  ],
  notLive: 'it needs a cluster with CraneSched on several hosts: test/e2e/streams.test.ts deploys one',
} satisfies TaskCases
