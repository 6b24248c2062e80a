// copyTree with the shells of this machine: what it writes, what it leaves alone, and that its prediction is what is read.
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { type Probe, Refusal, type ShellStep, type TreeFact } from 'crane-play/task'
import { beforeEach, describe, expect, it } from 'vitest'
import { rejections } from '../../src/run/checkCases.ts'
import { readTree } from '../../src/text/readTree.ts'
import copyTree from '../../tasks/copyTree.ts'
import { ask, DASH, runScript, type Shell, SHELLS, temporaryDirectory } from '../task/runShell.ts'
import { CONTEXT } from './kit.ts'

const top = temporaryDirectory()
chmodSync(top, 0o755)
let src: string
let path: string
let count = 0

/** Files by path, `path/` an empty directory, a list the target of a link. */
type Made = Readonly<Record<string, string | Uint8Array | readonly [string]>>

function make(directory: string, made: Made): void {
  mkdirSync(directory, { recursive: true })
  for (const [name, what] of Object.entries(made)) {
    const full = join(directory, name)
    mkdirSync(name.endsWith('/') ? full : dirname(full), { recursive: true })
    if (name.endsWith('/')) continue
    if (typeof what === 'string' || what instanceof Uint8Array) writeFileSync(full, what)
    else symlinkSync((what as readonly [string])[0], full)
  }
}

beforeEach(() => {
  src = join(top, `${++count}`, 'src')
  path = join(top, `${count}`, 'host')
  mkdirSync(src, { recursive: true })
})

interface Options {
  readonly params?: object
  readonly shell?: Shell
}

function look({ params = {}, shell = DASH }: Options = {}) {
  const given = { src, path, ...params } as never
  const tree = readTree(src, (params as { exclude?: string[] }).exclude ?? [])
  const probes = copyTree.observe(given, { ...CONTEXT, tree })
  const [fact] = ask([probes.tree as Probe<TreeFact>], { shell })
  const named = 'owner' in params ? { ownerId: 7, groupId: 8 } : {}
  const observed = { tree: fact, ...named } as never
  return { given, fact, decision: copyTree.decide({ params: given, observed, context: { ...CONTEXT, tree } }) }
}

/** Looks, makes the change, and looks again: the prediction came true and nothing is left to do. */
function copy(options: Options = {}) {
  const { given, decision } = look(options)
  if (decision.kind !== 'change') throw new Error(`it decides ${JSON.stringify(decision)}`)
  const steps = (copyTree.apply?.({ params: given, plan: decision.plan }) ?? []) as ShellStep[]
  for (const step of steps) {
    const { stdin } = step
    const ran = runScript({ ...step, ...(typeof stdin === 'function' && { stdin: stdin([]) }) }, options)
    if (ran.status !== 0) throw new Error(`${step.label}: ${ran.stderr}`)
  }
  const again = look(options)
  expect(again.decision).toEqual({ kind: 'ok' })
  expect(again.fact).toEqual(decision.after.tree)
  return { ...decision, steps, diff: decision.diffs?.map(({ unified }) => unified).join('') }
}

const modeOf = (name: string) => (lstatSync(join(path, name)).mode & 0o7777).toString(8)

const ALL: Made = {
  'a file': 'text\n',
  'it\'s $HOME `x` \\ "*': 'odd\n',
  'bin/tool': '#!/bin/sh\n',
  'bin/blob': Uint8Array.from([0, 255, 10, 0]),
  'empty/': '',
  none: '',
  '.hidden/-rf': 'dash\n',
  current: ['bin'],
  'bin/me': ['./tool'],
  'to nothing': ['later'],
}

describe.each(SHELLS)('with %s', (...words) => {
  const shell = words as unknown as Shell

  it('copies files of any bytes and names, empty directories and links', () => {
    make(src, ALL)
    chmodSync(join(src, 'bin/tool'), 0o700)
    const { note } = copy({ shell })
    expect(note).toBe(`copy 6 files, 3 links and 4 directories to ${path}`)
    for (const [name, what] of Object.entries(ALL)) {
      if (typeof what === 'string' && !name.endsWith('/')) expect(readFileSync(join(path, name), 'utf8')).toBe(what)
      else if (Array.isArray(what)) expect(readlinkSync(join(path, name))).toBe(what[0])
    }
    expect(readFileSync(join(path, 'bin/blob'))).toEqual(Buffer.from([0, 255, 10, 0]))
    expect(readdirSync(join(path, 'empty'))).toEqual([])
    expect(['bin/tool', 'bin/blob', 'bin', '.hidden/-rf'].map(modeOf)).toEqual(['755', '644', '755', '644'])
    expect(spawnSync('find', [path, '-name', '.crane-play*'], { encoding: 'utf8' }).stdout).toBe('')
  })

  it('writes what differs and nothing else', () => {
    make(src, { same: '1\n', text: 'new\n', sub: 'x', blob: Uint8Array.from([0, 1]) })
    make(path, { same: '1\n', text: 'old\n', blob: Uint8Array.from([0]), mine: 'stays\n', sub: ['elsewhere'] })
    const before = statSync(join(path, 'same')).ino
    const { note, diff } = copy({ shell })
    expect(note).toBe(`copy 3 files to ${path}`)
    expect(diff).toBe(
      `--- ${path}\n+++ ${path}\n-blob file of 1 bytes\n-sub link\n+blob file of 2 bytes\n+sub file of 1 bytes\n` +
        `--- ${path}/text\n+++ ${path}/text\n@@ -1,1 +1,1 @@\n-old\n+new\n`,
    )
    expect(statSync(join(path, 'same')).ino).toBe(before)
    expect(readFileSync(join(path, 'mine'), 'utf8')).toBe('stays\n')
    expect(lstatSync(join(path, 'sub')).isFile()).toBe(true)
  })

  it('removes what is not in it, but for what is excluded', () => {
    make(src, { keep: 'k\n', 'sub/new': ['../keep'] })
    make(path, { keep: 'k\n', 'gone/deep/x': 'x', 'sub/new': 'a file', 'sub/old': 'o', 'log/a.log': 'l', 'log/b': 'b' })
    const { note, diff } = copy({ shell, params: { delete: true, exclude: ['*.log'] } })
    expect(note).toBe(`copy 1 link to ${path}, remove 4 paths`)
    expect(diff).toContain('-gone directory\n-log/b file\n-sub/old file\n')
    expect(readdirSync(path).sort()).toEqual(['keep', 'log', 'sub'])
    expect(readdirSync(join(path, 'log'))).toEqual(['a.log'])
    expect(readdirSync(join(path, 'sub'))).toEqual(['new'])
  })

  it('sets modes and owners, and keeps the owner of what it replaces', () => {
    make(src, { 'a/secret': 'new\n', 'a/other': 'x\n' })
    make(path, { 'a/secret': 'old\n' })
    runScript({ script: `chown 65534:65534 ${path}/a/secret` })
    const { diff } = copy({ shell, params: { mode: '0600', directoryMode: '0750' } })
    expect(['a/secret', 'a/other', 'a', '.'].map(modeOf)).toEqual(['600', '600', '750', '755'])
    expect(diff).toContain('-a directory 0755 root:root\n')
    expect(statSync(join(path, 'a/secret'))).toMatchObject({ uid: 65534, gid: 65534 })
    copy({ shell, params: { mode: '0600', owner: 'lp', group: 'mail' } })
    expect(statSync(join(path, 'a/secret'))).toMatchObject({ uid: 7, gid: 8 })
    expect(statSync(path)).toMatchObject({ uid: 0, gid: 0 })
  })
})

it('copies thousands of files in steps of a few MiB', () => {
  const files = Object.fromEntries(
    Array.from({ length: 1200 }, (_, i) => [`${i % 7}/${i % 3}/file ${i}`, `${i}\n`.repeat(i % 11 === 0 ? 16_000 : 1)]),
  )
  make(src, files)
  const { steps, diffs } = copy()
  const sizes = steps.map(({ stdin }) => (typeof stdin === 'function' ? stdin([]).length : 0))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * 1024 * 1024)
  expect(sizes.filter((size) => size > 0).length).toBeLessThan(4)
  expect(diffs?.map(({ unified }) => unified).join('').length).toBeLessThan(1_000_000)
  expect(look().decision).toEqual({ kind: 'ok' })
})

it('writes nothing of a file that changed here after it was compared', () => {
  make(src, { a: 'one\n', b: 'two\n' })
  mkdirSync(path)
  const { given, decision } = look()
  if (decision.kind !== 'change') throw new Error(decision.kind)
  writeFileSync(join(src, 'b'), 'three\n')
  const [step] = (copyTree.apply?.({ params: given, plan: decision.plan }) ?? []) as ShellStep[]
  const { stdin } = step as ShellStep
  const { status, stderr } = runScript({ ...(step as ShellStep), stdin: (stdin as () => Uint8Array)() as never })
  expect(status).not.toBe(0)
  expect(copyTree.explain?.({ label: '', stdout: '', stderr, status: 1 }, given, [])?.cause).toContain(
    'changed on this machine',
  )
  expect(readdirSync(path)).toEqual([])
  copy()
  expect(readFileSync(join(path, 'b'), 'utf8')).toBe('three\n')
})

it('follows its hint for a directory of the system', () => {
  expect(rejections(copyTree, { src, path: '/etc', delete: true }).length).toBe(1)
  expect(rejections(copyTree, { src, path: '/etc' })).toEqual([])
})

it.each([
  ['a directory for a file', { x: '' }, { 'x/': '' }, 'is a directory, not a file'],
  ['a file for a directory', { 'x/': '' }, { x: '' }, 'is a file, not a directory'],
  ['a link for a directory', { 'x/y': '' }, { x: ['/etc'] }, 'is a symbolic link, not a directory'],
] as [string, Made, Made, string][])('refuses %s', (_name, here, there, says) => {
  make(src, here)
  make(path, there)
  expect(look().decision).toMatchObject({
    kind: 'refuse',
    cause: `${path}/x ${says}`,
    hint: 'remove or rename it first',
  })
})

it('is not held up by a pipe in the place of a file', () => {
  make(src, { x: 'x' })
  mkdirSync(path)
  spawnSync('mkfifo', [join(path, 'x')])
  expect(look().decision).toMatchObject({ kind: 'refuse', cause: expect.stringContaining('a pipe') })
})

it('says that a file in the place of the directory is none', () => {
  writeFileSync(path, '')
  expect(look().decision).toMatchObject({ kind: 'refuse', cause: `${path} is not a directory` })
  rmSync(path)
  symlinkSync('nothing', path)
  expect(look().decision).toMatchObject({ kind: 'refuse' })
})

it('removes nothing where only a look is asked for', () => {
  make(src, { a: '' })
  make(path, { b: '' })
  look({ params: { delete: true } })
  expect(existsSync(join(path, 'b'))).toBe(true)
})

describe('where another user is the master of names', () => {
  const OTHER = 65534
  let victim: string
  beforeEach(() => {
    victim = join(top, `${count}`, 'victim')
    make(victim, { x: 'only root reads this\n' })
    chmodSync(victim, 0o700)
    make(src, { x: 'x\n', 'sub/x': 'x\n' })
    mkdirSync(path)
    chownSync(path, OTHER, OTHER)
  })
  const untouched = () =>
    expect(readdirSync(victim).map((name) => readFileSync(join(victim, name), 'utf8'))).toEqual([
      'only root reads this\n',
    ])

  it('does not look through their link in the place of the directory', () => {
    const link = join(path, 'link')
    symlinkSync(victim, link)
    lchownSync(link, OTHER, OTHER)
    const probes = copyTree.observe({ src, path: link } as never, { ...CONTEXT, tree: readTree(src, []) })
    const [fact] = ask([probes.tree as Probe<unknown>])
    expect(fact).toMatchObject({
      cause: expect.stringContaining('can be replaced by another user, and is not followed'),
    })
    expect(fact).toBeInstanceOf(Refusal)
    expect(look({ params: { path: link, follow: true } }).decision.kind).toBe('change')
    untouched()
  })
  it('shows no text through their link in it, and writes nothing through one', () => {
    symlinkSync(victim, join(path, 'sub'))
    expect(JSON.stringify(look().fact)).not.toContain('only root')
    expect(look().decision).toMatchObject({ kind: 'refuse', cause: expect.stringContaining('is a symbolic link') })
    rmSync(join(path, 'sub'))
    mkdirSync(join(path, 'sub'))
    const { given, decision } = look()
    if (decision.kind !== 'change') throw new Error(decision.kind)
    rmSync(join(path, 'sub'), { recursive: true })
    symlinkSync(victim, join(path, 'sub'))
    lchownSync(join(path, 'sub'), OTHER, OTHER)
    const [step] = (copyTree.apply?.({ params: given, plan: decision.plan }) ?? []) as ShellStep[]
    const { status, stderr } = runScript(step as ShellStep)
    expect(status).not.toBe(0)
    expect(copyTree.explain?.({ label: '', stdout: '', stderr, status: 1 }, given, [])?.cause).toContain(
      'symbolic link',
    )
    untouched()
  })
  it('replaces their link in the place of a file', () => {
    symlinkSync(join(victim, 'x'), join(path, 'x'))
    copy()
    expect(lstatSync(join(path, 'x')).isFile()).toBe(true)
    untouched()
  })
})
