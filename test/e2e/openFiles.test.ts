// A limit of open files that is too low for the hosts at once is said by the built command before any is touched.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../lab/index.ts'

test('64 hosts at once, and 200 files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crane-play-'))
  writeFileSync(join(folder, 'p.yml'), '- hosts: all\n  tasks:\n    - ensureDirectory: /tmp\n')
  const command = `ulimit -n 200; exec "$0" "$1" p.yml -i 'node[001-100]' --forks 64`
  const words = ['-c', command, process.execPath, join(projectRoot, 'bin/crane-play.js')]
  const { status, stderr, stdout } = spawnSync('sh', words, { cwd: folder, encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  expect(
    stderr,
  ).toBe(`error[too-few-open-files]: 64 hosts at once can need 356 open files; the limit of this process is 200
  hint: run \`ulimit -n 356\`, or use --forks 25

1 error; no host was touched
`)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
})
