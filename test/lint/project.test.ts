// The project itself is typed, formatted and opened as its own rules ask.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
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

const FOLDERS = ['src', 'tasks', 'lab', 'bench', 'test', 'scripts', 'bin']
const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
).filter((file) => /(?<!\.d)\.m?[jt]s$/.test(file) && !file.includes('node_modules'))

/** Behind the line that names the interpreter. */
const opening = /^(?:#!.*\n)?(?:\/\/ |\/\*\*\s(?:\* )?)\S/

it('each file opens with the sentence that says what it is for', () => {
  expect(files.filter((file) => !opening.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
})

it.each([
  ['an import', "import { x } from './y.ts'\n// Says it too late.\n"],
  ['a comment without a word', '//\nexport const x = 1\n'],
])('%s is no such sentence', (_what, text) => {
  expect(opening.test(text)).toBe(false)
})
