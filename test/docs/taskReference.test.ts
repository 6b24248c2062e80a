// docs/tasks.md says what the task types say; a difference is a drift.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { taskReference } from '../../scripts/taskReference.ts'

const written = () => readFileSync(new URL('../../docs/tasks.md', import.meta.url), 'utf8')

it('is what `npm run docs` would write', async () => {
  expect(written()).toBe(await taskReference())
})

it('names every parameter of a task type, and what must be given', async () => {
  const text = await taskReference()
  expect(text).toContain('## ensureToml')
  expect(text).toMatch(/\| \*\*`path`\*\* \| string \|/)
})

it.each([
  ['a field of a list of maps', '| `delegates[].name` | string |'],
  ['one that must be given', '| **`delegates[].conf`** | map |'],
  ['a field of an intersection, inside it', '| **`delegates[].conf.type`** | string |'],
  ['a field of a map', '| `runtimeOverride.ifName` | string |'],
  ['the same map again', '| **`pipelines[].delegates`** | list of map, as `delegates[]` |'],
])('spells out %s', async (_what, row) => {
  expect(await taskReference()).toContain(row)
})
