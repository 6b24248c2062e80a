// Cases of run.
import { UNKNOWN } from 'crane-play/task'
import { absent, file, type TaskCases } from './kit.ts'

const command = 'ccon login --help'
const nothing = { stdout: '', stdoutLines: [], stderr: '', exitStatus: 0 }

export default {
  decide: [
    {
      it: 'nobody can say whether its path exists',
      params: { command: 'x', creates: '/root/x' },
      observed: { creates: { type: 'denied' } },
      expect: { kind: 'refuse', says: 'permission denied: /root/x', hint: 'become' },
    },
    {
      it: 'nobody can say whether what it removes exists',
      params: { command: 'x', removes: '/root/x' },
      observed: { removes: { type: 'denied' } },
      expect: { kind: 'refuse', says: 'permission denied: /root/x' },
    },
    {
      it: 'what it creates exists',
      params: { command, creates: '/x' },
      observed: { creates: file('') },
      expect: { kind: 'ok', says: '/x exists', data: nothing },
    },
    {
      it: 'what it creates does not exist',
      params: { command, creates: '/x' },
      observed: { creates: absent },
      expect: {
        kind: 'change',
        says: `run ${command}`,
        after: { creates: UNKNOWN },
        mayCreate: true,
        script: "sh -c 'ccon login --help'",
        hint: 'did not create /x',
      },
    },
    {
      it: 'what it removes exists',
      params: { command: ['rm', '-r', 'a b'], removes: '/x', chdir: '/tmp/a b' },
      observed: { removes: file('') },
      expect: {
        kind: 'change',
        says: "run rm -r 'a b'",
        after: { removes: { type: 'absent' } },
        script: "cd '/tmp/a b' && sh -c",
        hint: 'did not remove /x',
      },
    },
    {
      it: 'what it removes is gone',
      params: { command, removes: '/x' },
      observed: { removes: absent },
      expect: { kind: 'ok', says: 'does not exist' },
    },
    {
      it: 'the command that is asked first says that nothing is due',
      params: { command, unless: 'true' },
      observed: { unless: { status: 0, stdout: '' } },
      expect: { kind: 'ok', says: '`true` exits with 0' },
    },
    {
      it: 'it says that something is due',
      params: { command, unless: 'false' },
      observed: { unless: { status: 1, stdout: '' } },
      expect: { kind: 'change', hint: '`false` still exits with status 1' },
    },
    { it: 'it is due always', params: { command, always: true }, observed: {}, expect: { kind: 'change' } },
    {
      it: 'it only looks',
      params: { command, readOnly: true, executable: '/bin/bash' },
      observed: {},
      expect: { kind: 'verify', says: command, after: {}, script: "/bin/bash -c 'ccon login --help'" },
    },
  ],
  wrong: [
    { params: { command, readOnly: true, always: true }, path: '/always', says: 'readOnly' },
    { params: { command }, path: '', says: 'does not say when' },
    { params: { command, creates: '/x', always: true }, path: '/always', says: 'cannot be combined with' },
    { params: { command: [], always: true }, path: '/command', says: 'fewer than 1' },
  ],
  live: [
    {
      it: 'a command that only looks, in its own shell, with an input',
      params: { command: '[[ $(cat) == in ]]', stdin: 'in', executable: '/bin/bash', readOnly: true },
      first: 'ok',
    },
    {
      it: 'a command that creates a file',
      params: { command: 'echo "$PWD" >made', chdir: '/tmp', creates: '/tmp/made' },
      proof: 'grep -qx /tmp /tmp/made',
    },
    {
      it: 'a list of words that no shell looks at',
      setup: 'mkdir -p "/tmp/a b"',
      params: { command: ['rmdir', '/tmp/a b'], removes: '/tmp/a b' },
    },
    {
      it: 'commands that leave something running which keeps their output',
      params: { command: 'sleep 300 & echo 1 >/tmp/left', unless: 'sleep 300 & grep -qx 1 /tmp/left' },
    },
    { it: 'until another command is content', params: { command: 'echo 1 >/tmp/one', unless: 'grep -qx 1 /tmp/one' } },
  ],
} satisfies TaskCases
