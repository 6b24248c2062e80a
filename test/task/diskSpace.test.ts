// diskSpace: what df answers for directories that exist and those that do not yet.
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { diskSpace } from '../../src/task/index.ts'

it('answers for directories that exist, and for those that do not yet', () => {
  const probes = [diskSpace('/', 1), diskSpace('/not/there/yet', 10 ** 12)]
  const { kind } = probes[0] as (typeof probes)[0]
  const text = `${Object.entries(kind.functions).map(([name, body]) => `${name}() {\n${body}\n}\n`)}${kind.script(probes as never)}`
  const facts = kind.read(execFileSync('sh', ['-c', text]), probes as never)
  expect(facts).toEqual([
    { enough: true, mount: '/' },
    { enough: false, mount: '/' },
  ])
})
