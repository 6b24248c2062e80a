// The file that npm links: what it says when nothing is built yet, and that it is all it is.
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownPackage } from '../../src/cli/packageRoot.ts'

function run(files: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'crane-play-'))
  mkdirSync(join(folder, 'bin'))
  copyFileSync(join(ownPackage().root, 'bin/crane-play.js'), join(folder, 'bin/crane-play.js'))
  mkdirSync(join(folder, 'dist/cli'), { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return new Promise((resolve) => {
    execFile(process.execPath, [join(folder, 'bin/crane-play.js')], (error, stdout, stderr) => {
      rmSync(folder, { recursive: true })
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

const MODULE = { 'package.json': '{"type":"module"}' }

test('not built', async () => {
  const { code, stderr } = await run(MODULE)
  expect(code).toBe(1)
  expect(stderr).toBe('crane-play: it is not built yet: run `npm run build` first\n')
})

test('built', async () => {
  const main = 'export async function start() { process.stdout.write("started"); process.exitCode = 5 }'
  expect(await run({ ...MODULE, 'dist/cli/main.js': main })).toEqual({ code: 5, stdout: 'started', stderr: '' })
})
