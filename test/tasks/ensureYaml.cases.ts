// Cases of ensureYaml: what differs from ensureToml, whose cases are those of the shared part.
import { readFileSync } from 'node:fs'
import { absent, directory, file, type TaskCases } from './kit.ts'

const path = '/etc/crane/config.yaml'
const config = readFileSync(new URL('../fixtures/crane/config.yaml', import.meta.url), 'utf8')
const set = { Container: { Enabled: true, RuntimeEndpoint: '/run/containerd/containerd.sock' } }
const added = 'Container:\n  Enabled: true\n  RuntimeEndpoint: /run/containerd/containerd.sock\n'

export default {
  decide: [
    {
      it: 'the keys are set',
      params: { path, set },
      observed: { file: file(config + added), parent: directory() },
      expect: { kind: 'ok' },
    },
    {
      it: 'the section is new: every line before it stays',
      params: { path, set, create: false },
      observed: { file: file(config), parent: directory() },
      expect: { kind: 'change', after: { file: { text: config + added } }, steps: [`write ${path}`] },
    },
    {
      it: 'the file is missing',
      params: { path, set },
      observed: { file: absent, parent: directory() },
      expect: {
        kind: 'change',
        diff: `--- /dev/null\n+++ ${path}\n@@ -0,0 +1,3 @@\n+Container:\n+  Enabled: true\n+  RuntimeEndpoint: /run/containerd/containerd.sock\n`,
      },
    },
    {
      it: 'the file has a tab',
      params: { path, set },
      observed: { file: file('a:\n\tb: 1\n'), parent: directory() },
      expect: { kind: 'refuse', says: 'not valid YAML' },
    },
    {
      it: 'the file is a list',
      params: { path, set },
      observed: { file: file('- a\n'), parent: directory() },
      expect: { kind: 'refuse', says: 'not a map' },
    },
  ],
  wrong: [
    { params: { path: 'config.yaml', set }, path: '/path', says: 'absolute' },
    { params: { path, set: [] }, path: '/set', says: 'object' },
  ],
  live: [
    {
      it: "adds a section to CraneSched's configuration",
      setup: 'cp -p /etc/crane/config.yaml /tmp/before.yaml',
      params: { path, set: { Container: { TempDir: 'supervisor/containers/' } }, create: false, backup: true },
      proof:
        'head -c "$(stat -c %s /tmp/before.yaml)" /etc/crane/config.yaml | cmp - /tmp/before.yaml && grep -q "TempDir: supervisor" /etc/crane/config.yaml && mv /tmp/before.yaml /etc/crane/config.yaml',
    },
  ],
} satisfies TaskCases
