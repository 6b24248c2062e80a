// Cases of readFile.
import { sha256 } from 'crane-play/task'
import { absent, directory, file, type TaskCases } from './kit.ts'

const path = '/etc/motd'
const params = { path }

export default {
  decide: [
    {
      it: 'it is a text file',
      params,
      observed: { file: file('hello\n') },
      expect: { kind: 'ok', says: '6 bytes', data: { content: 'hello\n', sha256: sha256('hello\n') } },
    },
    {
      it: 'it is empty',
      params,
      observed: { file: file('') },
      expect: { kind: 'ok', data: { content: '', sha256: sha256('') } },
    },
    { it: 'it does not exist', params, observed: { file: absent }, expect: { kind: 'refuse', says: 'does not exist' } },
    {
      it: 'it is a directory',
      params,
      observed: { file: directory() },
      expect: { kind: 'refuse', says: '/etc/motd is a directory, not a file' },
    },
    {
      it: 'it is longer than a probe brings',
      params,
      observed: { file: file('', { text: null, size: 1e9 }) },
      expect: { kind: 'refuse', says: '/etc/motd has 1000000000 bytes', hint: '262144' },
    },
    {
      it: 'it is not UTF-8',
      params,
      observed: { file: file('', { text: null, size: 3 }) },
      expect: { kind: 'refuse', says: 'is not a readable text file' },
    },
  ],
  wrong: [{ params: { path: 'etc/motd' }, path: '/path', says: 'absolute' }],
  live: [{ it: 'reads a file', setup: 'echo hello >/tmp/read', params: { path: '/tmp/read' }, first: 'ok' }],
} satisfies TaskCases
