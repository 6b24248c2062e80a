// What is not the name of a package, and the hint that says what to write: it is followed and accepted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../cli/runCommand.ts'

async function checkTask(task: string) {
  const directory = mkdtempSync(join(tmpdir(), 'package-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const playbook = join(directory, 'site.yml')
  writeFileSync(playbook, `- hosts: all\n  tasks:\n    - ${task}\n`)
  return runCommand(playbook, '-i', 'crane01,', '--syntax-check')
}

test.each([
  ['a group', "'@Development Tools'", "dnf -y group install 'Development Tools'"],
  ['an environment', "'@^minimal-environment'", "group install 'minimal-environment'"],
  ['a file of rpm', '/tmp/tree.rpm', 'dnf -y install /tmp/tree.rpm, unless: rpm -q $(rpm -qp /tmp/tree.rpm)'],
  ['an address', 'https://mirror/tree.rpm', 'dnf -y install https://mirror/tree.rpm'],
  ['a file of dpkg', '/tmp/tree.deb', 'apt-get -y install /tmp/tree.deb'],
  ['an item of a list', "[tree, '@core']", "group install 'core'"],
])('%s', async (_what, name, says) => {
  const { status, err } = await checkTask(`installPackage: ${name}`)
  const hint = /hint: write (.*)/.exec(err)?.[1] ?? ''
  expect([status, hint]).toEqual([1, expect.stringContaining(says)])
  expect(await checkTask(hint)).toMatchObject({ status: 0, err: '' })
})

test('the item of a list that is not one is pointed at', async () => {
  const { err } = await checkTask("installPackage: [tree, '@core']")
  expect(err).toContain("site.yml:3:30: error[bad-parameter]: 'name[1]' must be a package name")
})
