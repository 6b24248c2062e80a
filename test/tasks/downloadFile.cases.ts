// Cases of downloadFile.
import { sha256 } from 'crane-play/task'
import { absent, directory, file, SOON, type TaskCases } from './kit.ts'

const path = '/srv/tool.tar'
const digest = sha256('the tool\n')
const params = { url: 'https://example.org/tool.tar', path, sha256: digest }
const there = file('the tool\n', { text: null })

export default {
  decide: [
    {
      it: 'the host has it',
      params,
      observed: { file: there, parent: directory() },
      expect: { kind: 'ok', says: `sha256 ${digest.slice(0, 12)}` },
    },
    {
      it: 'it has another content',
      params,
      observed: { file: file('old'), parent: directory() },
      expect: {
        kind: 'change',
        says: 'download /srv/tool.tar',
        diff: `--- ${path}\n+++ ${path}\n-sha256 ${sha256('old')}\n+sha256 ${digest}\n`,
        after: { file: { type: 'file', mode: '0644', sha256: digest, changedAt: SOON } },
        steps: ['write /srv/tool.tar'],
        script: `https://example.org/tool.tar ${digest}`,
      },
    },
    {
      it: 'only its mode differs',
      params: { ...params, mode: '0755' },
      observed: { file: there, parent: directory() },
      expect: { kind: 'change', says: 'mode 0644 → 0755' },
    },
    {
      it: 'a directory is in its place',
      params,
      observed: { file: directory(), parent: directory() },
      expect: { kind: 'refuse', says: 'is a directory' },
    },
    {
      it: 'its directory does not exist',
      params,
      observed: { file: absent, parent: absent },
      expect: { kind: 'refuse', says: 'the directory /srv does not exist' },
    },
  ],
  wrong: [
    { params: { ...params, sha256: 'abc' }, path: '/sha256', says: '64 hexadecimal digits' },
    { params: { ...params, url: 'ftp://example.org/x' }, path: '/url', says: 'https://' },
    { params: { url: params.url, path }, path: '', says: 'sha256' },
  ],
  live: [
    {
      it: 'fetches one from the host itself',
      setup: `mkdir -p /srv/law; rm -f ${path}; echo 'the tool' >/srv/law/source`,
      params: { ...params, url: 'file:///srv/law/source', mode: '0750' },
      proof: `[ "$(cat ${path}; stat -c %a ${path})" = "$(printf 'the tool\\n750')" ]`,
    },
    {
      it: 'fetches one over the network with what the host has',
      on: 'apt',
      setup: `mkdir -p /srv/law/www; rm -f ${path}; echo 'the tool' >/srv/law/www/tool.tar
        pidof busybox >/dev/null || busybox httpd -p 127.0.0.1:8099 -h /srv/law/www`,
      params: { ...params, url: 'http://127.0.0.1:8099/tool.tar' },
      proof: `! command -v curl && ! command -v wget && [ "$(cat ${path})" = 'the tool' ]`,
    },
  ],
} satisfies TaskCases
