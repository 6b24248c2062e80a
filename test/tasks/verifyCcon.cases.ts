// Cases of verifyCcon.
import { digestOf, UNKNOWN } from 'crane-play/task'
import { absent, file, type TaskCases } from './kit.ts'

const config = file('Container:\n')
const claims = { partition: 'CPU', evidence: ['abc', 'def'] }
const jobs = [{ job: 7, node: 'crane02', line: 'crane-play-1' }]
const digest = digestOf({ claims, config: 1_000_000 })
const record = file(JSON.stringify({ digest, jobs }))

export default {
  decide: [
    {
      it: 'it was proved, and nothing changed',
      params: claims,
      observed: { evidence: record, config },
      expect: { kind: 'ok', says: 'proven', data: { jobs } },
    },
    {
      it: 'it was never proved',
      params: { ...claims, nodes: ['crane02', 'crane03'], account: 'root', directory: '/home/shared' },
      observed: { evidence: absent, config },
      expect: {
        kind: 'verify',
        says: 'run alpine:latest in partition CPU on crane02,crane03',
        after: { evidence: UNKNOWN },
        steps: [
          'ccon -p CPU run alpine:latest echo TOKEN',
          'make /var/lib/crane-play/verified',
          'write /var/lib/crane-play/verified/ccon.json',
        ],
        script: 'prove_ccon CPU alpine:latest 120 /home/shared root crane02 crane03',
      },
    },
    {
      it: 'a node was proved anew',
      params: { ...claims, evidence: ['abc', 'xyz'] },
      observed: { evidence: record, config },
      expect: { kind: 'verify' },
    },
    {
      it: 'the configuration changed since',
      params: claims,
      observed: { evidence: record, config: file('', { changedAt: 1_000_001 }) },
      expect: { kind: 'verify' },
    },
    {
      it: 'it is to be proved in each run',
      params: { ...claims, always: true },
      observed: { evidence: record, config },
      expect: { kind: 'verify' },
    },
    {
      it: 'waiting longer proves nothing more',
      params: { ...claims, timeout: 600 },
      observed: { evidence: record, config },
      expect: { kind: 'ok' },
    },
  ],
  wrong: [
    { params: {}, path: '', says: 'partition' },
    { params: { partition: 'CPU,GPU' }, path: '/partition', says: 'plain name' },
    { params: { partition: 'CPU', nodes: ['crane[02-04]'] }, path: '/nodes/0', says: 'plain name' },
    { params: { partition: 'CPU', image: '-v' }, path: '/image', says: 'pattern' },
  ],
  notLive: 'it needs the whole cluster: test/e2e/deploy.test.ts runs it after deploy.yml',
} satisfies TaskCases
