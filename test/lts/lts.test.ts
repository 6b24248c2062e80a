// The unit tests really run on the LTS: a pool that quietly took vitest's own Node would prove nothing.
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { ltsNode } from './workersOn.ts'

it('this worker and what it starts are the Node LTS that was installed', () => {
  expect(process.execPath).toBe(ltsNode)
  expect(process.release.lts).toBeTypeOf('string')
  expect(execFileSync(process.execPath, ['-p', 'process.version'], { encoding: 'utf8' }).trim()).toBe(process.version)
})
