// What task authors import is documented where it is declared: an export without a docstring fails here.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readExports } from '../../scripts/readExports.ts'
import { taskApi } from '../../scripts/taskApi.ts'

const entry = (room: string) => fileURLToPath(new URL(`../../src/${room}/index.ts`, import.meta.url))

const undocumented = (exported: ReturnType<typeof readExports>) =>
  exported.filter(({ kind, docstring }) => kind !== 'package' && !docstring).map(({ name }) => name)

describe.each(['task', 'container'])('crane-play/%s', (room) => {
  const exported = readExports(entry(room))
  it('exports something', () => expect(exported.length).toBeGreaterThan(5))
  it('has a docstring for every export', () => expect(undocumented(exported)).toEqual([]))
})

it('finds an export without one', () => {
  const files: Record<string, string> = {
    '/room/index.ts': "export { Type } from 'typebox'\nexport { type A, b } from './b.ts'\n",
    '/room/b.ts': '/** One thing. */\nexport interface A {}\n\n/** Of something else. */\n\nexport const b = 1\n',
  }
  const exported = readExports('/room/index.ts', (path) => files[path] ?? '')
  expect(exported.map(({ name, docstring }) => [name, docstring])).toEqual([
    ['Type', undefined],
    ['A', 'One thing.'],
    ['b', undefined],
  ])
  expect(undocumented(exported)).toEqual(['b'])
})

it('docs/task-api.md is what the docstrings say: run `npm run docs`', () =>
  expect(readFileSync(new URL('../../docs/task-api.md', import.meta.url), 'utf8')).toBe(taskApi()))
