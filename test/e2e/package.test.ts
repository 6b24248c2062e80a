// The package as a user gets it: made in a clean clone, installed into a prefix, run by somebody else, its types included.
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { examplesIn, readPage } from '../docs/examples.ts'
import { projectRoot } from '../../lab/labName.ts'

const NOBODY = 65_534
const place = mkdtempSync(join(tmpdir(), 'crane-play-install-'))
const clone = join(place, 'clone')
const prefix = join(place, 'prefix')
const installed = join(prefix, 'lib/node_modules/crane-play')
afterAll(() => rmSync(place, { recursive: true }))

function run(command: string, args: readonly string[], options: object = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: clone, encoding: 'utf8', ...options })
  return { status, stdout, stderr }
}

/** What the tests stand on. */
function must(...words: Parameters<typeof run>): void {
  const { status, stdout, stderr } = run(...words)
  if (status !== 0) throw new Error(`${words[0]} ${words[1].join(' ')} ended with ${status}:\n${stdout}${stderr}`)
}

/** As a user who may write nowhere but to a directory of their own. */
function asNobody(cwd: string, ...args: readonly string[]) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: cwd }
  return run(join(prefix, 'bin/crane-play'), args, { cwd, env, uid: NOBODY, gid: NOBODY })
}

beforeAll(() => {
  // A temporary directory is its maker's alone.
  chmodSync(place, 0o755)
  must('git', ['clone', '--quiet', projectRoot, clone], { cwd: place })
  const env = { ...process.env, npm_config_prefer_offline: 'true' }
  must('npm', ['run', 'package', '--silent'], { env })
  const [tarball = ''] = readdirSync(clone).filter((name) => name.endsWith('.tgz'))
  must('npm', ['install', '--global', '--prefix', prefix, '--prefer-offline', join(clone, tarball)])
}, 240_000)

it('runs a playbook as another user', () => {
  const home = join(place, 'home')
  mkdirSync(home)
  const playbook = join(home, 'p.yml')
  writeFileSync(playbook, `- hosts: all\n  tasks:\n    - writeFile: { path: ${home}/made, content: x }\n`)
  chownSync(playbook, NOBODY, NOBODY)
  chownSync(home, NOBODY, NOBODY)
  const version = asNobody(home, '--version')
  expect(version).toMatchObject({ status: 0, stderr: '' })
  const words = ['p.yml', '-i', 'crane01,', '--transport', 'local']
  expect(asNobody(home, ...words)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 changed') })
  expect(asNobody(home, ...words)).toMatchObject({ status: 0, stdout: expect.stringContaining('1 unchanged') })
  expect(asNobody(home, 'deploy.yml', '--help').stdout).toContain('Inputs of deploy.yml')
})

it('loads a site’s own task types, checks them, and has their types', () => {
  const site = join(place, 'site')
  mkdirSync(join(site, 'node_modules'), { recursive: true })
  writeFileSync(
    join(site, 'ensureSymlink.ts'),
    examplesIn(readPage('CONTRIBUTING.md')).files.get('site/ensureSymlink.ts') ?? '',
  )
  for (const path of [site, join(site, 'ensureSymlink.ts')]) chownSync(path, NOBODY, NOBODY)
  expect(asNobody(site, 'create-task', 'types', 'mountShare')).toMatchObject({ status: 0 })
  expect(asNobody(site, 'test-tasks', 'types')).toMatchObject({ status: 0, stdout: 'ok      mountShare\n' })
  symlinkSync(installed, join(site, 'node_modules/crane-play'))
  symlinkSync(join(projectRoot, 'node_modules/@types'), join(site, 'node_modules/@types'))
  writeFileSync(join(site, 'package.json'), '{ "type": "module" }')
  const tsc = join(projectRoot, 'node_modules/.bin/tsc')
  const options = [
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--types',
    'node',
  ]
  expect(run(tsc, [...options, 'ensureSymlink.ts', 'types/mountShare.cases.ts'], { cwd: site })).toMatchObject({
    status: 0,
    stdout: '',
  })
})

it('a clone that was not built says so, whatever is asked', () => {
  rmSync(join(clone, 'dist'), { recursive: true })
  for (const words of [['--version'], ['--help'], ['deploy.yml']]) {
    const { status, stderr } = run(process.execPath, ['bin/crane-play.js', ...words])
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'crane-play: not built yet\n  hint: run `npm run build` first\n',
    })
  }
})
