// Cases of ensureToml.
import { absent, directory, file, SOON, type TaskCases } from './kit.ts'

const path = '/etc/containerd/config.toml'
const site = '# ours\nversion = 2\n\n[plugins."cri"]\nport = "0" # any\n'
const set = { plugins: { cri: { port: '10250' } } }
const initial = 'containerd config default'
const patched = site.replace('"0"', '"10250"')

export default {
  decide: [
    {
      it: 'the keys are set',
      params: { path, set },
      observed: { file: file(patched), parent: directory() },
      expect: { kind: 'ok' },
    },
    {
      it: 'one has another value',
      params: { path, set },
      observed: { file: file(site, { mode: '0600' }), parent: directory() },
      expect: {
        kind: 'change',
        says: `set keys in ${path}`,
        diff: `--- ${path}\n+++ ${path}\n@@ -2,4 +2,4 @@\n version = 2\n \n [plugins."cri"]\n-port = "0" # any\n+port = "10250" # any\n`,
        after: { file: { text: patched, mode: '0600', changedAt: SOON } },
        steps: [`write ${path}`],
      },
    },
    {
      it: 'the file is missing, and starts from what a command prints',
      params: { path, set, initial },
      observed: { file: absent, parent: directory(), initial: { status: 0, stdout: site } },
      expect: { kind: 'change', after: { file: { text: patched, mode: '0644', owner: 'root' } } },
    },
    {
      it: 'the file is blank, which is as good as missing',
      params: { path, set, initial },
      observed: { file: file('\n'), parent: directory(), initial: { status: 0, stdout: site } },
      expect: { kind: 'change', after: { file: { text: patched } } },
    },
    {
      it: 'the command fails',
      params: { path, set, initial },
      observed: { file: absent, parent: directory(), initial: { status: 127, stdout: '' } },
      expect: { kind: 'refuse', says: '`containerd config default` exits with status 127', hint: 'package' },
    },
    {
      it: 'the file is of another version than is meant',
      params: { path, set, where: { version: 3 } },
      observed: { file: file(site), parent: directory() },
      expect: { kind: 'ok', says: 'version is 2' },
    },
    {
      it: 'the file is of the version that is meant',
      params: { path, set, where: { version: 2 } },
      observed: { file: file(site), parent: directory() },
      expect: { kind: 'change' },
    },
    ...([true, false] as const).map((systemd) => ({
      it: `a key far down that is meant only where it has another value: ${systemd}`,
      params: {
        path,
        where: { version: 2, plugins: { cri: { runc: { SystemdCgroup: true } } } },
        set: { plugins: { cri: { runc: { SystemdCgroup: false } } } },
      },
      observed: {
        file: file(`version = 2\n\n[plugins.'cri'.runc]\n  SystemdCgroup = ${systemd} # driver\n`),
        parent: directory(),
      },
      expect: systemd
        ? {
            kind: 'change' as const,
            after: { file: { text: "version = 2\n\n[plugins.'cri'.runc]\n  SystemdCgroup = false # driver\n" } },
          }
        : { kind: 'ok' as const, says: 'skipped: plugins is' },
    })),
    {
      it: 'the file has no version at all',
      params: { path, set, where: { version: 2 } },
      observed: { file: file('a = 1\n'), parent: directory() },
      expect: { kind: 'ok', says: 'it has no version' },
    },
    {
      it: 'the file may not be made',
      params: { path, set, create: false },
      observed: { file: absent, parent: directory() },
      expect: { kind: 'refuse', says: `${path} does not exist` },
    },
    {
      it: 'its directory does not exist',
      params: { path, set },
      observed: { file: absent, parent: absent },
      expect: { kind: 'refuse', says: 'the directory /etc/containerd does not exist' },
    },
    {
      it: 'the file is no TOML',
      params: { path, set },
      observed: { file: file('version 2\n'), parent: directory() },
      expect: { kind: 'refuse', says: 'not valid TOML', hint: 'by hand' },
    },
    {
      it: 'the file is no text',
      params: { path, set },
      observed: { file: file('', { text: null }), parent: directory() },
      expect: { kind: 'refuse', says: 'not a readable text file' },
    },
    {
      it: 'it permission denied',
      params: { path, set },
      observed: { file: { type: 'denied' }, parent: directory() },
      expect: { kind: 'refuse', hint: 'become' },
    },
  ],
  wrong: [
    { params: { path }, path: '', says: 'set' },
    { params: { path, set: {} }, path: '/set', says: 'fewer than 1' },
    { params: { path, set: { a: { 'b/c': null } } }, path: '/set/a/b~1c', says: 'no null' },
    { params: { path, set, validate: 'containerd config dump' }, path: '/validate', says: '%s' },
  ],
  live: [
    {
      it: 'sets a key and keeps what is there',
      setup: "mkdir -p /etc/law; printf '# ours\\nversion = 2 # two\\n' >/etc/law/x.toml; chmod 600 /etc/law/x.toml",
      params: { path: '/etc/law/x.toml', set: { a: { b: 'c' } }, validate: 'grep -q b %s' },
      proof:
        '[ "$(cat /etc/law/x.toml)" = "$(printf \'# ours\\nversion = 2 # two\\n\\n[a]\\nb = "c"\')" ] && [ "$(stat -c %a /etc/law/x.toml)" = 600 ]',
    },
    {
      it: 'starts from what a command prints',
      setup: 'rm -f /etc/law/y.toml',
      params: { path: '/etc/law/y.toml', set: { b: 2 }, initial: "printf 'a = 1\\n\\n\\n'" },
      proof: 'grep -q "a = 1" /etc/law/y.toml && grep -q "b = 2" /etc/law/y.toml',
    },
  ],
} satisfies TaskCases
