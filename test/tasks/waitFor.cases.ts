// Cases of waitFor.
import { UNKNOWN } from 'crane-play/task'
import { absent, directory, down, runs, type TaskCases } from './kit.ts'

const port = { port: 10350, host: '10.77.0.12' }
const answers = (status: number) => ({ answer: { status, stdout: '' } })

export default {
  decide: [
    {
      it: 'the port accepts connections',
      params: port,
      observed: answers(0),
      expect: { kind: 'ok', says: '10.77.0.12 port 10350 accepts connections' },
    },
    {
      it: 'the port does not',
      params: port,
      observed: answers(1),
      expect: {
        kind: 'verify',
        says: 'wait until 10.77.0.12 port 10350 accepts connections',
        after: { answer: UNKNOWN },
        script: `bash -c ': </dev/tcp/"$0"/"$1"' 10.77.0.12 10350`,
      },
    },
    {
      it: 'the port is to be closed, and is',
      params: { ...port, state: 'absent' },
      observed: answers(124),
      expect: { kind: 'ok', says: 'refuses connections' },
    },
    { it: 'the path exists', params: { path: '/run/x' }, observed: { path: directory() }, expect: { kind: 'ok' } },
    {
      it: 'the path does not',
      params: { path: "/run/it's" },
      observed: { path: absent },
      expect: { kind: 'verify', says: "wait until /run/it's exists", script: `[ -e '/run/it'\\''s' ]` },
    },
    {
      it: 'the path cannot be looked at',
      params: { path: '/run/x' },
      observed: { path: { type: 'denied' } },
      expect: { kind: 'refuse', says: 'permission denied', hint: 'become' },
    },
    { it: 'the unit is active', params: { unit: 'crio' }, observed: { unit: runs() }, expect: { kind: 'ok' } },
    {
      it: 'the unit starts',
      params: { unit: 'crio', patience: 5 },
      observed: { unit: down({ active: 'activating' }) },
      expect: { kind: 'verify', says: 'wait until crio.service is active', script: 'date +%s) + 5' },
    },
    {
      it: 'the command fails',
      params: { command: 'test -s /x' },
      observed: answers(1),
      expect: { kind: 'verify', says: 'wait until `test -s /x` succeeds', script: "sh -c 'test -s /x'" },
    },
    { it: 'the command succeeds', params: { command: 'true' }, observed: answers(0), expect: { kind: 'ok' } },
  ],
  wrong: [
    { params: {}, path: '', says: 'exactly one of' },
    { params: { port: 1, path: '/x' }, path: '', says: 'exactly one of' },
    { params: { path: '/x', host: 'a' }, path: '/host', says: 'belongs to port' },
    { params: { port: 0 }, path: '/port', says: '>= 1' },
    { params: { port: 1, host: 'a b' }, path: '/host', says: 'pattern' },
  ],
  live: [
    {
      it: 'waits for a path that comes later',
      setup: "systemd-run -q sh -c 'sleep 6; touch /run/law-later' && [ ! -e /run/law-later ]",
      params: { path: '/run/law-later', patience: 30 },
      first: 'ok',
      proof: '[ -e /run/law-later ]',
    },
    { it: 'finds sshd at its port', params: { port: 22 }, first: 'ok' },
  ],
} satisfies TaskCases
