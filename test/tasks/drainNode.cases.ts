// Cases of drainNode.
import { readFileSync } from 'node:fs'
import { parseYaml, UNKNOWN } from 'crane-play/task'
import { absent, file, type TaskCases } from './kit.ts'

const params = { node: 'crane02', reason: 'new runtime' }
const back = { node: 'crane02', state: 'returned' }
const shown = (state: string, running: number) => ({
  status: 0,
  stdout: `NodeName=crane02 State=${state}[active] CPU=2.00\n\tPartition=CPU,DEBUG RunningJob=${running} Version=unknown\n`,
})
const SLURM = parseYaml(readFileSync('playbooks/vars/slurm.yml', 'utf8'))?.['drain_recipe']
const ours = file('new runtime\n')

export default {
  decide: [
    {
      it: 'it gets jobs and runs one',
      params,
      observed: { record: absent, shown: shown('mix', 1) },
      expect: {
        kind: 'change',
        says: 'drain crane02, and wait until its jobs have ended',
        after: { record: UNKNOWN, shown: UNKNOWN },
        steps: [
          'create /var/lib/crane-play/drained',
          'write /var/lib/crane-play/drained/crane02',
          "ccontrol update nodename=crane02 state=drain 'reason=new runtime'",
          'wait until crane02 runs no job',
        ],
        script: "grep -Eq 'RunningJob=0( |$)'",
      },
    },
    {
      it: 'a run that drained it was ended before its jobs were',
      params,
      observed: { record: ours, shown: shown('mix(drain)', 1) },
      expect: { kind: 'change', says: 'wait until crane02 runs no job', steps: ['wait until crane02 runs no job'] },
    },
    {
      it: 'a run was ended between its record and the command',
      params,
      observed: { record: ours, shown: shown('idle', 0) },
      expect: { kind: 'change', says: 'drain crane02' },
    },
    {
      it: 'it is drained and runs none',
      params,
      observed: { record: ours, shown: shown('idle(drain)', 0) },
      expect: { kind: 'ok', says: 'is drained and runs no job' },
    },
    {
      it: 'somebody else drained it',
      params,
      observed: { record: absent, shown: shown('idle(drain)', 0) },
      expect: { kind: 'ok', says: 'drained by somebody else and runs no job' },
    },
    {
      it: 'it goes back',
      params: back,
      observed: { record: ours, shown: shown('idle(drain)', 0) },
      expect: {
        kind: 'change',
        says: 'return crane02 to the scheduler',
        after: { record: absent, shown: UNKNOWN },
        steps: ['ccontrol update nodename=crane02 state=resume', 'remove /var/lib/crane-play/drained/crane02'],
      },
    },
    {
      it: 'somebody else drained it, and it stays so',
      params: back,
      observed: { record: absent, shown: shown('idle(drain)', 0) },
      expect: { kind: 'ok', says: 'was drained by somebody else and stays so' },
    },
    {
      it: 'it went back already, but for the record',
      params: back,
      observed: { record: ours, shown: shown('idle', 0) },
      expect: { kind: 'change', says: 'gets jobs already', steps: ['remove /var/lib/crane-play/drained/crane02'] },
    },
    ...(
      [
        ['gives it no jobs, and none runs', 'IDLE+DRAIN', 0, 'ok'],
        ['gives it no jobs, and it does not answer', 'IDLE*+DRAIN', 0, 'ok'],
        ['gives it no more jobs, and one runs', 'MIXED+DRAIN', 1, 'wait until crane02 runs no job'],
        ['gives it jobs', 'IDLE', 0, 'drain crane02'],
      ] as const
    ).map(([it, state, cpus, says]) => ({
      it: `Slurm ${it}`,
      params: { ...params, recipe: SLURM },
      observed: {
        record: absent,
        shown: {
          status: 0,
          stdout: `NodeName=crane02 Arch=x86_64 CPUAlloc=${cpus} CPUTot=2 State=${state} ThreadsPerCore=1\n`,
        },
      },
      expect:
        says === 'ok' ? { kind: 'ok' as const, says: 'drained by somebody else' } : { kind: 'change' as const, says },
    })),
    {
      it: 'the scheduler does not know it',
      params,
      observed: { record: absent, shown: { status: 4, stdout: '' } },
      expect: { kind: 'refuse', says: '`ccontrol show node crane02` exits with status 4', hint: 'knows the node' },
    },
    {
      it: 'the commands are elsewhere',
      params,
      observed: { record: absent, shown: { status: 127, stdout: '' } },
      expect: { kind: 'refuse', says: 'exits with status 127', hint: 'delegate_to' },
    },
  ],
  wrong: [
    { params: { node: 'crane[02-04]' }, path: '/node', says: 'must be the name of one node' },
    { params: { node: 'a', reason: 'a "quoted" one' }, path: '/reason', says: 'one line without double quotes' },
    { params: { node: 'a', recipe: { show: ['x'] } }, path: '/recipe', says: '' },
    { params: { node: 'a', patience: 0 }, path: '/patience', says: '>= 1' },
  ],
  notLive: 'a host of the law has no scheduler: test/e2e/upgradeRuntime.test.ts drains nodes of a cluster',
} satisfies TaskCases
