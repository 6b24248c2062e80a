// Cases of compareFile.
import { absent, file, SOON, type TaskCases } from './kit.ts'

const path = '/etc/crane/config.yaml'
const content = 'A: 1\nB: [x, y]\n'
const params = { path, content, source: 'crane01' }
const flow = 'A: 1\nB:\n  - x\n  - y\n'
const diff = `--- ${path}
+++ ${path} on crane01
@@ -1,4 +1,2 @@
 A: 1
-B:
-  - x
-  - y
+B: [x, y]
`

export default {
  decide: [
    {
      it: 'it is the same',
      params,
      observed: { file: file(content) },
      expect: { kind: 'ok', says: 'equals that of crane01' },
    },
    {
      it: 'a list has another form: CraneSched sees that, and so does the user',
      params,
      observed: { file: file(flow) },
      expect: { kind: 'ok', diff, warnings: [`${path} differs from that of crane01`] },
    },
    {
      it: 'it differs, and is replaced with its owner and mode',
      params: { ...params, replace: true },
      observed: { file: file(flow, { mode: '0640', owner: 'crane' }) },
      expect: {
        kind: 'change',
        says: `replace ${path} by that of crane01`,
        diff,
        after: { file: { text: content, mode: '0640', owner: 'crane', changedAt: SOON } },
        script: `replace_file ${path} '' '' ''`,
      },
    },
    {
      it: 'it is not text',
      params: { path, content },
      observed: { file: file('', { text: null, size: 7 }) },
      expect: { kind: 'ok', warnings: [`${path} differs from the content given`] },
    },
    { it: 'it does not exist', params, observed: { file: absent }, expect: { kind: 'refuse', says: 'does not exist' } },
    {
      it: 'the content is longer than what can be compared',
      params: { path, content: 'x'.repeat(300_000) },
      observed: { file: file('x', { text: null, size: 300_000 }) },
      expect: { kind: 'refuse', says: 'the content has 300000 bytes', hint: '262144' },
    },
  ],
  wrong: [{ params: { path, content, source: '' }, path: '/source', says: 'character' }],
  live: [
    {
      it: 'replaces a file that differs, and keeps its mode',
      setup: 'echo other >/tmp/same && chmod 0600 /tmp/same',
      params: { path: '/tmp/same', content: 'wanted\n', replace: true },
      proof: '[ "$(cat /tmp/same; stat -c %a /tmp/same)" = "wanted\n600" ]',
    },
    {
      it: 'shows a difference and leaves it',
      setup: 'echo other >/tmp/differs',
      params: { path: '/tmp/differs', content: 'wanted\n' },
      first: 'ok',
      proof: 'grep -q other /tmp/differs',
    },
  ],
} satisfies TaskCases
