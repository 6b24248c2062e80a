// The messages that are checked in are those that cri.proto describes.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../../task/runShell.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const directory = temporaryDirectory()

it('cri_pb.ts is what `npm run generate` writes', () => {
  const bin = join(root, 'node_modules/.bin')
  const { status, stderr } = spawnSync(
    join(bin, 'buf'),
    ['generate', '--template', 'lab/stand-in/buf.gen.yaml', '-o', directory],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
    },
  )
  expect(stderr).toBe('')
  expect(status).toBe(0)
  const generated = readFileSync(join(directory, 'lab/stand-in/cri_pb.ts'), 'utf8')
  expect(generated).toBe(readFileSync(join(root, 'lab/stand-in/cri_pb.ts'), 'utf8'))
}, 60_000)
