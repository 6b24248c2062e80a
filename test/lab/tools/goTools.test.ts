/** The tools that the lab builds: each of one exact version, and the module that requires one of them. */
import { expect, test } from 'vitest'
import { goTools, requiringModule } from '../../../lab/tools/goTools.ts'

test('every tool has a name of its own and an exact version', () => {
  expect(new Set(goTools.map(({ name }) => name)).size).toBe(goTools.length)
  expect(goTools.filter(({ version }) => !/^v\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

test('a module of our own does nothing but require the tool', () => {
  expect(requiringModule({ module: 'example.org/tool', version: 'v1.2.3' })).toBe(
    'module lab/tool\n\ngo 1.24\n\nrequire example.org/tool v1.2.3\n',
  )
})
