// The project itself is typed and formatted as its own rules ask.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tool = (name: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    encoding: 'utf8',
  })
  return { status, output: `${stdout}${stderr}` }
}

it('has no type errors', () => {
  expect(tool('tsc', '-p', '.')).toEqual({ status: 0, output: '' })
}, 120_000)

it('is formatted', () => {
  expect(tool('biome', 'format', '--colors=off')).toMatchObject({ status: 0 })
}, 60_000)
