// A README of a room names files that are there: after a file was renamed, its room still spoke of the old one.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const rooms = [...readdirSync(`${root}src`).map((name) => `src/${name}`), 'tasks', 'playbooks', 'lab', 'bench']
const pages = rooms.filter((room) => existsSync(`${root}${room}/README.md`))

/** Names of files in `code`, without their folders. */
const filesNamedIn = (text: string): readonly string[] =>
  [...text.matchAll(/`(?:[\w.-]+\/)*([\w.-]+\.(?:ts|mjs|sh|yml))`/g)].map(([, name = '']) => name)

it.each(pages)('%s', (room) => {
  const there = readdirSync(`${root}${room}`, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replace(/.*\//, ''),
  )
  const named = filesNamedIn(readFileSync(`${root}${room}/README.md`, 'utf8'))
  expect(named.filter((name) => !there.includes(name))).toEqual([])
})

it('each room of src/ has one', () => {
  expect(pages).toEqual(expect.arrayContaining(readdirSync(`${root}src`).map((name) => `src/${name}`)))
})

/** Paths in `code`, from the project's root. */
const pathsNamedIn = (text: string): readonly string[] =>
  [...text.matchAll(/`((?:[\w.-]+\/)+(?:[\w.-]+)?)`/g)].map(([, path = '']) => path)

it('ARCHITECTURE.md names files and directories that are there', () => {
  const named = pathsNamedIn(readFileSync(`${root}ARCHITECTURE.md`, 'utf8'))
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((path) => !existsSync(root + path))).toEqual([])
})

it('paths are found with and without a file', () => {
  expect(pathsNamedIn('`src/a/b.ts`, `tasks/`, `ok`, src/c.ts and `{{ a/b }}`')).toEqual(['src/a/b.ts', 'tasks/'])
})

it('names are found with and without a folder', () => {
  expect(filesNamedIn('`run.ts`, `host/init.sh` and `labHost(x)`, not run.js')).toEqual(['run.ts', 'init.sh'])
})
