// A directory of the controller as it is copied: what is in it, what is left out, and what is refused.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sha256 } from 'crane-play/task'
import { readTree } from '../../src/text/readTree.ts'
import { temporaryDirectory } from '../task/runShell.ts'

/** Files by path: `path/` is a directory, a list the target of a link. */
function make(what: Readonly<Record<string, string | readonly [string]>>): string {
  const directory = join(temporaryDirectory(), 'site')
  mkdirSync(directory)
  for (const [name, content] of Object.entries(what)) {
    const full = join(directory, name)
    mkdirSync(name.endsWith('/') ? full : dirname(full), { recursive: true })
    if (Array.isArray(content)) symlinkSync(content[0] as string, full)
    else if (!name.endsWith('/')) writeFileSync(full, content as string)
  }
  return directory
}

const shown = (directory: string, exclude: readonly string[] = []) =>
  readTree(directory, exclude).entries.map(({ type, path }) => `${type} ${path}`)

it('has files, empty directories and links, a directory before what is in it', () => {
  const directory = make({ 'b/x': 'text\n', 'b/c/': '', a: ['b/x'], 'b-': '' })
  chmodSync(join(directory, 'b/x'), 0o755)
  expect(shown(directory)).toEqual(['link a', 'directory b', 'directory b/c', 'file b/x', 'file b-'])
  const file = readTree(directory, []).entries.find(({ path }) => path === 'b/x')
  expect(file).toMatchObject({ size: 5, executable: true, sha256: sha256('text\n') })
})

it.each<[exclude: string[], left: string[]]>([
  [['*.log'], ['directory a', 'file a/x', 'directory build', 'file build/y']],
  [['build'], ['directory a', 'file a/.log', 'file a/1.log', 'file a/x']],
  [
    ['a/*.log', 'build/**'],
    ['directory a', 'file a/x'],
  ],
  [
    ['*/{x,y}', '.*'],
    ['directory a', 'file a/1.log', 'directory build'],
  ],
])('leaves out %j', (exclude, left) => {
  const directory = make({ 'a/1.log': '', 'a/.log': '', 'a/x': '', 'build/y': '' })
  expect(shown(directory, exclude)).toEqual(left)
})

it('excludes on the host what is below an excluded directory', () => {
  const { excludes } = readTree(make({}), ['.git'])
  expect(['.git', '.git/config', 'a/.git/x', 'git'].filter(excludes)).toEqual(['.git', '.git/config', 'a/.git/x'])
})

it.each([
  ['by an absolute path', { a: ['/etc/passwd'] }],
  ['by ..', { 'b/a': ['../../site2'] }],
  ['to the directory above', { a: ['..'] }],
  ['by way of another link', { a: ['b/../..'], b: ['c/d'], 'c/d/': '' }],
] as [string, Record<string, string | [string]>][])('refuses a link that leads out: %s', (_way, what) => {
  const directory = make(what)
  expect(() => readTree(directory, [])).toThrow(/the symbolic link .*a leads out of .*site, to /)
  expect(shown(directory, ['a'])).not.toContain('link a')
})

it('keeps a link to the directory itself and one to nothing', () => {
  expect(shown(make({ 'b/a': ['..'], c: ['none/x'] }))).toEqual(['directory b', 'link b/a', 'link c'])
})

describe('refuses', () => {
  it('what everybody can write', () => {
    const directory = make({ 'a/b': '' })
    chmodSync(join(directory, 'a/b'), 0o666)
    expect(() => readTree(directory, [])).toThrow('everybody can write to it')
    chmodSync(join(directory, 'a/b'), 0o644)
    chmodSync(join(directory, 'a'), 0o777)
    expect(() => readTree(directory, [])).toThrow('everybody can write to it')
  })
  it('a pipe, unless it is excluded', () => {
    const directory = make({})
    spawnSync('mkfifo', [join(directory, 'p')])
    expect(() => readTree(directory, [])).toThrow('it is not a regular file')
    expect(shown(directory, ['p'])).toEqual([])
  })
  it('a name that no line can hold', () => {
    expect(() => readTree(make({ 'a\nb': '' }), [])).toThrow('a name with a control character')
  })
  it('a file in the place of the directory, and nothing', () => {
    const directory = make({ a: '' })
    expect(() => readTree(join(directory, 'a'), [])).toThrow('it is not a directory')
    expect(() => readTree(join(directory, 'b'), [])).toThrow(expect.objectContaining({ code: 'ENOENT' }))
  })
})
