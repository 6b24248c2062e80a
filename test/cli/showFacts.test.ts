// `crane-play facts` where a host cannot be reached.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { EXIT } from '../../src/cli/exitStatus.ts'
import { startCommand } from './runCommand.ts'

test('a host that cannot be reached gives its own exit status, and the others answer', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'facts-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const inventory = join(directory, 'hosts')
  // Nothing listens on port 1.
  writeFileSync(inventory, 'here ansible_connection=local\naway ansible_host=127.0.0.1 ansible_port=1\n')
  const { status, out, err } = await startCommand('facts', 'all', 'kernel', '-i', inventory).done
  expect(out).toMatch(/^kernel\n {2}here: "\S+"\n$/)
  expect(err).toContain('away: ')
  expect(status).toBe(EXIT.unreachable)
})
