// The files that npm links: what they say when nothing is built yet, and that compiled code is kept where only the user writes.
import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ownPackage } from '../../src/run/packageRoot.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'crane-play-'))
  cpSync(join(ownPackage().root, 'bin'), join(directory, 'bin'), { recursive: true })
  writeFileSync(join(directory, 'package.json'), '{"type":"module","name":"crane-play","version":"1.2.3"}')
  mkdirSync(join(directory, 'dist'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const cache = () => join(directory, 'cache/crane-play')
const put = (program: string) => writeFileSync(join(directory, 'dist/crane-play.cjs'), program)

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, XDG_CACHE_HOME: join(directory, 'cache') }
  return new Promise((resolve) => {
    execFile(process.execPath, [join(directory, 'bin/crane-play.js'), ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('not built', async () => {
  const { code, stderr } = await run()
  expect(code).toBe(1)
  expect(stderr).toBe('crane-play: not built yet\n  hint: run `npm run build` first\n')
})

test('not built, and asked for its version', async () => {
  expect(await run('--version')).toMatchObject({ code: 1, stdout: '' })
})

describe('built', () => {
  const program = (word: string, ran = true) => `
    exports.start = async () => {
      const { basename } = require('node:path')
      process.stdout.write(basename(__filename) + ' says ${word}: ' + process.argv.slice(2))
      process.exitCode = 5
      if (process.argv[2] === 'more') more()
    }
    function more() {
      ${Array.from({ length: 300 }, (_, i) => `let a${i} = Math.sqrt(${i}.5) + process.pid * ${i}`).join('\n')}
    }
    exports.hasRun = () => ${ran}`
  const says = (word: string) => ({ code: 5, stdout: `crane-play.cjs says ${word}: a,b`, stderr: '' })

  test('it is started, and its compiled code is kept for the next start', async () => {
    put(program('one'))
    expect(await run('a', 'b')).toEqual(says('one'))
    expect(readdirSync(cache())).toHaveLength(1)
    expect(await run('a', 'b')).toEqual(says('one'))
    expect(readdirSync(cache())).toHaveLength(1)
  })

  test('the first eight runs add what they compile, and a later one that compiles much more', async () => {
    put(program('one'))
    const kept: string[] = []
    for (let start = 1; start <= 9; start++) {
      await run('a', 'b')
      kept.push(...readdirSync(cache()).map((name) => name.split('.').at(-2) ?? ''))
    }
    expect(kept).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '8'])
    const size = () => readdirSync(cache()).map((name) => statSync(join(cache(), name)).size)
    const [before = 0] = size()
    // One in eight looks: that none of so many does happens once in a hundred thousand times.
    for (let start = 1; start <= 90 && (size()[0] ?? 0) <= before; start++) await run('more')
    expect(size()).toEqual([expect.toSatisfy((bytes: number) => bytes > before + 16 * 1024)])
  })

  test('--version loads nothing of it', async () => {
    put('throw new Error()')
    expect(await run('--version')).toEqual({ code: 0, stdout: 'crane-play 1.2.3\n', stderr: '' })
  })

  test('code of an earlier build is not run, though it is as long', async () => {
    put(program('one'))
    await run('a', 'b')
    put(program('two'))
    expect(await run('a', 'b')).toEqual(says('two'))
    expect(readdirSync(cache())).toHaveLength(1)
  })

  test('a start that ran no playbook keeps nothing', async () => {
    put(program('one', false))
    expect(await run('a', 'b')).toEqual(says('one'))
    expect(readdirSync(cache())).toEqual([])
  })

  test('what is cut short is made again', async () => {
    put(program('one'))
    await run('a', 'b')
    const [kept = ''] = readdirSync(cache())
    truncateSync(join(cache(), kept), 10)
    expect(await run('a', 'b')).toEqual(says('one'))
  })

  test('in a directory that others may write to, nothing is kept or read', async () => {
    put(program('one'))
    mkdirSync(cache(), { recursive: true })
    chmodSync(cache(), 0o777)
    expect(await run('a', 'b')).toEqual(says('one'))
    expect(readdirSync(cache())).toEqual([])
  })
})
